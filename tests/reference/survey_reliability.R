# Oracle of tests/test_survey_reliability.py: prints survey_reliability.csv; with the argument
# "data", the answers survey_attitude.csv: R's data set attitude (30 departments, percentages of
# favourable answers to seven questions; Chatterjee and Price 1977, Regression Analysis by Example).
# R 4.2.2 with psych 2.2.9 (Revelle) and factanal() of R.
# Run: Rscript tests/reference/survey_reliability.R

suppressPackageStartupMessages(library(psych))
if ("data" %in% commandArgs(TRUE)) {
  write.csv(attitude, row.names = FALSE, quote = FALSE)
  quit()
}
row <- function(name, turned, field, value, relative, source) {
  given <- if (turned) '{""turned"": true}' else "{}"
  cat(sprintf('%s,"%s",%s,%.12g,relative:%s,"%s"\n', name, given, field, value, relative, source))
}
by_psych <- "survey_reliability.R, R 4.2.2, psych 2.2.9"
by_factanal <- "survey_reliability.R, R 4.2.2, factanal()"

cat("function,arguments,field,printed,rounding,source\n")
for (turned in c(FALSE, TRUE)) {
  answers <- attitude
  if (turned) answers$learning <- 100 - answers$learning
  a <- suppressMessages(suppressWarnings(psych::alpha(answers, check.keys = FALSE, warnings = FALSE)))
  row("reliability", turned, "alpha.estimate", a$total$raw_alpha, "1e-9", by_psych)
  row("reliability", turned, "alpha.lower", a$feldt$lower.ci[[1]], "1e-9", by_psych)
  row("reliability", turned, "alpha.upper", a$feldt$upper.ci[[1]], "1e-9", by_psych)
  for (item in names(answers)) {
    row("reliability", turned, paste0(item, ".item_rest_correlation"),
        a$item.stats[item, "r.drop"], "1e-9", by_psych)
    dropped <- sub("-$", "", rownames(a$alpha.drop)) == item
    row("reliability", turned, paste0(item, ".alpha_if_dropped"),
        a$alpha.drop[dropped, "raw_alpha"], "1e-9", by_psych)
  }
  k <- KMO(answers)
  row("one_factor", turned, "kmo", k$MSA, "1e-9", by_psych)
  for (item in names(answers)) row("one_factor", turned, paste0(item, ".kmo"), k$MSAi[[item]], "1e-9", by_psych)
  b <- cortest.bartlett(cor(answers), n = nrow(answers))
  row("one_factor", turned, "chi_square", b$chisq, "1e-9", by_psych)
  row("one_factor", turned, "df", b$df, "1e-9", by_psych)
  row("one_factor", turned, "p_value", b$p.value, "1e-9", by_psych)
  f <- factanal(answers, 1, control = list(opt = list(factr = 10, pgtol = 0)))
  l <- f$loadings[, 1]
  if (sum(l) < 0) l <- -l
  row("one_factor", turned, "omega", sum(l)^2 / (sum(l)^2 + sum(f$uniquenesses)), "1e-5", by_factanal)
  for (item in names(answers)) {
    row("one_factor", turned, paste0(item, ".loading"), l[[item]], "1e-5", by_factanal)
    row("one_factor", turned, paste0(item, ".uniqueness"), f$uniquenesses[[item]], "1e-5", by_factanal)
  }
}
