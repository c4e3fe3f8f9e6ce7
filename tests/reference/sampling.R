# Sizes and limits of audit sampling by R's own distributions (stats 4.2.2).
# Run: Rscript sampling.R; prints rows of the .csv files beside it (the columns are theirs).
out <- function(fn, args, field, value) {
  quoted <- paste0("\"{", gsub("\"", "\"\"", args), "}\"")
  cat(fn, quoted, field, value, "relative:1e-9", "\"R 4.2.2, sampling.R\"\n", sep = ",")
}
p <- function(x) trimws(formatC(x, digits = 12, format = "g"))
# The least n from 1 with P(X <= k) <= risk; k from the rate e, cleared of binary noise.
k_of <- function(n, e) ceiling(round(n * e, 9))
least <- function(chance, e, conf) {
  n <- 1
  while (chance(k_of(n, e), n) > (1 - conf) * (1 + 1e-9)) n <- n + 1
  n
}
most <- function(k, n, N, conf) max(Filter(function(K) phyper(k, K, N - K, n) > 1 - conf, k:(N - n + k)))

for (r in list(c(.05, .035, .90), c(.05, .02, .95), c(.10, .045, .95), c(.02, .005, .99))) {
  n <- least(function(k, n) pbinom(k, n, r[1]), r[2], r[3])
  out("attribute_sample_size", sprintf('"tolerable_rate": %g, "expected_rate": %g, "confidence": %g', r[1], r[2], r[3]), "", n)
}
for (r in list(c(.05, 0, .95, 1000), c(.05, .01, .95, 1000), c(.05, 0, .95, 20), c(.1, .02, .9, 300), c(.06, .03, .95, 2000))) {
  n <- least(function(k, n) phyper(k, ceiling(round(r[4] * r[1], 9)), r[4] - ceiling(round(r[4] * r[1], 9)), n), r[2], r[3])
  out("attribute_sample_size", sprintf('"tolerable_rate": %g, "expected_rate": %g, "confidence": %g, "population": %d, "method": "hypergeometric"', r[1], r[2], r[3], r[4]), "", n)
}
for (r in list(c(0, 7, .95), c(1, 50, .95), c(0, 100, .9), c(3, 60, .95), c(10, 200, .9), c(1, 2, .99))) {
  out("attribute_upper_limit", sprintf('"deviations": %d, "n": %d, "confidence": %g', r[1], r[2], r[3]), "", p(qbeta(r[3], r[1] + 1, r[2] - r[1])))
  out("attribute_upper_limit", sprintf('"deviations": %d, "n": %d, "confidence": %g, "method": "poisson"', r[1], r[2], r[3]), "", p(min(1, qgamma(r[3], r[1] + 1) / r[2])))
}
for (r in list(c(0, 7, 19, .95), c(1, 7, 19, .95), c(0, 56, 1000, .95), c(0, 57, 1000, .95), c(4, 150, 900, .9), c(0, 40, 40, .95), c(2, 40, 40, .95))) {
  out("attribute_upper_limit", sprintf('"deviations": %d, "n": %d, "population": %d, "confidence": %g, "method": "hypergeometric"', r[1], r[2], r[3], r[4]), "", p(most(r[1], r[2], r[3], r[4]) / r[3]))
}
for (k in 0:3) {
  out("poisson_upper", sprintf('"found": %d, "confidence": 0.95', k), "", p(qgamma(.95, k + 1)))
}
for (r in list(c(5, 50), c(49, 50), c(1, 19))) { # two-sided, 0.975 at each end
  out("binomial_lower", sprintf('"found": %d, "n": %d, "confidence": 0.975', r[1], r[2]), "", p(binom.test(r[1], r[2])$conf.int[1]))
  out("binomial_upper", sprintf('"found": %d, "n": %d, "confidence": 0.975', r[1], r[2]), "", p(binom.test(r[1], r[2])$conf.int[2]))
}
for (r in list(c(5, 50), c(12, 400))) {
  out("poisson_lower", sprintf('"found": %d, "confidence": 0.975', r[1]), "", p(poisson.test(r[1])$conf.int[1]))
}
least_marked <- function(k, n, N, conf) min(Filter(function(K) phyper(k - 1, K, N - K, n, lower.tail = FALSE) > 1 - conf, k:(N - n + k)))
for (r in list(c(50, 50, 52), c(45, 50, 300), c(0, 7, 19), c(3, 7, 19))) {
  out("hypergeometric_lower", sprintf('"found": %d, "n": %d, "population": %d, "confidence": 0.975', r[1], r[2], r[3]), "", least_marked(r[1], r[2], r[3], .975))
  out("hypergeometric_upper", sprintf('"found": %d, "n": %d, "population": %d, "confidence": 0.975', r[1], r[2], r[3]), "", most(r[1], r[2], r[3], .975))
}
for (cl in c(.9, .95, .99)) out("normal_quantile", sprintf('"confidence": %g', cl), "", p(qnorm((1 + cl) / 2)))

poisson_size <- function(tol, e, conf) { n <- 1; while (pgamma(tol, 1 + n * e, n, lower.tail = FALSE) > 1 - conf) n <- n + 1; n }
for (r in list(c(5e6, 1e5, 1e4, .95), c(8e5, 6e4, 2.5e4, .9))) {
  out("mus_sample_size", sprintf('"book_value": %.0f, "tolerable_misstatement": %.0f, "expected_misstatement": %.0f, "confidence": %g', r[1], r[2], r[3], r[4]), "", poisson_size(r[2] / r[1], r[3] / r[1], r[4]))
  out("mus_sample_size", sprintf('"book_value": %.0f, "tolerable_misstatement": %.0f, "expected_misstatement": %.0f, "confidence": %g, "method": "binomial"', r[1], r[2], r[3], r[4]), "", least(function(k, n) pbinom(k, n, r[2] / r[1]), r[3] / r[1], r[4]))
  out("mus_sample_size", sprintf('"book_value": %.0f, "tolerable_misstatement": %.0f, "expected_misstatement": %.0f, "confidence": %g, "method": "hypergeometric"', r[1], r[2], r[3], r[4]), "", least(function(k, n) phyper(k, r[2], r[1] - r[2], n), r[3] / r[1], r[4]))
}
stringer <- function(t, n, B, conf, q) { t <- sort(t, decreasing = TRUE); s <- sapply(0:length(t), q, n = n, conf = conf); B * (s[1] + sum(diff(s) * t)) }
qb <- function(i, n, conf) qbeta(conf, i + 1, n - i)
qp <- function(i, n, conf) qgamma(conf, i + 1) / n
args <- '"taintings": [0.04, 1, 0.2, 0.65], "n": 120, "book_value": 3600000, "confidence": 0.9'
out("evaluate_mus", args, "most_likely", p(3600000 * 1.89 / 120))
out("evaluate_mus", args, "basic_precision", p(3600000 * qb(0, 120, .9)))
out("evaluate_mus", args, "upper_limit", p(stringer(c(.04, 1, .2, .65), 120, 3600000, .9, qb)))
args <- paste0(args, ', "method": "stringer_poisson"')
out("evaluate_mus", args, "upper_limit", p(stringer(c(.04, 1, .2, .65), 120, 3600000, .9, qp)))
args <- '"taintings": [-0.5, 0.3, -0.1], "n": 80, "book_value": 100000'
out("evaluate_mus", args, "most_likely", p(100000 * -.3 / 80))
out("evaluate_mus", args, "upper_limit", p(stringer(.3, 80, 1e5, .95, qb)))
out("evaluate_mus", args, "understatement_limit", p(stringer(c(.5, .1), 80, 1e5, .95, qb)))
n0 <- function(e, q, cl) qnorm((1 + cl) / 2)^2 * q * (1 - q) / e^2
for (r in list(c(.1, .5, .95, 19), c(.03, .9, .99, 1200), c(.05, .5, .9, 310))) {
  out("proportion_sample_size_unrounded", sprintf('"margin": %g, "proportion": %g, "confidence": %g, "population": %d', r[1], r[2], r[3], r[4]), "", p(n0(r[1], r[2], r[3]) / (1 + (n0(r[1], r[2], r[3]) - 1) / r[4])))
}
for (e in c(.05, .03)) out("proportion_sample_size", sprintf('"margin": %g', e), "", ceiling(n0(e, .5, .95)))
out("proportion_sample_size", '"margin": 0.1, "population": 19', "", ceiling(n0(.1, .5, .95) / (1 + (n0(.1, .5, .95) - 1) / 19)))
out("margin_of_error", '"n": 600', "", p(qnorm(.975) * sqrt(.25 / 600)))
out("margin_of_error", '"n": 150, "population": 300', "", p(qnorm(.975) * sqrt(.25 / 150 * 150 / 299)))
for (r in list(c(50, .9442, .95, 310), c(400, .5, .99, 401))) {
  out("margin_of_error", sprintf('"n": %d, "proportion": %g, "confidence": %g, "population": %d', r[1], r[2], r[3], r[4]), "", p(qnorm((1 + r[3]) / 2) * sqrt(r[2] * (1 - r[2]) / r[1] * (r[4] - r[1]) / (r[4] - 1))))
}
