# Oracle of tests/test_survey_comparisons.py: prints survey_comparisons.csv.
# R 4.2.2; run: Rscript tests/reference/survey_comparisons.R
# Arguments name the answers that the test holds under the same name.

here <- "survey_comparisons.R, R 4.2.2"
cat("function,arguments,field,printed,rounding,source\n")
row <- function(name, answers, field, value, relative = "1e-9") {
  cat(sprintf('%s,"{""answers"": ""%s""}",%s,%.12g,relative:%s,"%s"\n',
              name, answers, field, value, relative, here))
}

# 1. Tables of counts.
tables <- list(
  large = rbind(c(40, 35, 15, 10), c(55, 30, 10, 5)),
  small = rbind(c(30, 15, 4, 1, 0), c(38, 10, 1, 0, 1)),
  four_fold = rbind(c(47, 3), c(49, 1)),
  tall = rbind(c(20, 2), c(15, 5), c(9, 6), c(11, 1)))
for (name in names(tables)) {
  counts <- tables[[name]]
  test <- suppressWarnings(chisq.test(counts, correct = FALSE))
  row("compare_answers", name, "statistic", test$statistic)
  row("compare_answers", name, "df", test$parameter)
  row("compare_answers", name, "cramers_v",
      sqrt(test$statistic / (sum(counts) * (min(dim(counts)) - 1))))
  p <- if (min(test$expected) < 5) fisher.test(counts)$p.value else test$p.value
  row("compare_answers", name, "p_value", p, "1e-7")
}

# 2. Ordered answers.
groups <- list(
  two = list(c(5, 5, 4, 4, 3, 5, 4, 2, 5, 4), c(4, 3, 3, 2, 4, 5, 3, 2, 1, 3, 3)),
  untied = list(c(91, 84, 77.5, 60), c(88, 70, 55, 52, 49)),
  three = list(c(5, 5, 4, 4, 3, 5, 4, 2, 5, 4), c(4, 3, 3, 2, 4, 5, 3, 2, 1, 3, 3),
               c(1, 2, 2, 3, 4, 1, 2)))
for (name in names(groups)) {
  parts <- groups[[name]]
  pairs <- combn(length(parts), 2)
  p <- apply(pairs, 2, function(ij) {
    suppressWarnings(wilcox.test(parts[[ij[1]]], parts[[ij[2]]])$p.value) })
  u <- apply(pairs, 2, function(ij) {
    suppressWarnings(wilcox.test(parts[[ij[1]]], parts[[ij[2]]])$statistic) })
  adjusted <- p.adjust(p, "holm")
  for (i in seq_along(p)) {
    sizes <- lengths(parts)[pairs[, i]]
    row("compare_scores", name, sprintf("pairs.%d.u", i - 1), u[i])
    row("compare_scores", name, sprintf("pairs.%d.p_value", i - 1), p[i])
    row("compare_scores", name, sprintf("pairs.%d.p_holm", i - 1), adjusted[i])
    dominance <- sign(outer(parts[[pairs[1, i]]], parts[[pairs[2, i]]], "-"))
    row("compare_scores", name, sprintf("pairs.%d.cliffs_delta", i - 1), mean(dominance))
  }
  if (length(parts) > 2) {
    test <- kruskal.test(parts)
    row("compare_scores", name, "statistic", test$statistic)
    row("compare_scores", name, "p_value", test$p.value)
    row("compare_scores", name, "effect", test$statistic / (length(unlist(parts)) - 1))
  }
}

# 3. Trend: smokers of four groups, the example of ?prop.trend.test (Fleiss 1981, p. 139).
smokers <- c(83, 90, 129, 70)
patients <- c(86, 93, 136, 82)
row("trend", "smokers", "z_squared", prop.trend.test(smokers, patients)$statistic)
row("trend", "smokers", "p_value", prop.trend.test(smokers, patients)$p.value)
scored <- prop.trend.test(smokers, patients, c(0, 0, 0, 1))
row("trend", "smokers_scored", "z_squared", scored$statistic)
row("trend", "smokers_scored", "p_value", scored$p.value)
