"""Tables of facts: money, units, ledgers, samples and questionnaires."""

from __future__ import annotations

from auditbook.case.columns import column, optional
from auditbook.case.table_schema import NOTE, SEQ, TableSchema, unit_column

LEVELS = (
    ("city", "市", "city"),
    ("county", "县", "county"),
    ("township", "乡镇", "township"),
    ("village", "社区", "village"),
)


def _ledger(name: str, zh: str, en: str, row: str, meaning: str) -> TableSchema:
    columns = {
        "entry_id": column(
            "id", "分录号", "Entry", "明细账行的唯一编号", key=True, titles=("凭证行号", "编号")
        ),
        "date": column("date", "日期", "Date", "记账日期", titles=("记账日期", "发生日期")),
        "level": optional("choice", "层级", "Level", "收付款单位的层级", choices=LEVELS),
        "from_unit": optional(
            "unit", "拨出单位", "From unit", "资金的上一站", titles=("付款单位",)
        ),
        "unit": unit_column("收到或支付资金的单位", key=False),
        "document_no": optional(
            "id", "文号", "Document no.", "指标文或凭证号", titles=("凭证号", "指标文号")
        ),
        "amount": column("money", "金额", "Amount", "本行金额；退回、收回为负", negative=True),
        "payee": optional("text", "收款人", "Payee", "最终收款人", personal=True),
        "account": optional("id", "收款账号", "Account", "收款人的账号", personal=True),
        "purpose": optional("text", "用途", "Purpose", "用途或摘要", titles=("摘要",)),
        "fund": optional("text", "资金名称", "Fund", "从哪项资金列支", titles=("资金来源",)),
        "note": NOTE,
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
_OUTCOMES = (
    ("examined", "已核查", "examined"),
    ("not_examinable", "无法核查", "cannot be examined"),
    ("alternative", "替代程序", "alternative procedure"),
)
TABLES = (
    TableSchema(
        "allocation",
        "资金分配表",
        "Allocation",
        "一个资金单位",
        "每个单位到位、使用、结余多少；报告或主管部门提供的分配与使用总表",
        {
            "seq": SEQ,
            "unit": unit_column(),
            "budget": column(
                "money",
                "预算安排",
                "Budget",
                "预算下达数",
                required=False,
                titles=("预算数", "计划安排"),
            ),
            "arrived": column(
                "money",
                "到位资金",
                "Arrived",
                "各来源到位合计",
                titles=("资金来源到位情况/合计", "到位资金/合计", "到位合计", "实际到位资金"),
            ),
            "arrived_.+": column(
                "money",
                "到位资金其中",
                "Arrived, by source",
                "按资金来源列示的到位数；来源在 case.yaml 的 fund.sources 里定义",
                required=False,
                regex=True,
            ),
            "used": column(
                "money",
                "使用资金",
                "Used",
                "各来源使用合计",
                titles=("资金使用/合计", "使用资金/合计", "使用合计", "实际使用资金"),
            ),
            "used_.+": column(
                "money",
                "使用资金其中",
                "Used, by source",
                "按资金来源列示的使用数",
                required=False,
                regex=True,
            ),
            "balance": column(
                "money",
                "结余资金",
                "Balance",
                "当年结余",
                titles=("当年结余", "资金结余", "结余", "资金结余/当年结余"),
                negative=True,
            ),
            "note": NOTE,
        },
        totals=True,
    ),
    TableSchema(
        "use",
        "资金使用表",
        "Use of funds",
        "一个资金单位",
        "现场抽查或单位填报的使用情况，与分配表是同一事实的另一份说法",
        {
            "seq": SEQ,
            "unit": unit_column(),
            "disbursed": column(
                "money",
                "实际拨付资金",
                "Disbursed",
                "拨付到单位的资金",
                titles=("拨付资金", "实际到位资金"),
            ),
            "used": column(
                "money", "实际使用资金", "Used", "截止日前实际使用", titles=("使用资金",)
            ),
            "balance": column(
                "money",
                "年末结余",
                "Year-end balance",
                "年末尚未使用",
                titles=("结余", "结余资金"),
                negative=True,
            ),
            "use_rate_printed": optional(
                "printed",
                "资金使用率",
                "Use rate as printed",
                "表上印出的使用率，原样保留",
                titles=("使用率",),
            ),
            "note": NOTE,
        },
        totals=True,
    ),
    TableSchema(
        "units",
        "单位表",
        "Units",
        "一个单位，任何层级",
        "单位的正式名称、别名、上下级和规模",
        {
            "unit": unit_column("单位的正式名称，全案统一用它"),
            "parent": optional("text", "上级单位", "Parent", "上一级单位"),
            "level": column("choice", "层级", "Level", "市、县、乡镇、社区", choices=LEVELS),
            "aliases": optional("list", "别名", "Aliases", "同一单位的其他写法，用、隔开"),
            **{
                name: optional("count", zh, en, meaning)
                for name, zh, en, meaning in (
                    ("townships", "乡镇（街道）数", "Townships", "下辖乡镇（街道）"),
                    ("communities", "村（社区）数", "Communities", "下辖村（社区）"),
                    ("grids", "网格数", "Grids", "划分的网格"),
                    ("grid_workers", "网格员数", "Grid workers", "配备的网格员"),
                    ("residents", "服务人口", "Residents", "服务的居民"),
                )
            },
            "note": NOTE,
        },
    ),
    _ledger("transfers", "拨出明细账", "Transfers", "一笔拨出", "上级拨给下级的每一笔资金"),
    _ledger("receipts", "收到明细账", "Receipts", "一笔收到", "下级收到的每一笔资金"),
    _ledger("payments", "支付明细账", "Payments", "一笔支付", "单位支付给最终收款人的每一笔"),
    TableSchema(
        "staff",
        "工作人员名单",
        "Staff",
        "一个工作人员",
        "经手或管理资金的人员及其账号，用来找出付给自己人的款项",
        {
            "name": column("text", "姓名", "Name", "工作人员的姓名", personal=True),
            "account": optional("id", "账号", "Account", "本人的账号", personal=True),
            "unit": optional("unit", "单位", "Unit", "所在单位"),
            "note": NOTE,
        },
    ),
    TableSchema(
        "sample",
        "样本表",
        "Sample",
        "一个被抽中的单位或凭证",
        "抽了谁、以什么身份、用什么方法、为什么",
        {
            "id": column("id", "编号", "Id", "单位名称或分录号", key=True, titles=("单位", "样本")),
            "role": column("choice", "身份", "Role", "样本、试点或两者", choices=_ROLES),
            "method": column("choice", "方法", "Method", "选取方法", choices=_METHODS),
            "reason": optional("text", "理由", "Reason", "为什么选它；未说明则留空"),
            "note": NOTE,
        },
    ),
    TableSchema(
        "verified_funds",
        "现场核查结果",
        "Verified funds",
        "核查清单上的一个样本",
        "每个样本的账面数与现场核定数：auditbook worklist 写出的核查清单，由核查人填好后原样放回。"
        "样本须与样本表逐一相同，账面数须与总体中的金额分毫不差；核定数和结果都空着的是尚未核查，"
        "无法核查而又没有替代程序的按偏差计",
        {
            "seq": SEQ,
            "id": column(
                "id",
                "编号",
                "Id",
                "样本表中的编号：单位名称或分录号",
                titles=("样本单位", "样本", "编码", "ID", "代码", "Sampled unit"),
                key=True,
            ),
            "book": column(
                "money", "账面数", "Book value", "总体中的金额，不得改动", negative=True
            ),
            "audited": column(
                "money",
                "核定数",
                "Audited value",
                "核查或替代程序确认的金额；一分也没有确认的填 0，尚未核查和无法核查的留空",
                titles=("核定金额",),
                blank=True,
                negative=True,
            ),
            "outcome": optional(
                "choice",
                "结果",
                "Outcome",
                "是否核查得了；有核定数而这一格空着，按已核查",
                choices=_OUTCOMES,
                titles=("核查结果",),
            ),
            "seen": optional(
                "text", "所见凭证", "Evidence seen", "看到的凭证、合同、实物等", titles=("证据",)
            ),
            "examined_by": optional("text", "核查人", "Examined by", "谁核查"),
            "date": optional("date", "核查日期", "Examined on", "何时核查"),
            "note": optional("text", "说明", "Note", "差异或无法核查的原因", titles=("备注",)),
        },
        totals=True,
    ),
)
