# Oracle of tests/test_survey_design.py: prints survey_design.csv, writes survey_design_samples.csv.
# R 4.2.2 with survey 4.1-1 and its own api data (Lumley); run:
# Rscript tests/reference/survey_design.R > tests/reference/survey_design.csv

suppressPackageStartupMessages(library(survey))
data(api)
here <- "survey_design.R, R 4.2.2, survey 4.1-1"
cat("function,arguments,field,printed,rounding,source\n")
put <- function(name, arguments, field, value)
  cat(sprintf("%s,\"%s\",%s,%.12g,relative:1e-8,\"%s\"\n",
              name, gsub("\"", "\"\"", arguments), field, value, here))

# 1. Means and shares: all, and parts as domains with their own degrees of freedom.
wilson <- function(p, se, df) {   # p(1 - p)/se^2 answers, Student's t: svyciprop's since 4.5
  n <- p * (1 - p) / se^2
  z <- qt(.975, df)
  (p + z^2 / (2 * n) + c(-1, 1) * z * sqrt(p * (1 - p) / n + z^2 / (4 * n^2))) / (1 + z^2 / n)
}
part <- function(name, arguments, start, design, fpc) {
  reference <- if (fpc) TRUE else "replace"
  y <- if (name == "design_index") ~share else ~yes
  m <- svymean(y, design, deff = reference)
  df <- degf(design)
  ends <- if (name == "design_index") confint(m, df = df) else wilson(coef(m), SE(m)[[1]], df)
  found <- c(n = nrow(design), sum_of_weights = sum(weights(design)), estimate = coef(m)[[1]],
             se = SE(m)[[1]], lower = ends[1], upper = ends[2], df = df, deff = deff(m)[[1]],
             n_effective = nrow(design) / deff(m)[[1]])
  for (field in names(found)) put(name, arguments, paste0(start, field), found[[field]])
}
all_and_parts <- function(sample, how, design, fpc) {
  arguments <- sprintf("{\"sample\": \"%s\", \"how\": \"%s\"}", sample, how)
  for (name in c("design_index", "design_share")) {
    part(name, arguments, "", design, fpc)
    for (level in c("E", "H", "M"))
      part(name, arguments, paste0(level, "."), subset(design, stype == level), fpc)
  }
}
ready <- function(data) transform(data, share = api00 / 1000, yes = as.numeric(sch.wide == "Yes"))
apistrat <- ready(apistrat)
apiclus1 <- ready(apiclus1)
apiclus2 <- ready(apiclus2)
strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc, data = apistrat)
clus1 <- svydesign(id = ~dnum, weights = ~pw, fpc = ~fpc, data = apiclus1)
clus2 <- svydesign(id = ~dnum + snum, weights = ~pw, fpc = ~fpc1 + fpc2, data = apiclus2)
strat_wr <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat)
clus1_wr <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1)
clus2_wr <- svydesign(id = ~dnum, weights = ~pw, data = apiclus2)
all_and_parts("strat", "fpc", strat, TRUE)
all_and_parts("clus1", "fpc", clus1, TRUE)
all_and_parts("clus2", "fpc", clus2, TRUE)
all_and_parts("strat", "plain", strat_wr, FALSE)
all_and_parts("clus1", "plain", clus1_wr, FALSE)
all_and_parts("clus2", "plain", clus2_wr, FALSE)
all_and_parts("strat", "unweighted",
              svydesign(id = ~1, strata = ~stype, fpc = ~fpc, data = apistrat), TRUE)
# Every seventh did not answer: a domain, not fewer rows.
all_and_parts("strat", "nulls", subset(strat, seq_len(200) %% 7 != 0), TRUE)
# One high school only.
options(survey.lonely.psu = "adjust")
kept <- apistrat$stype != "H" | cumsum(apistrat$stype == "H") == 1
lone <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat[kept, ])
part("design_index", "{\"sample\": \"strat\", \"how\": \"lone\"}", "", lone, FALSE)

# 2. Weights.
of_four <- function(name, arguments, w, y = NULL) {
  for (k in c(1, 50, 100, 183)) put(name, arguments, k, w[[k]])
  put(name, arguments, "kish_deff", 1 + mean((w - mean(w))^2) / mean(w)^2)
  put(name, arguments, "n_effective", sum(w)^2 / sum(w^2))
}
people <- c(E = 4421, H = 755, M = 1018)
raked <- rake(clus1, list(~stype, ~sch.wide),
              list(data.frame(stype = names(people), Freq = people),
                   data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))),
              control = list(maxit = 1000, epsilon = 1e-11, verbose = FALSE))
of_four("rake", "{}", weights(raked))
of_four("post_stratify", "{}", weights(
  postStratify(clus1, ~stype, data.frame(stype = names(people), Freq = people))))
asked <- tapply(apiclus1$pw, apiclus1$stype, sum)
answered <- tapply(apiclus1$pw * apiclus1$yes, apiclus1$stype, sum)
borne <- apiclus1$pw * (asked / answered)[apiclus1$stype]
for (k in which(apiclus1$yes == 1)[c(1, 50, 100)]) put("weighting_classes", "{}", k, borne[[k]])

# 3. Groups. svy 0.35 has no finite population correction in rank tests, nor the second stage in
# tables: there the procedures leave it out, which is what is computed here.
test <- function(sample, how, design, without, of_table = design) {
  arguments <- sprintf("{\"sample\": \"%s\", \"how\": \"%s\"}", sample, how)
  chi <- svychisq(~sch.wide + stype, of_table, statistic = "F")
  put("compare_design", arguments, "rao_scott.statistic", chi$statistic)
  put("compare_design", arguments, "rao_scott.df", chi$parameter[[1]])
  put("compare_design", arguments, "rao_scott.residual_df", chi$parameter[[2]])
  put("compare_design", arguments, "rao_scott.p_value", chi$p.value)
  rank <- svyranktest(api00 ~ sch.wide, without)
  put("compare_design", arguments, "rank.statistic", rank$statistic)
  put("compare_design", arguments, "rank.residual_df", rank$parameter)
  put("compare_design", arguments, "rank.p_value", rank$p.value)
  mean_test <- svyttest(api00 ~ sch.wide, design)
  put("compare_design", arguments, "t.statistic", mean_test$statistic)
  put("compare_design", arguments, "t.residual_df", mean_test$parameter)
  put("compare_design", arguments, "t.p_value", mean_test$p.value)
  put("compare_design", arguments, "ranks.p_value", svyranktest(api00 ~ stype, without)$p.value)
}
test("strat", "fpc", strat, strat_wr)
test("clus1", "fpc", clus1, clus1_wr)
test("clus2", "fpc", clus2, clus2_wr, of_table = clus2_wr)
test("clus2", "plain", clus2_wr, clus2_wr)

# 4. The samples.
columns <- function(sample, data, cluster, size) data.frame(
  sample = sample, stype = data$stype, cluster = cluster, wide = data$sch.wide,
  weight = data$pw, size = size, score = data$api00)
write.csv(rbind(columns("strat", apistrat, "", apistrat$fpc),
                columns("clus1", apiclus1, apiclus1$dnum, apiclus1$fpc),
                columns("clus2", apiclus2, apiclus2$dnum, apiclus2$fpc1)),
          "tests/reference/survey_design_samples.csv", row.names = FALSE, quote = FALSE)
