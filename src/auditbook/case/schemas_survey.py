"""Tables of satisfaction surveys: forms, questions, answers, units, and earlier years."""

from __future__ import annotations

from auditbook.case.columns import column, optional
from auditbook.case.table_schema import NOTE, TableSchema, key_column, unit_column

_KINDS = (
    ("scale", "量表", "scale"),
    ("single", "单选", "single"),
    ("multiple", "多选", "multiple"),
    ("open", "开放", "open"),
)
_DIRECTIONS = (("positive", "正向", "positive"), ("reversed", "反向", "reversed"))
_OUTCOMES = (
    ("partial", "部分完成", "Partial", "只答了一部分"),
    ("non_contact", "未联系上", "Not contacted", "没有联系上的人"),
    ("other", "其他未答", "Other", "因其他原因没有作答"),
    ("unknown", "资格不明", "Unknown eligibility", "不知道是否属于调查对象"),
    ("ineligible", "不属于对象", "Not eligible", "查明不属于调查对象"),
)

TABLES = (
    TableSchema(
        "survey_counts",
        "问卷发放表",
        "Survey counts",
        "一个调查对象组",
        "每组发放、收回、有效多少份，公布的满意度是多少；知道每份未收回问卷的下落时，"
        "再填拒答以后的各列，用来计算 AAPOR 应答率",
        {
            "group": key_column("对象组的代码，与 case.yaml 的 surveys 一致", "对象组", "Group"),
            "population": optional("count", "总体人数", "Population", "该组的总体人数"),
            "issued": column("count", "发放份数", "Issued", "发放的问卷", titles=("发放",)),
            "returned": column("count", "收回份数", "Returned", "收回的问卷", titles=("收回",)),
            "valid": optional("count", "有效份数", "Valid", "有效问卷"),
            "refused": optional("count", "拒答份数", "Refused", "拒绝作答"),
            **{name: optional("count", zh, en, meaning) for name, zh, en, meaning in _OUTCOMES},
            "printed": optional(
                "printed", "公布满意度", "Satisfaction as printed", "报告印出的综合满意度，原样保留"
            ),
            "note": NOTE,
        },
    ),
    TableSchema(
        "survey_units",
        "分单位问卷表",
        "Survey by unit",
        "一个对象组在一个单位",
        "每组在每个单位的总体人数、发放、收回和计划份数（配额）",
        {
            "group": column("id", "对象组", "Group", "对象组的代码"),
            "unit": unit_column("被调查者所在的单位", key=False),
            "population": optional("count", "总体人数", "Population", "该组在这个单位的人数"),
            "issued": optional("count", "发放份数", "Issued", "发到这个单位的问卷"),
            "returned": optional("count", "收回份数", "Returned", "从这个单位收回的问卷"),
            "quota": optional("count", "计划份数", "Quota", "计划完成的份数（配额）"),
            "note": NOTE,
        },
    ),
    TableSchema(
        "survey_history",
        "历年满意度",
        "Earlier years",
        "一个对象组的一个年度",
        "以前年度同一问卷的结果，用来看变化",
        {
            "group": column("id", "对象组", "Group", "对象组的代码"),
            "year": column("id", "年度", "Year", "四位年度"),
            "valid": column("count", "有效份数", "Valid", "回答了总体满意度（没有则综合）的份数"),
            "satisfied": column("count", "满意份数", "Satisfied", "其中满意的份数，口径与本年相同"),
            "printed": optional("printed", "公布满意度", "As printed", "当年公布的满意度"),
            "place": optional("text", "出处", "Place", "取自哪份资料"),
            "note": NOTE,
        },
    ),
    TableSchema(
        "questions",
        "问题表",
        "Questions",
        "一个问题",
        "问卷的题目与计分；也可以写在 case.yaml 的 surveys 里，两处只写一处",
        {
            "id": key_column("题目的编号", "题号", "Question"),
            "group": optional("list", "对象组", "Groups", "问哪些组，用、隔开；空白为各组都问"),
            "text": column("text", "题目", "Text", "题干"),
            "kind": column("choice", "题型", "Kind", "量表、单选、多选、开放", choices=_KINDS),
            "labels": optional(
                "text",
                "选项",
                "Labels",
                "各选项，用；隔开。量表题每项写明分值：很满意=5；满意=4；不了解=不计（不计入分母）。"
                "答卷里是代码的，写在前面：1:很满意=5",
            ),
            "direction": optional(
                "choice",
                "方向",
                "Direction",
                "量表题必填：正向，分值越高越满意；反向，分值越高越不满意（计算时翻转）",
                choices=_DIRECTIONS,
            ),
            "weight": optional("points", "权重", "Weight", "在满意度中的权重；都空着为等权"),
            "dimension": optional("text", "维度", "Dimension", "所属维度"),
            "note": NOTE,
        },
    ),
    TableSchema(
        "answers",
        "答卷",
        "Answers",
        "一份答卷",
        "每组一张表，表名为 answers_<组>；每题一列，列名为题号或题干。问卷星、Qualtrics、"
        "LimeSurvey 导出的文件可以原样放入",
        {
            "respondent": column(
                "id",
                "序号",
                "Respondent",
                "答卷序号",
                key=True,
                personal=True,
                titles=("答卷编号", "答卷序号", "编号", "ResponseId", "Response ID", "id"),
            ),
            "unit": optional(
                "unit", "单位", "Unit", "被调查者所在的单位", titles=("县（市）区", "所在县区")
            ),
            "submitted": optional(
                "text", "提交答卷时间", "Submitted", "交卷时间",
                titles=("提交时间", "EndDate", "RecordedDate", "submitdate", "Date submitted"),
            ),
            "seconds": optional(
                "text", "所用时间", "Duration", "答题所用时间，秒",
                titles=("Duration (in seconds)", "interviewtime", "Total time"),
            ),
            "source": optional("text", "来源", "Source", "从哪里来", titles=("Status",)),
            "source_detail": optional("text", "来源详情", "Source detail", "来源的细节"),
            "ip": optional(
                "text", "来自IP", "IP address", "交卷的网络地址，只用来找重复",
                personal=True, titles=("IP", "IPAddress", "ipaddr"),
            ),
            "finished": optional(
                "text", "是否完成", "Finished", "是否答完", titles=("Progress", "lastpage")
            ),
            "weight": optional("text", "权重", "Weight", "抽样权重", titles=("抽样权重",)),
            "stratum": optional("text", "层", "Stratum", "抽样的层"),
            "cluster": optional("text", "群", "Cluster", "整群抽样的群", titles=("群号",)),
        },
        open=True,
    ),
)  # fmt: skip
