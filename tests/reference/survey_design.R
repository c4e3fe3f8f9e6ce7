# Estimates by design of the survey package's own api data, to be held against design.py.
# Rscript tests/reference/survey_design.R > tests/reference/survey_design.csv
library(survey)
data(api)
cat("function,arguments,field,printed,rounding,source\n")
source <- sprintf("\"survey_design.R, R %s.%s, survey %s\"", R.version$major, R.version$minor,
                  packageVersion("survey"))
put <- function(fun, arguments, field, value)
  cat(sprintf("%s,\"%s\",%s,%.12g,relative:1e-8,%s\n", fun, gsub("\"", "\"\"", arguments), field,
              value, source))
all_of <- function(name, design, arguments) {
  m <- svymean(~share, design, deff = TRUE)
  ci <- confint(m, df = degf(design))
  found <- list(estimate = coef(m), se = SE(m), lower = ci[1], upper = ci[2], deff = deff(m),
                df = degf(design))
  for (field in names(found)) put("design_index", arguments, field, found[[field]])
  parts <- svyby(~share, ~stype, design, svymean)
  for (k in seq_len(nrow(parts))) {
    put("design_index", arguments, sprintf("%s.estimate", parts$stype[k]), parts$share[k])
    put("design_index", arguments, sprintf("%s.se", parts$stype[k]), SE(parts)[k])
  }
}
apistrat$share <- apistrat$api00 / 1000
apiclus1$share <- apiclus1$api00 / 1000
strat <- svydesign(id = ~1, strata = ~stype, weights = ~pw, data = apistrat, fpc = ~fpc)
clus <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1, fpc = ~fpc)
plain <- svydesign(id = ~dnum, weights = ~pw, data = apiclus1)
all_of("strat", strat, "{\"sample\": \"strat\", \"fpc\": true}")
all_of("clus", clus, "{\"sample\": \"clus\", \"fpc\": true}")
all_of("plain", plain, "{\"sample\": \"clus\", \"fpc\": false}")
stype <- c(E = 4421, H = 755, M = 1018)
raked <- rake(clus, list(~stype, ~sch.wide),
              list(data.frame(stype = names(stype), Freq = stype),
                   data.frame(sch.wide = c("No", "Yes"), Freq = c(1072, 5122))),
              control = list(maxit = 1000, epsilon = 1e-10))
for (k in c(1, 50, 100, 183)) put("rake", "{\"margins\": 2}", k, weights(raked)[k])
post <- postStratify(clus, ~stype, data.frame(stype = names(stype), Freq = stype))
for (k in c(1, 50, 100, 183)) put("rake", "{\"margins\": 1}", k, weights(post)[k])
write.csv(rbind(
  data.frame(sample = "strat", stype = apistrat$stype, cluster = "", wide = apistrat$sch.wide,
             weight = apistrat$pw, size = apistrat$fpc, score = apistrat$api00),
  data.frame(sample = "clus", stype = apiclus1$stype, cluster = apiclus1$dnum,
             wide = apiclus1$sch.wide, weight = apiclus1$pw, size = apiclus1$fpc,
             score = apiclus1$api00)),
  "tests/reference/survey_design_samples.csv", row.names = FALSE, quote = FALSE)
