"""Made-up values for the style guide: nothing here is read by any other page."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django import forms

from lianxin.faces.parts.shapes import (
    Approval,
    Contact,
    Crumb,
    Filter,
    FunnelRow,
    Kpi,
    Me,
    MenuItem,
    NavItem,
    Option,
    Page,
    Phase,
    Photo,
    Step,
    Tab,
)

NOW = datetime(2026, 11, 21, 6, 5, 32, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

STAGES = [
    ("reported", "已上报"),
    ("filed", "已立案"),
    ("dispatched", "已派遣"),
    ("handling", "处置中"),
    ("handled", "已处置"),
    ("verified", "已核查"),
    ("closed", "已结案"),
]
ENDS = [
    ("declined", "不予立案"),
    ("merged", "已并案"),
    ("void", "已作废"),
    ("referred", "已移送"),
    ("withdrawn", "已撤诉"),
]

NAV = [
    NavItem("#", "home", "工作台"),
    NavItem("#", "inbox", "坐席", badge=7, current=True),
    NavItem("#", "list", "案卷"),
    NavItem("#", "map", "一张图"),
    NavItem("#", "whistle", "吹哨"),
    NavItem("#", "chart", "统计"),
    NavItem("#", "book", "基础库"),
    NavItem("#", "settings", "管理"),
]
NAV_FOOT = [NavItem("#", "bell", "消息", badge=3)]
ME = Me(
    "陈*",
    "市级坐席 03",
    menu=[MenuItem("#", "我的岗位", "id"), MenuItem("#", "登录记录", "history"), MenuItem("#", "退出登录", "logout")],
)
CRUMBS = [Crumb("龙眠街道", "#"), Crumb("同安社区", "#"), Crumb("第3网格")]
TABS = [
    Tab("#", "全部", 38, current=True),
    Tab("#", "待立案", 12),
    Tab("#", "待派遣", 8),
    Tab("#", "待核查", 15),
    Tab("#", "督办", 3),
]
SEGMENTS = [Tab("#", "今天"), Tab("#", "本月", current=True), Tab("#", "本年")]
FILTERS = [Filter("3 个街道", "#"), Filter("今天", "#"), Filter("超时 5", "#", tone="late")]
KPIS = [
    Kpi(
        "上报",
        "6,214",
        "件",
        "全部渠道，含自行处置；不含作废 23 件",
        "4.1%",
        "down",
        None,
        (18, 14, 19, 17, 12, 8, 10, 5),
    ),
    Kpi(
        "按时办结率",
        "97.4",
        "%",
        "时限内结案 ÷ 应结案（5,902 件）",
        "0.6 点",
        "up",
        better=True,
        points=(5, 9, 7, 13, 12, 18, 20),
    ),
    Kpi(
        "不出网格解决",
        "61.8",
        "%",
        "网格员、社区自行处置 ÷ 全部办结",
        "2.3 点",
        "up",
        better=True,
        points=(3, 5, 4, 10, 14, 15, 21),
    ),
    Kpi(
        "群众满意度",
        "97.8",
        "%",
        "评 4、5 分 ÷ 有评价（3,206 件，评价率 54%）",
        "0.2 点",
        "down",
        better=False,
        points=(9, 9, 8, 9, 7),
    ),
]
FUNNEL = [
    FunnelRow("立案", 12, 720, 1440, 1800, "#"),
    FunnelRow("派遣", 8, 360, 820, 1800, "#"),
    FunnelRow("签收", 47, 9360, 10700, 7200, "#"),
    FunnelRow("处置", 309, 64800, 103000, 86400, "#"),
    FunnelRow("核查", 31, 8280, 13700, 14400, "#"),
]
TRACE = [
    Step(
        NOW - 3 * MINUTE,
        "阶段反馈",
        "市住建局排水所 赵*",
        "已装临时盖板，新井盖在路上，约 20 分钟。",
        public=True,
        dwell_label="处置",
        used=5760,
        limit=7200,
    ),
    Step(
        NOW - 39 * MINUTE,
        "协办完成",
        "市交警大队 孙*",
        "围挡已设，车辆绕行同安支路。",
        side=True,
        used=2460,
        limit=3600,
    ),
    Step(
        NOW - 76 * MINUTE,
        "签收",
        "市住建局排水所 赵*",
        "队伍 2 人，从北门出发。",
        public=True,
        dwell_label="签收",
        used=9360,
        limit=7200,
    ),
    Step(
        NOW - 78 * MINUTE,
        "派遣",
        "坐席 陈* · 采用建议，把握 92%",
        "依据“井盖”“掉进去”、位置和权责清单第 102 条。",
        dwell_label="派遣",
        used=60,
        limit=1800,
    ),
    Step(
        NOW - timedelta(days=1),
        "上报",
        "居民 王*",
        "照片 2 张，语音转文字已由坐席核对。",
        public=True,
        dwell_label="立案",
        used=1500,
        limit=1800,
    ),
]
PHASES = [
    Phase("信息收集", "13:41 · 居民", "done", 7),
    Phase("案卷建立", "用 25 分 · 限 30 分", "done", 7),
    Phase("任务派遣", "用 1 分 · 限 30 分", "done", 7),
    Phase("任务处理", "已 1 小时 36 分 · 限 2 小时", "now", 4),
    Phase("处理反馈", "主办、协办都完成后"),
    Phase("核查结案", "网格员到场 · 限 4 小时"),
    Phase("综合评价", "评价不影响结案"),
]
WIZARD = [
    Phase("选文件", "1 个表，1,286 行"),
    Phase("对列", "9 列，全部对上"),
    Phase("检查", "没有写入任何数据"),
    Phase("看看会变什么", "新增、修改、不变"),
    Phase("导入", "24 小时内可整批撤回"),
]
OPTIONS = [
    Option("a", "污水井盖缺损", "主办 市住建局排水所 · 2 小时", 0.92, chosen=True),
    Option("b", "雨水井盖缺损", "主办 市城管局市政科 · 2 小时", 0.38),
    Option("c", "道路积水", "主办 市城管局市政科 · 4 小时", 0.21),
]
CONTACTS = [
    Contact("赵*", "排水所 处置人", phone="139****5508", reveal_url="#", call_url="#"),
    Contact("李*", "第3网格 网格员", line="在岗 · 距现场 260 米，约 4 分钟", tone="ok", call_url="#"),
]
APPROVAL = Approval(
    "审批：延期",
    "市住建局 赵*，第一次延期",
    "11月23日 17:00",
    "11月25日 17:00",
    "管径不符，新管明早到货，附送货单",
    "居民会看到新时间和原因",
    "时限不变，今晚到 80% 时提醒",
)
PAGE = Page(1, 8, 38, next_url="#")
MISSING = Photo("处置后近景")

QUEUE: list[dict[str, Any]] = [
    {
        "title": "小区围墙开裂倾斜，临近幼儿园",
        "severity": "urgent",
        "state": "late",
        "due": NOW - 12 * MINUTE,
        "place": "文昌街道 和平社区 第1网格 · 和平新村东墙",
        "stage": STAGES[1],
        "source": "网格员 · 13:23 · …000117",
        "lock": "坐席 05 正在看",
    },
    {
        "title": "污水井盖缺失，积水路面有坠落危险",
        "severity": "urgent",
        "state": "warn",
        "due": NOW + 6.5 * MINUTE,
        "place": "龙眠街道 同安社区 第3网格 · 同安路与盛唐路口",
        "stage": STAGES[0],
        "source": "居民 · 13:41 · …000123",
        "similar": 2,
        "current": True,
    },
    {
        "title": "夜间施工噪声扰民，已连续三晚",
        "severity": "pressing",
        "state": "ok",
        "due": NOW + 18.5 * MINUTE,
        "place": "文昌街道 西苑社区 第5网格 · 西苑小区南侧工地",
        "stage": STAGES[0],
        "source": "12345 · 13:53 · …000122",
    },
    {
        "title": "楼道堆放纸箱，占用疏散通道",
        "severity": "normal",
        "state": "ok",
        "due": NOW + 24.5 * MINUTE,
        "place": "龙腾街道 龙腾社区 第7网格 · 盛世家园 11 栋",
        "stage": STAGES[0],
        "source": "居民 · 13:59 · …000120",
    },
    {
        "title": "路灯连续 6 盏不亮，晚归看不清路，请尽快来修",
        "severity": "normal",
        "state": "outside",
        "begins": datetime(2026, 11, 23, 0, 30, tzinfo=UTC),
        "place": "文昌街道 太平社区 第2网格 · 太平路中段",
        "stage": STAGES[1],
        "source": "居民 · 13:40 · …000119",
    },
    {
        "title": "餐馆油烟直排，住户不敢开窗",
        "severity": "pressing",
        "state": "paused",
        "until": datetime(2026, 11, 28, tzinfo=UTC).date(),
        "place": "文昌街道 文庙社区 第4网格 · 公园路 26 号",
        "stage": STAGES[3],
        "source": "网格员 · 08:52 · …000064",
    },
]


class SampleForm(forms.Form):
    """A form with every kind of field."""

    on = forms.CharField(label="回访日期", help_text="办结后 3 个工作日内")
    note = forms.CharField(
        label="补充说明", help_text="居民看得见", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    phone = forms.RegexField(r"^\d{11}$", label="联系电话", error_messages={"invalid": "手机号是 11 位，现在 7 位"})
    kind = forms.ChoiceField(label="事件类别", choices=[("", "请选一类"), ("0102", "公用设施 › 污水井盖")])
    level = forms.ChoiceField(
        label="急不急", choices=[("1", "一般"), ("2", "较急"), ("3", "紧急")], widget=forms.RadioSelect
    )
    secret = forms.BooleanField(label="匿名反映（工作人员也看不到是谁）", required=False)


def sample_form() -> SampleForm:
    """Return a form sent with one fault."""
    return SampleForm({"on": "11月24日", "note": "井盖已更换", "phone": "138 1234", "kind": "0102", "level": "1"})


class SignInForm(forms.Form):
    """The fields of sign-in, with a wrong password."""

    account = forms.CharField(
        label="账号", help_text="手机号、工号也可以", widget=forms.TextInput(attrs={"autocomplete": "username"})
    )
    password = forms.CharField(
        label="密码", widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}, render_value=True)
    )

    def clean_password(self) -> str:
        """Refuse, to show the fault."""
        raise forms.ValidationError("密码不对。再错 3 次将锁定 15 分钟；可先用“忘记密码”。")


def guide() -> dict[str, Any]:
    """Return all that the style guide shows."""
    return {
        "place": "桐城市网格化服务管理中心",
        "page_title": "部件一览",
        "now": NOW,
        "nav": NAV,
        "nav_foot": NAV_FOOT,
        "me": ME,
        "search_url": "#",
        "stages": STAGES,
        "ends": ENDS,
        "crumbs": CRUMBS,
        "tabs": TABS,
        "segments_sample": SEGMENTS,
        "filters_sample": FILTERS,
        "kpis": KPIS,
        "funnel_rows": FUNNEL,
        "steps": TRACE,
        "phases_sample": PHASES,
        "wizard_sample": WIZARD,
        "options": OPTIONS,
        "contacts": CONTACTS,
        "approval_sample": APPROVAL,
        "page_sample": PAGE,
        "form": sample_form(),
        "queue": QUEUE,
        "missing": [MISSING, MISSING],
        "left": NOW + timedelta(minutes=24, seconds=20),
        "soon": NOW + 6.5 * MINUTE,
        "late": NOW - 12 * MINUTE,
        "later": NOW + 18.5 * MINUTE,
        "hours": NOW + 190 * MINUTE,
        "monday": datetime(2026, 11, 23, 0, 30, tzinfo=UTC),
        "review": datetime(2026, 11, 28, tzinfo=UTC).date(),
    }
