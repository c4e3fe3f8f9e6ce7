"""Every input table, described once.

Reading, validation, ``data/README.md``, error messages and blank templates all come from these
descriptions. A table's columns beside these may be titled as the case likes: they are kept out
of the calculation and listed where the inputs are shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandera.pandas as pa

from auditbook.case.columns import Title, column, title_of

LEVELS = (
    ("city", "市", "city"),
    ("county", "县", "county"),
    ("township", "乡镇", "township"),
    ("village", "社区", "village"),
)


@dataclass(frozen=True)
class TableSchema:
    """One input table.

    Attributes
    ----------
    name : str
        File name without ending, or sheet name.
    zh, en : str
    row : str
        What one row is, in Chinese.
    meaning : str
        What the table is for.
    columns : dict of str to pandera Column
    totals : bool
        The table may end with a 合计 row.
    open : bool
        Columns beside the described ones are data too (answers to questions).
    """

    name: str
    zh: str
    en: str
    row: str
    meaning: str
    columns: Mapping[str, pa.Column]
    totals: bool = False
    open: bool = False

    @property
    def pandera(self) -> pa.DataFrameSchema:
        """The schema that validates a frame which was read for this table."""
        keys = [name for name, title in self.titles().items() if title.key]
        return pa.DataFrameSchema(
            dict(self.columns),
            name=self.name,
            title=self.zh,
            description=self.meaning,
            unique=keys or None,
            report_duplicates="exclude_first",
        )

    def titles(self) -> dict[str, Title]:
        """Column name to description."""
        return {name: title_of(col) for name, col in self.columns.items()}


_NOTE = column("text", "备注", "Note", "随行说明", required=False, blank=True, titles=("说明",))
_SEQ = column("id", "序号", "No.", "表内序号", required=False, blank=True)


def _unit(meaning: str = "资金单位名称，以单位表或分配表为准", *, key: bool = True) -> pa.Column:
    titles = ("县（市）区", "县（区）", "县区", "单位名称", "资金单位", "unit_name")
    return column("unit", "单位", "Unit", meaning, titles=titles, key=key)


def _key(meaning: str, zh: str = "编号", en: str = "Id") -> pa.Column:
    return column("id", zh, en, meaning, key=True, titles=("编号", "编码", "ID", "代码"))


def _ledger(name: str, zh: str, en: str, row: str, meaning: str) -> TableSchema:
    columns = {
        "entry_id": column("id", "分录号", "Entry", "明细账行的唯一编号", key=True,
                           titles=("凭证行号", "编号")),
        "date": column("date", "日期", "Date", "记账日期", titles=("记账日期", "发生日期")),
        "level": column("choice", "层级", "Level", "收付款单位的层级", choices=LEVELS,
                        required=False, blank=True),
        "from_unit": column("unit", "拨出单位", "From unit", "资金的上一站", required=False,
                            blank=True, titles=("付款单位",)),
        "unit": _unit("收到或支付资金的单位", key=False),
        "document_no": column("id", "文号", "Document no.", "指标文或凭证号", required=False,
                              blank=True, titles=("凭证号", "指标文号")),
        "amount": column("money", "金额", "Amount", "本行金额；退回、收回为负", negative=True),
        "payee": column("text", "收款人", "Payee", "最终收款人", required=False, blank=True,
                        personal=True),
        "purpose": column("text", "用途", "Purpose", "用途或摘要", required=False, blank=True,
                          titles=("摘要",)),
        "fund": column("text", "资金名称", "Fund", "从哪项资金列支", required=False, blank=True,
                       titles=("资金来源",)),
        "note": _NOTE,
    }
    return TableSchema(name, zh, en, row, meaning, columns, totals=True)


_METHODS = (
    ("judgement", "判断抽样", "judgement"),
    ("random", "随机抽样", "random"),
    ("systematic", "系统抽样", "systematic"),
    ("monetary_unit", "货币单元抽样", "monetary unit"),
    ("not_stated", "未说明", "not stated"),
)
_ROLES = (
    ("sample", "样本", "sample"),
    ("pilot", "试点", "pilot"),
    ("sample_and_pilot", "样本兼试点", "sample and pilot"),
)
_OPERATORS = (
    ("ge", "≥", ">="),
    ("gt", ">", "greater than"),
    ("le", "≤", "<="),
    ("lt", "<", "less than"),
    ("eq", "=", "equals"),
)

_TABLES = (
    TableSchema(
        "allocation", "资金分配表", "Allocation", "一个资金单位",
        "每个单位到位、使用、结余多少；报告或主管部门提供的分配与使用总表",
        {
            "seq": _SEQ,
            "unit": _unit(),
            "budget": column("money", "预算安排", "Budget", "预算下达数", required=False,
                             titles=("预算数", "计划安排")),
            "arrived": column("money", "到位资金", "Arrived", "各来源到位合计",
                              titles=("资金来源到位情况/合计", "到位资金/合计", "到位合计",
                                      "实际到位资金")),
            "arrived_.+": column("money", "到位资金其中", "Arrived, by source",
                                 "按资金来源列示的到位数；来源在 case.yaml 的 fund.sources 里定义",
                                 required=False, regex=True),
            "used": column("money", "使用资金", "Used", "各来源使用合计",
                           titles=("资金使用/合计", "使用资金/合计", "使用合计", "实际使用资金")),
            "used_.+": column("money", "使用资金其中", "Used, by source",
                              "按资金来源列示的使用数", required=False, regex=True),
            "balance": column("money", "结余资金", "Balance", "当年结余",
                              titles=("当年结余", "资金结余", "结余", "资金结余/当年结余"),
                              negative=True),
            "note": _NOTE,
        },
        totals=True,
    ),
    TableSchema(
        "use", "资金使用表", "Use of funds", "一个资金单位",
        "现场抽查或单位填报的使用情况，与分配表是同一事实的另一份说法",
        {
            "seq": _SEQ,
            "unit": _unit(),
            "disbursed": column("money", "实际拨付资金", "Disbursed", "拨付到单位的资金",
                                titles=("拨付资金", "实际到位资金")),
            "used": column("money", "实际使用资金", "Used", "截止日前实际使用",
                           titles=("使用资金",)),
            "balance": column("money", "年末结余", "Year-end balance", "年末尚未使用",
                              titles=("结余", "结余资金"), negative=True),
            "use_rate_printed": column("printed", "资金使用率", "Use rate as printed",
                                       "表上印出的使用率，原样保留", required=False, blank=True,
                                       titles=("使用率",)),
            "note": _NOTE,
        },
        totals=True,
    ),
    TableSchema(
        "units", "单位表", "Units", "一个单位，任何层级",
        "单位的正式名称、别名、上下级和规模",
        {
            "unit": _unit("单位的正式名称，全案统一用它"),
            "parent": column("text", "上级单位", "Parent", "上一级单位", required=False,
                             blank=True),
            "level": column("choice", "层级", "Level", "市、县、乡镇、社区",
                            choices=LEVELS),
            "aliases": column("list", "别名", "Aliases", "同一单位的其他写法，用、隔开",
                              required=False, blank=True),
            **{
                name: column("count", zh, en, meaning, required=False, blank=True)
                for name, zh, en, meaning in (
                    ("townships", "乡镇（街道）数", "Townships", "下辖乡镇（街道）"),
                    ("communities", "村（社区）数", "Communities", "下辖村（社区）"),
                    ("grids", "网格数", "Grids", "划分的网格"),
                    ("grid_workers", "网格员数", "Grid workers", "配备的网格员"),
                    ("residents", "服务人口", "Residents", "服务的居民"),
                )
            },
            "note": _NOTE,
        },
    ),
    _ledger("transfers", "拨出明细账", "Transfers", "一笔拨出", "上级拨给下级的每一笔资金"),
    _ledger("receipts", "收到明细账", "Receipts", "一笔收到", "下级收到的每一笔资金"),
    _ledger("payments", "支付明细账", "Payments", "一笔支付", "单位支付给最终收款人的每一笔"),
    TableSchema(
        "sample", "样本表", "Sample", "一个被抽中的单位或凭证",
        "抽了谁、以什么身份、用什么方法、为什么",
        {
            "id": column("id", "编号", "Id", "单位名称或分录号", key=True,
                         titles=("单位", "样本")),
            "role": column("choice", "身份", "Role", "样本、试点或两者", choices=_ROLES),
            "method": column("choice", "方法", "Method", "选取方法", choices=_METHODS),
            "reason": column("text", "理由", "Reason", "为什么选它；未说明则留空",
                             required=False, blank=True),
            "note": _NOTE,
        },
    ),
    TableSchema(
        "sample_results", "现场核查结果", "Sample results", "一个已核查的样本",
        "样本账面数与核定数",
        {
            "id": _key("样本表中的编号"),
            "book": column("money", "账面数", "Book value", "账面金额", negative=True),
            "audited": column("money", "核定数", "Audited value", "核查确认的金额",
                              negative=True),
            "examined_by": column("text", "核查人", "Examined by", "谁核查", required=False,
                                  blank=True),
            "date": column("date", "核查日期", "Date", "何时核查", required=False, blank=True),
            "note": _NOTE,
        },
        totals=True,
    ),
    TableSchema(
        "survey_counts", "问卷发放表", "Survey counts", "一个调查对象组",
        "每组发放、收回、有效多少份，公布的满意度是多少",
        {
            "group": _key("对象组的代码，与 case.yaml 的 surveys 一致", "对象组", "Group"),
            "population": column("count", "总体人数", "Population", "该组的总体人数",
                                 required=False, blank=True),
            "issued": column("count", "发放份数", "Issued", "发放的问卷", titles=("发放",)),
            "returned": column("count", "收回份数", "Returned", "收回的问卷", titles=("收回",)),
            "valid": column("count", "有效份数", "Valid", "有效问卷", required=False, blank=True),
            "refused": column("count", "拒答份数", "Refused", "拒绝作答", required=False,
                              blank=True),
            "printed": column("printed", "公布满意度", "Satisfaction as printed",
                              "报告印出的综合满意度，原样保留", required=False, blank=True),
            "note": _NOTE,
        },
    ),
    TableSchema(
        "questions", "问题表", "Questions", "一个问题", "问卷的题目与计分",
        {
            "id": _key("题目的编号", "题号", "Question"),
            "text": column("text", "题目", "Text", "题干"),
            "kind": column("choice", "题型", "Kind", "量表、单选、多选、开放",
                           choices=(("scale", "量表", "scale"), ("single", "单选", "single"),
                                    ("multiple", "多选", "multiple"), ("open", "开放", "open"))),
            "labels": column("text", "选项", "Labels", "选项与分值", required=False, blank=True),
            "dimension": column("text", "维度", "Dimension", "所属维度", required=False,
                                blank=True),
            "note": _NOTE,
        },
    ),
    TableSchema(
        "answers", "答卷", "Answers", "一份答卷",
        "每组一张表，表名为 answers_<组>；每题一列，列名为题号",
        {"respondent": column("id", "序号", "Respondent", "答卷序号", key=True,
                              personal=True)},
        open=True,
    ),
    TableSchema(
        "targets", "绩效目标表", "Targets", "一个目标", "申报的绩效目标与实际完成",
        {
            "code": _key("目标的代码", "目标代码", "Code"),
            "text": column("text", "目标", "Target text", "目标内容"),
            "operator": column("choice", "关系", "Operator", "目标值的方向",
                               choices=_OPERATORS, required=False, blank=True),
            "target": column("printed", "目标值", "Target", "目标值，原样保留", required=False,
                             blank=True),
            "unit": column("text", "计量单位", "Unit of measure", "%、个、万元等",
                           required=False, blank=True),
            "actual": column("printed", "实际值", "Actual", "实际完成值；未公布则留空",
                             required=False, blank=True),
            "source": column("text", "出处", "Source", "目标在资料中的位置", required=False,
                             blank=True),
            "indicator": column("list", "对应指标", "Indicators",
                                "考核它的指标代码，用、隔开；没有则留空", required=False,
                                blank=True),
            "note": _NOTE,
        },
    ),
    TableSchema(
        "indicators", "指标体系", "Indicators", "一个计分指标",
        "计分的最末级指标；上级分值和得分一律由下级相加",
        {
            "code": _key("指标的代码", "指标代码", "Code"),
            "level1": column("text", "一级指标", "Level 1", "一级指标名称"),
            "level2": column("text", "二级指标", "Level 2", "二级指标名称"),
            "level3": column("text", "三级指标", "Level 3", "三级指标名称", required=False,
                             blank=True),
            "level4": column("text", "四级指标", "Level 4", "四级指标名称", required=False,
                             blank=True),
            "full": column("points", "分值", "Full mark", "满分"),
            "kind": column("choice", "性质", "Kind", "共性或个性",
                           choices=(("common", "共性", "common"),
                                    ("specific", "个性", "specific"),
                                    ("not_stated", "未说明", "not stated")),
                           required=False, blank=True),
            "rule": column("choice", "评分规则", "Rule", "怎样得出得分",
                           choices=(("deduct", "扣分制", "deduct"),
                                    ("ratio", "比率法", "ratio"),
                                    ("attain", "直接赋分", "attain"))),
            "figure": column("id", "依据数据", "Figure", "所依据的数据键，如 funds.sample.use_rate",
                             required=False, blank=True),
            "unit": column("text", "计量单位", "Unit of measure", "数据换算成的单位，如 %",
                           required=False, blank=True),
            "target": column("printed", "目标值", "Target", "规则所用的目标值", required=False,
                             blank=True),
            "parameters": column("text", "参数", "Parameters", "规则的其他参数，形如 a=1；b=2",
                                 required=False, blank=True),
            "standard": column("text", "评分标准", "Standard", "评分标准的文字；未公布则留空",
                               required=False, blank=True),
            "evidence": column("list", "佐证", "Evidence", "所依据的公布数据键，用、隔开",
                               required=False, blank=True),
            "note": _NOTE,
        },
    ),
    TableSchema(
        "judgements", "评分判断", "Judgements", "一次判断",
        "扣分或给分的判断：多少、为什么、对应哪个问题、谁、何时",
        {
            "indicator": column("id", "指标代码", "Indicator", "被判断的指标"),
            "kind": column("choice", "类别", "Kind", "扣分或给分",
                           choices=(("deduction", "扣分", "deduction"),
                                    ("points", "给分", "points"))),
            "points": column("points", "分数", "Points", "扣多少分或给多少分"),
            "reason": column("text", "理由", "Reason", "为什么"),
            "finding": column("list", "对应问题", "Problem", "问题清单的编号，用、隔开；没有则留空",
                              required=False, blank=True),
            "who": column("text", "判断人", "Who", "谁判断；未公布则留空", required=False,
                          blank=True),
            "when": column("date", "日期", "When", "何时；未公布则留空", required=False,
                           blank=True),
            "note": _NOTE,
        },
    ),
    TableSchema(
        "problems", "问题清单", "Problems", "一个问题", "评价发现的问题",
        {
            "id": _key("问题的编号", "问题编号", "Problem no."),
            "text": column("text", "问题", "Problem", "问题内容"),
            "indicator": column("list", "对应指标", "Indicators", "应影响的指标代码，用、隔开",
                                required=False, blank=True),
            "cause": column("text", "原因", "Cause", "原因", required=False, blank=True),
            "unit": column("list", "涉及单位", "Units", "涉及的单位，用、隔开", required=False,
                           blank=True),
            "state": column("text", "整改状态", "State", "整改状态", required=False, blank=True),
            "place": column("text", "出处", "Place", "在报告中的位置", required=False,
                            blank=True),
            "note": _NOTE,
        },
    ),
    TableSchema(
        "recommendations", "建议", "Recommendations", "一条建议", "针对问题的建议",
        {
            "id": _key("建议的编号", "建议编号", "Recommendation no."),
            "text": column("text", "建议", "Recommendation", "建议内容"),
            "problem": column("list", "对应问题", "Problems", "针对的问题编号，用、隔开",
                              required=False, blank=True),
            "place": column("text", "出处", "Place", "在报告中的位置", required=False,
                            blank=True),
            "note": _NOTE,
        },
    ),
    TableSchema(
        "published", "已公布数据", "Published figures", "一个已公布的数据",
        "报告印出的数据，逐个与重新计算的数据核对",
        {
            "id": _key("公布数据的编号", "数据编号", "Figure no."),
            "key": column("id", "数据键", "Key", "published. 开头的键"),
            "name": column("text", "名称", "Name", "这个数叫什么", required=False, blank=True),
            "printed": column("text", "印出值", "Printed", "报告印出的文字，原样保留"),
            "unit": column("text", "单位", "Unit", "印出的单位", required=False, blank=True),
            "place": column("text", "出处", "Place", "在报告中的位置"),
            "figure": column("id", "核对数据", "Compared with",
                             "与哪个重新计算的数据核对；没有可核对的则留空", required=False,
                             blank=True),
            "note": _NOTE,
        },
    ),
    TableSchema(
        "claims", "文字表述", "Claims in words", "一个表述",
        "报告的文字说法，逐个与数据核对",
        {
            "id": _key("表述的编号", "表述编号", "Claim no."),
            "text": column("text", "表述", "Claim", "说法的要点（事实，不是原句）"),
            "place": column("text", "出处", "Place", "在报告中的位置"),
            "key": column("id", "核对数据", "Key", "与哪个数据核对"),
            "operator": column("choice", "关系", "Operator", "说法成立时数据与界值的关系",
                               choices=_OPERATORS),
            "value": column("printed", "界值", "Value", "说法的界值，如 0、100%、3500"),
            "unit": column("text", "单位", "Unit", "界值的单位", required=False, blank=True),
            "note": _NOTE,
        },
    ),
    TableSchema(
        "adjustments", "调整", "Adjustments", "一个被改正的单元格",
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
            "note": _NOTE,
        },
    ),
)

SCHEMAS: dict[str, TableSchema] = {table.name: table for table in _TABLES}
"""Table name to description, in the order in which inputs are listed."""

ANSWERS_PREFIX = "answers_"


def schema_for(table: str) -> TableSchema | None:
    """The description of a table by its file or sheet name; ``answers_<group>`` included."""
    if table.startswith(ANSWERS_PREFIX) and len(table) > len(ANSWERS_PREFIX):
        return SCHEMAS["answers"]
    return SCHEMAS.get(table) if table != "answers" else None
