# Oracle of tests/test_sampling_bayes.py: log Bayes factors and limits of sampling_bayes.csv that
# name this script. R 4.2.2; run: Rscript tests/reference/sampling_bayes.R

odds <- function(rate, a, b) {
  pbeta(rate, a, b, log.p = TRUE) - pbeta(rate, a, b, lower.tail = FALSE, log.p = TRUE)
}

show <- function(k, n, rate, a = 1, b = 1, level = 0.95) {
  factor <- odds(rate, a + k, b + n - k) - odds(rate, a, b)
  upper <- qbeta(1 - level, a + k, b + n - k, lower.tail = FALSE)
  cat(sprintf("%d of %d, %g, Beta(%g, %g), %g: log factor %.12g  upper %.12g\n",
              k, n, rate, a, b, level, factor, upper))
}

show(0, 59, 0.05)
show(2, 100, 0.05)
show(0, 20000, 0.05)
show(300, 20000, 0.05)
show(5000, 20000, 0.05)
show(20000, 20000, 0.05)
show(3, 60, 0.05, 0.5, 0.5, 0.9)
show(1, 59, 0.05, 1, 10, 0.99)
