"""What posts may be given to do about sources, conflicts and requests for data."""

from lianxin.foundation.accounts.permissions import register

register(
    "数据来源",
    {
        "sources.manage": "管理字段目录和数据来源",
        "sources.rule": "裁定数据冲突",
        "sources.request": "申请采集数据（准入清单）",
        "sources.decide": "审核数据采集申请",
        "sources.push": "推送数据",
        "sources.abstain": "替本社区决定不承接采集任务",
    },
)
