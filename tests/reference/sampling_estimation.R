# Oracle of tests/test_sampling_estimation.py: the numbers of sampling_estimation.csv that name this
# script. R 4.2.2 with survey 4.1-1 (Lumley); run: Rscript tests/reference/sampling_estimation.R

suppressPackageStartupMessages(library(survey))

show <- function(label, point, se, df, level = 0.95) {
  se <- as.numeric(se)
  limits <- point + c(-1, 1) * qt((1 + level) / 2, df) * se
  numbers <- sprintf("%.12g", c(point, se, limits))
  cat(sprintf("%-34s point %s  se %s  lower %s  upper %s  df %d\n",
              label, numbers[1], numbers[2], numbers[3], numbers[4], df))
}

# The regression estimate of a total. survey's calibrate() gives the point; its variance divides
# by n - 1 and weighs the residuals, so the error comes from svytotal() of the residuals of the
# fitted line, with n - 2.
regression <- function(units, N, X) {
  design <- svydesign(id = ~1, fpc = rep(N, nrow(units)), data = units)
  line <- svyglm(y ~ x, design)
  calibrated <- calibrate(design, ~x, population = c("(Intercept)" = N, x = X))
  n <- nrow(units)
  e <- SE(svytotal(~resid(line), design)) * sqrt((n - 1) / (n - 2))
  c(point = coef(svytotal(~y, calibrated))[[1]], se = as.numeric(e), df = n - 2)
}

four <- function(label, units, N, X, level = 0.95) {
  design <- svydesign(id = ~1, fpc = rep(N, nrow(units)), data = units)
  df <- nrow(units) - 1
  mean <- svytotal(~y, design)
  show(paste(label, "mean_per_unit"), coef(mean), SE(mean), df, level)
  difference <- svytotal(~I(y - x), design)
  show(paste(label, "difference"), X + coef(difference), SE(difference), df, level)
  ratio <- predict(svyratio(~y, ~x, design), total = X)
  show(paste(label, "ratio"), ratio$total[[1]], ratio$se[[1]], df, level)
  line <- regression(units, N, X)
  show(paste(label, "regression"), line[["point"]], line[["se"]], line[["df"]], level)
}

# 1. The five units of samplingbook's mbes example.
five <- data.frame(x = c(100, 80, 60, 40, 120), y = c(95, 80, 55, 40, 108))
four("five", five, 50, 4200)
four("five, 90%", five, 50, 4200, 0.90)

# 2. Three strata of vouchers.
vouchers <- data.frame(
  stratum = rep(c("large", "middle", "small"), c(8, 6, 5)),
  x = c(90100, 84000, 77500, 120400, 66200, 101000, 95500, 70300,
        31000, 25400, 40000, 28700, 36100, 22800,
        5200, 8100, 6400, 9900, 3300),
  y = c(90100, 80000, 77500, 118900, 66200, 99000, 95500, 61300,
        31000, 25400, 38500, 28700, 30100, 23000,
        5200, 7600, 6400, 9900, 2900))
N <- c(large = 24, middle = 60, small = 150)
X <- c(large = 2050000, middle = 1860000, small = 980000)
vouchers$N <- N[vouchers$stratum]
design <- svydesign(id = ~1, strata = ~stratum, fpc = ~N, data = vouchers)
df <- degf(design)

mean <- svytotal(~y, design)
show("strata mean_per_unit", coef(mean), SE(mean), df)
difference <- svytotal(~I(y - x), design)
show("strata difference", sum(X) + coef(difference), SE(difference), df)
ratio <- predict(svyratio(~y, ~x, design, separate = TRUE), total = as.list(X))
show("strata ratio", ratio$total[[1]], ratio$se[[1]], df)
lines <- sapply(names(N), function(h) {
  regression(vouchers[vouchers$stratum == h, ], N[[h]], X[[h]])
})
show("strata regression", sum(lines["point", ]), sqrt(sum(lines["se", ]^2)), sum(lines["df", ]))
for (h in names(N)) four(h, vouchers[vouchers$stratum == h, ], N[[h]], X[[h]])
