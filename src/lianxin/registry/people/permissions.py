"""What posts may be given to do about people."""

from lianxin.foundation.accounts.permissions import register

register(
    "人员",
    {
        "people.view": "查看人员（打码）",
        "people.edit": "登记、修改人员",
        "people.reveal": "查看证件号码和电话（须填理由）",
        "people.merge": "合并、拆开重复人员",
        "people.answer": "办理居民的更正、删除申请",
        "people.import": "导入人员、房屋",
        "people.export": "导出人员、房屋",
        "people.approve_export": "批准大批量导出",
    },
)
