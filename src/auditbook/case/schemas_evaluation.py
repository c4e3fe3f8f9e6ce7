"""Tables of the evaluation: targets, indicators, judgements, problems, and what was published."""

from __future__ import annotations

from auditbook.case.columns import column, optional
from auditbook.case.table_schema import NOTE, TableSchema, key_column

_OPERATORS = (
    ("ge", "≥", ">="),
    ("gt", ">", "greater than"),
    ("le", "≤", "<="),
    ("lt", "<", "less than"),
    ("eq", "=", "equals"),
)

TABLES = (
    TableSchema(
        "targets",
        "绩效目标表",
        "Targets",
        "一个目标",
        "申报的绩效目标与实际完成",
        {
            "code": key_column("目标的代码", "目标代码", "Code"),
            "text": column("text", "目标", "Target text", "目标内容"),
            "operator": optional("choice", "关系", "Operator", "目标值的方向", choices=_OPERATORS),
            "target": optional("printed", "目标值", "Target", "目标值，原样保留"),
            "unit": optional("text", "计量单位", "Unit of measure", "%、个、万元等"),
            "actual": optional("printed", "实际值", "Actual", "实际完成值；未公布则留空"),
            "source": optional("text", "出处", "Source", "目标在资料中的位置"),
            "indicator": optional(
                "list", "对应指标", "Indicators", "考核它的指标代码，用、隔开；没有则留空"
            ),
            "note": NOTE,
        },
    ),
    TableSchema(
        "indicators",
        "指标体系",
        "Indicators",
        "一个计分指标",
        "计分的最末级指标；上级分值和得分一律由下级相加",
        {
            "code": key_column("指标的代码", "指标代码", "Code"),
            "level1": column("text", "一级指标", "Level 1", "一级指标名称"),
            "level2": column("text", "二级指标", "Level 2", "二级指标名称"),
            "level3": optional("text", "三级指标", "Level 3", "三级指标名称"),
            "level4": optional("text", "四级指标", "Level 4", "四级指标名称"),
            "full": column("points", "分值", "Full mark", "满分"),
            "kind": optional(
                "choice",
                "性质",
                "Kind",
                "共性或个性",
                choices=(
                    ("common", "共性", "common"),
                    ("specific", "个性", "specific"),
                    ("not_stated", "未说明", "not stated"),
                ),
            ),
            "rule": column(
                "choice",
                "评分规则",
                "Rule",
                "怎样得出得分",
                choices=(
                    ("deduct", "扣分制", "deduct"),
                    ("ratio", "比率法", "ratio"),
                    ("attain", "直接赋分", "attain"),
                ),
            ),
            "figure": optional(
                "id", "依据数据", "Figure", "所依据的数据键，如 funds.sample.use_rate"
            ),
            "unit": optional("text", "计量单位", "Unit of measure", "数据换算成的单位，如 %"),
            "target": optional("printed", "目标值", "Target", "规则所用的目标值"),
            "parameters": optional("text", "参数", "Parameters", "规则的其他参数，形如 a=1；b=2"),
            "standard": optional("text", "评分标准", "Standard", "评分标准的文字；未公布则留空"),
            "evidence": optional("list", "佐证", "Evidence", "所依据的公布数据键，用、隔开"),
            "note": NOTE,
        },
    ),
    TableSchema(
        "judgements",
        "评分判断",
        "Judgements",
        "一次判断",
        "扣分或给分的判断：多少、为什么、对应哪个问题、谁、何时",
        {
            "indicator": column("id", "指标代码", "Indicator", "被判断的指标"),
            "kind": column(
                "choice",
                "类别",
                "Kind",
                "扣分或给分",
                choices=(("deduction", "扣分", "deduction"), ("points", "给分", "points")),
            ),
            "points": column("points", "分数", "Points", "扣多少分或给多少分"),
            "reason": column("text", "理由", "Reason", "为什么"),
            "finding": optional(
                "list", "对应问题", "Problem", "问题清单的编号，用、隔开；没有则留空"
            ),
            "who": optional("text", "判断人", "Who", "谁判断；未公布则留空"),
            "when": optional("date", "日期", "When", "何时；未公布则留空"),
            "note": NOTE,
        },
    ),
    TableSchema(
        "problems",
        "问题清单",
        "Problems",
        "一个问题",
        "评价发现的问题",
        {
            "id": key_column("问题的编号", "问题编号", "Problem no."),
            "text": column("text", "问题", "Problem", "问题内容"),
            "indicator": optional("list", "对应指标", "Indicators", "应影响的指标代码，用、隔开"),
            "cause": optional("text", "原因", "Cause", "原因"),
            "unit": optional("list", "涉及单位", "Units", "涉及的单位，用、隔开"),
            "state": optional("text", "整改状态", "State", "整改状态"),
            "place": optional("text", "出处", "Place", "在报告中的位置"),
            "note": NOTE,
        },
    ),
    TableSchema(
        "recommendations",
        "建议",
        "Recommendations",
        "一条建议",
        "针对问题的建议",
        {
            "id": key_column("建议的编号", "建议编号", "Recommendation no."),
            "text": column("text", "建议", "Recommendation", "建议内容"),
            "problem": optional("list", "对应问题", "Problems", "针对的问题编号，用、隔开"),
            "place": optional("text", "出处", "Place", "在报告中的位置"),
            "note": NOTE,
        },
    ),
    TableSchema(
        "published",
        "已公布数据",
        "Published figures",
        "一个已公布的数据",
        "报告印出的数据，逐个与重新计算的数据核对",
        {
            "id": key_column("公布数据的编号", "数据编号", "Figure no."),
            "key": column("id", "数据键", "Key", "published. 开头的键"),
            "name": optional("text", "名称", "Name", "这个数叫什么"),
            "printed": column("text", "印出值", "Printed", "报告印出的文字，原样保留"),
            "unit": optional("text", "单位", "Unit", "印出的单位"),
            "place": column("text", "出处", "Place", "在报告中的位置"),
            "figure": optional(
                "id", "核对数据", "Compared with", "与哪个重新计算的数据核对；没有可核对的则留空"
            ),
            "note": NOTE,
        },
    ),
    TableSchema(
        "claims",
        "文字表述",
        "Claims in words",
        "一个表述",
        "报告的文字说法，逐个与数据核对",
        {
            "id": key_column("表述的编号", "表述编号", "Claim no."),
            "text": column("text", "表述", "Claim", "说法的要点（事实，不是原句）"),
            "place": column("text", "出处", "Place", "在报告中的位置"),
            "key": column("id", "核对数据", "Key", "与哪个数据核对"),
            "operator": column(
                "choice", "关系", "Operator", "说法成立时数据与界值的关系", choices=_OPERATORS
            ),
            "value": column("printed", "界值", "Value", "说法的界值，如 0、100%、3500"),
            "unit": optional("text", "单位", "Unit", "界值的单位"),
            "note": NOTE,
        },
    ),
    TableSchema(
        "adjustments",
        "调整",
        "Adjustments",
        "一个被改正的单元格",
        "原始资料从不改动；每处改正写在这里，读入时应用并处处列示",
        {
            "table": column("id", "表", "Table", "表名，如 allocation"),
            "row": column("text", "行", "Row", "单位名称、编号，或 #行号"),
            "column": column("id", "列", "Column", "列名，如 used"),
            "old": column("text", "原值", "Old", "资料上的值", blank=True),
            "new": column("text", "新值", "New", "改正后的值", blank=True),
            "who": column("text", "调整人", "Who", "谁改"),
            "when": column("date", "日期", "When", "何时"),
            "why": column("text", "原因", "Why", "为什么，依据什么"),
            "note": NOTE,
        },
    ),
)
