# Oracle of tests/test_survey_intervals.py: prints survey_intervals.csv.
# R 4.2.2 with survey 4.1-1 (Lumley); run: Rscript tests/reference/survey_intervals.R
# survey 4.5 has svyciprop(method = "wilson"), 4.1-1 has not: wilson() below is its rule on the
# standard error and the degrees of freedom that 4.1-1 gives.

suppressPackageStartupMessages(library(survey))
here <- "survey_intervals.R, R 4.2.2"
with_survey <- "survey_intervals.R, R 4.2.2, survey 4.1-1"

row <- function(name, arguments, field, value, source) {
  quoted <- gsub('"', '""', arguments)
  cat(sprintf('%s,"%s",%s,%.12g,relative:1e-9,"%s"\n', name, quoted, field, value, source))
}
limits <- function(name, arguments, ends, source) {
  row(name, arguments, "lower", ends[[1]], source)
  row(name, arguments, "upper", ends[[2]], source)
}
share <- function(x, n, method, confidence, N = NULL) {
  given <- sprintf('"count": %d, "n": %d, "method": "%s", "confidence": %g', x, n, method, confidence)
  if (!is.null(N)) given <- sprintf('%s, "population": %d', given, N)
  sprintf("{%s}", given)
}

cat("function,arguments,field,printed,rounding,source\n")

# 1. Shares of answers without a population.
for (case in list(c(45, 50, .95), c(49, 50, .95), c(50, 50, .95), c(0, 50, .95), c(25, 50, .9),
                  c(189, 200, .99))) {
  x <- case[1]; n <- case[2]; level <- case[3]; tail <- (1 - level) / 2
  z <- qnorm(1 - tail)
  wilson <- suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int
  limits("proportion_ci", share(x, n, "wilson", level), wilson, here)
  exact <- binom.test(x, n, conf.level = level)$conf.int
  limits("proportion_ci", share(x, n, "clopper-pearson", level), exact, here)
  centre <- (x + z^2 / 2) / (n + z^2)
  ends <- centre + c(-1, 1) * z * sqrt(centre * (1 - centre) / (n + z^2))
  limits("proportion_ci", share(x, n, "agresti-coull", level), pmin(1, pmax(0, ends)), here)
  ends <- qbeta(c(tail, 1 - tail), x + .5, n - x + .5)
  if (x == 0) ends[1] <- 0
  if (x == n) ends[2] <- 1
  limits("proportion_ci", share(x, n, "jeffreys", level), ends, here)
}

# 2. Shares of a finite population: survey's standard error and degrees of freedom.
wilson <- function(p, se, df, level) {
  t <- qt((1 + level) / 2, df); size <- p * (1 - p) / se^2
  ((p + t^2 / (2 * size)) + c(-1, 1) * t * sqrt(p * (1 - p) / size + t^2 / (4 * size^2))) /
    (1 + t^2 / size)
}
for (case in list(c(45, 50, 52), c(45, 50, 400), c(49, 50, 60), c(30, 50, 10000))) {
  x <- case[1]; n <- case[2]; N <- case[3]
  answers <- data.frame(y = rep(1:0, c(x, n - x)), N = N)
  design <- svydesign(id = ~1, fpc = ~N, data = answers)
  m <- svymean(~y, design)
  ends <- wilson(coef(m)[[1]], SE(m)[[1]], degf(design), .95)
  limits("proportion_ci", share(x, n, "wilson", .95, N), ends, with_survey)
  beta <- svyciprop(~y, design, method = "beta", df = degf(design))
  limits("proportion_ci", share(x, n, "clopper-pearson", .95, N), confint(beta), with_survey)
  mean <- svyciprop(~y, design, method = "mean", df = degf(design))
  limits("proportion_ci", share(x, n, "normal", .95, N), pmin(1, pmax(0, confint(mean))), with_survey)

  # Inversion of the hypergeometric: every M is tried.
  M <- x:(N - n + x); tail <- .025 * (1 + 1e-9)
  most <- max(M[phyper(x, M, N - M, n) > tail])
  least <- min(M[phyper(x - 1, M, N - M, n, lower.tail = FALSE) > tail])
  limits("proportion_ci", share(x, n, "hypergeometric", .95, N), c(least, most) / N, here)
}

# 3. Means of scores.
scores <- c(100, 80, 80, 60, 100, 100, 30, 80, 100, 60)
listed <- paste(scores, collapse = ", ")
limits("mean_ci", sprintf('{"values": [%s]}', listed), t.test(scores)$conf.int, here)
limits("mean_ci", sprintf('{"values": [%s], "confidence": 0.9}', listed),
       t.test(scores, conf.level = .9)$conf.int, here)
design <- svydesign(id = ~1, fpc = ~N, data = data.frame(scores, N = 25))
limits("mean_ci", sprintf('{"values": [%s], "population": 25}', listed),
       confint(svymean(~scores, design), df = degf(design)), with_survey)
