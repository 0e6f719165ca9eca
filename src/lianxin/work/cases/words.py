"""The words of a case: kinds, stages, severities, channels. Labels here are defaults; a profile renames stages."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What sort of matter it is; a kind chooses its stages, clocks and texts."""

    PROBLEM = "problem", _("事件")
    HAZARD = "hazard", _("隐患")
    DISPUTE = "dispute", _("矛盾纠纷")
    DEMAND = "demand", _("诉求")
    ENQUIRY = "enquiry", _("咨询")
    SUGGESTION = "suggestion", _("建议")


class Stage(models.TextChoices):
    """Where a case stands. The first six are open; the rest are ends."""

    REPORTED = "reported", _("已上报")
    FILED = "filed", _("已立案")
    DISPATCHED = "dispatched", _("已派遣")
    HANDLING = "handling", _("处置中")
    HANDLED = "handled", _("已处置")
    VERIFIED = "verified", _("已核查")
    CLOSED = "closed", _("已结案")
    ANSWERED = "answered", _("已答复")
    DECLINED = "declined", _("不予立案")
    REFERRED = "referred", _("已移送")
    MERGED = "merged", _("已并案")
    WITHDRAWN = "withdrawn", _("已撤诉")
    VOID = "void", _("已作废")


OPEN = frozenset({Stage.REPORTED, Stage.FILED, Stage.DISPATCHED, Stage.HANDLING, Stage.HANDLED, Stage.VERIFIED})
ENDS = frozenset(Stage) - OPEN


class Severity(models.TextChoices):
    """How pressing; urgent runs every clock day and night."""

    NORMAL = "normal", _("一般")
    PRESSING = "pressing", _("较急")
    URGENT = "urgent", _("紧急")


class Level(models.TextChoices):
    """The levels that can hold a case, lowest first. A case is solved at the lowest that can."""

    GRID = "grid", _("网格")
    COMMUNITY = "community", _("社区")
    STREET = "street", _("街道")
    CITY = "city", _("市级")


LEVELS: tuple[str, ...] = tuple(Level.values)


class Channel(models.TextChoices):
    """How a report came in."""

    RESIDENT = "resident", _("居民")
    WORKER = "worker", _("网格员")
    CALL = "call", _("来电")
    HOTLINE = "hotline", _("12345")
    SENSOR = "sensor", _("物联告警")
    VIDEO = "video", _("视频")
    LEADER = "leader", _("领导交办")
    MEDIA = "media", _("媒体")
    PARTNER = "partner", _("部门移送")


class AssignmentState(models.TextChoices):
    """How far one unit has come with its part."""

    OFFERED = "offered", _("待签收")
    ACCEPTED = "accepted", _("处置中")
    DONE = "done", _("已完成")
    RETURNED = "returned", _("已回退")
    WITHDRAWN = "withdrawn", _("已撤回")


OPEN_ASSIGNMENT = frozenset({AssignmentState.OFFERED, AssignmentState.ACCEPTED})


class ClockName(StrEnum):
    """What a limit is for."""

    FILE = "file"
    DISPATCH = "dispatch"
    ACCEPT = "accept"
    HANDLE = "handle"
    VERIFY = "verify"
    CLOSE = "close"
    CONTACT = "contact"
    REPORT_IN = "report_in"
    CHECK = "check"
    DECIDE = "decide"


CLOCK_LABELS = {
    "file": _("立案"),
    "dispatch": _("派遣"),
    "accept": _("签收"),
    "handle": _("处置"),
    "verify": _("核查"),
    "close": _("结案"),
    "contact": _("首次联系"),
    "report_in": _("报到"),
    "check": _("核实"),
    "decide": _("审批"),
}

STAGE_CLOCK: dict[str, str] = {
    Stage.REPORTED: ClockName.FILE,
    Stage.FILED: ClockName.DISPATCH,
    Stage.DISPATCHED: ClockName.ACCEPT,
    Stage.HANDLING: ClockName.HANDLE,
    Stage.HANDLED: ClockName.VERIFY,
    Stage.VERIFIED: ClockName.CLOSE,
}
