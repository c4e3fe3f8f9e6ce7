# Oracle of tests/test_sampling_estimation.py: the numbers of sampling_estimation.csv that name this
# script. R 4.2.2 with survey 4.1-1 (Lumley); run: Rscript tests/reference/sampling_estimation.R

suppressPackageStartupMessages(library(survey))

samples <- read.csv("tests/reference/sampling_estimation_samples.csv")

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
five <- samples[samples$sample == "five", ]
four("five", five, 50, 4200)
four("five, 90%", five, 50, 4200, 0.90)

# 2. Three strata of vouchers.
vouchers <- samples[samples$sample == "vouchers", ]
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
# Each stratum has its own line, which takes two degrees of freedom.
lines <- sapply(names(N), function(h) {
  regression(vouchers[vouchers$stratum == h, ], N[[h]], X[[h]])
})
show("strata regression", sum(lines["point", ]), sqrt(sum(lines["se", ]^2)), sum(lines["df", ]))
for (h in names(N)) four(h, vouchers[vouchers$stratum == h, ], N[[h]], X[[h]])
