"""What posts may be given to do about cases; every step of the flow asks for one of these."""

from lianxin.foundation.accounts.permissions import register

register(
    "案件：看和登记",
    {
        "cases.view": "查看案件",
        "cases.report": "登记上报",
        "cases.annotate": "备注、答复督办",
        "cases.reveal": "查看上报人",
        "cases.export": "导出案件",
    },
)
register(
    "案件：立案和监督",
    {
        "cases.check": "请人核实、核实反馈",
        "cases.answer": "直接答复",
        "cases.resolve": "自行处置",
        "cases.file": "立案",
        "cases.decline": "不予立案",
        "cases.refer": "移送",
        "cases.merge": "并案",
        "cases.split": "拆分",
        "cases.amend": "更正、定位置",
        "cases.verify": "核查",
        "cases.close": "结案",
        "cases.call_back": "回访",
        "cases.reopen": "重办",
        "cases.reply": "答复上报人",
    },
)
register(
    "案件：指挥",
    {
        "cases.dispatch": "派遣、加协办",
        "cases.recall": "撤回派遣",
        "cases.escalate": "上报上级、下派",
        "cases.whistle": "吹哨",
        "cases.consult": "会商",
        "cases.rate": "评价单位",
    },
)
register(
    "案件：处置",
    {
        "cases.handle": "签收、处置",
        "cases.contact": "联系上报人",
        "cases.return": "回退",
        "cases.extend": "申请延期、缓办、挂账",
        "cases.report_in": "报到",
    },
)
register(
    "案件：督查",
    {
        "cases.approve": "审批延期、缓办、挂账",
        "cases.rule": "裁定主办单位",
        "cases.supervise": "督办、调度",
        "cases.force_close": "强制结案",
        "cases.void": "作废",
    },
)
