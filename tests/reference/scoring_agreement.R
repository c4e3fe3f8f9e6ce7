# Oracle of tests/test_scoring_rules_experts.py: prints scoring_agreement.csv. Kendall's W is
# Friedman's chi-square (with ties corrected) / (experts x (items - 1)); R 4.2.2, friedman.test().
# Run: Rscript tests/reference/scoring_agreement.R

panels <- list(
  list(full = c(10, 10, 10, 10, 10), e = list(A = c(9, 8, 7, 6, 5), B = c(9, 7, 8, 6, 5),
                                              C = c(8, 9, 7, 5, 6))),
  list(full = c(20, 5, 10, 15), e = list(A = c(15, 5, 9, 12), B = c(16, 5, 9, 12),
                                         C = c(18, 4, 9, 15), D = c(20, 5, 8, 15))),
  list(full = c(10, 10, 10), e = list(A = c(8, 8, 8), B = c(9, 7, 7))),
  list(full = rep(10, 9), e = list(A = c(1, 2, 3, 4, 5, 6, 7, 8, 9), B = c(9, 8, 7, 6, 5, 4, 3, 2, 1),
                                   C = c(2, 2, 4, 4, 6, 6, 8, 8, 8)))
)
row <- function(given, field, value) {
  cat(sprintf('agreement,"%s",%s,%.15g,relative:1e-12,"scoring_agreement.R, R 4.2.2, friedman.test()"\n',
              given, field, value))
}
cat("function,arguments,field,printed,rounding,source\n")
for (panel in panels) {
  rates <- t(sapply(panel$e, function(points) points / panel$full)) # experts in rows
  found <- friedman.test(rates)
  list_of <- function(x) paste0("[", paste(x, collapse = ", "), "]")
  points <- paste0('""', names(panel$e), '"": ', sapply(panel$e, list_of), collapse = ", ")
  given <- sprintf('{""points"": {%s}, ""full"": %s}', points, list_of(panel$full))
  row(given, "w", found$statistic / (nrow(rates) * (ncol(rates) - 1)))
  row(given, "chi_square", found$statistic)
  row(given, "p", found$p.value)
}
