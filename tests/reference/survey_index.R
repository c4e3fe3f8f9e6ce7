# Oracle of tests/test_survey_index.py: prints survey_index.csv.
# R 4.2.2 with survey 4.1-1 (Lumley); run: Rscript tests/reference/survey_index.R

suppressPackageStartupMessages(library(survey))
source <- "survey_index.R, R 4.2.2, survey 4.1-1"
cat("function,arguments,field,printed,rounding,source\n")

residents <- c(100, 86, 74, 92, 60, 100, 88, 96)
staff <- c(98, 100, 90, 100, 84)
units <- data.frame(y = c(residents, staff), group = rep(c("residents", "staff"), c(8, 5)))
listed <- function(x) paste(x, collapse = ", ")
given <- sprintf('""groups"": {""residents"": [%s], ""staff"": [%s]}', listed(residents), listed(staff))

show <- function(W, N, arguments) {
  # Weights of the groups as the evaluation sets them; each respondent stands for W/n of the whole.
  units$w <- (W / c(residents = 8, staff = 5))[units$group]
  design <- if (is.null(N)) svydesign(id = ~1, strata = ~group, weights = ~w, data = units) else
    svydesign(id = ~1, strata = ~group, weights = ~w, fpc = N[units$group], data = units)
  total <- svytotal(~y, design)          # weights sum to 1: the total is the weighted mean
  ends <- coef(total) + c(-1, 1) * qt(.975, degf(design)) * SE(total)[[1]]
  for (field in c("estimate", "lower", "upper")) {
    value <- c(estimate = coef(total)[[1]], lower = ends[1], upper = ends[2])[[field]]
    cat(sprintf('composite_index,"{%s, %s}",%s,%.12g,relative:1e-9,"%s"\n',
                given, arguments, field, value, source))
  }
}
show(c(residents = .7, staff = .3), NULL, '""weights"": {""residents"": 0.7, ""staff"": 0.3}')
show(c(residents = .5, staff = .5), c(residents = 40, staff = 6),
     paste0('""weights"": {""residents"": 1, ""staff"": 1}, ',
            '""populations"": {""residents"": 40, ""staff"": 6}'))
