"""The cards that the roof puts on 管理."""

from django.urls import reverse

from lianxin.faces.console.hub import Card, card, concern
from lianxin.faces.identity.request import Request
from lianxin.faces.parts.words import local
from lianxin.foundation.accounts import permissions
from lianxin.foundation.accounts.models import Role
from lianxin.kernel.worktime.queries import calendar
from lianxin.operations.founding import checklist
from lianxin.operations.profiles import comparison

from .files import files, is_loaded
from .profile import SEEN_BY


@card(5)
@card(5, on="work")
def setup(asked: Request) -> Card | None:
    """开始设置: while a step has not been begun."""
    if not asked.actor.may("config.manage"):
        return None
    found = checklist.steps(asked.numbers, asked.at)
    open_ones = [step for step in found if step.state == "todo"]
    if not open_ones:
        return None
    line = "、".join(step.title for step in open_ones[:3])
    return Card("开始设置", reverse("profile:setup"), "flag", line, concern(len(open_ones), "%d 步还没有开始"))


@card(20)
def roles(asked: Request) -> Card | None:
    """岗位与权限."""
    if not any(map(asked.actor.may, SEEN_BY)):
        return None
    line = f"{Role.objects.count()} 种岗位，{len(permissions.catalogue())} 项权限"
    return Card("岗位与权限", reverse("profile:roles"), "key", line)


@card(25)
def profile(asked: Request) -> Card | None:
    """方案."""
    if not any(map(asked.actor.may, SEEN_BY)):
        return None
    found = files(asked.numbers)
    if found.profile is None:
        return Card("方案", reverse("profile:home"), "file", found.folder, concern(1, "方案文件读不出来"))
    differing = len(comparison.differences(found.profile))
    edited = 0 if is_loaded(found, asked.numbers) else 1
    concerns = [*concern(differing, "%d 处与文件不同"), *concern(edited, "文件改过，还没载入")]
    return Card("方案", reverse("profile:home"), "file", found.folder, concerns)


@card(45)
def working_time(asked: Request) -> Card | None:
    """工作日历."""
    if not any(map(asked.actor.may, SEEN_BY)):
        return None
    now, today = calendar(numbers=asked.numbers), local(asked.at).date()
    # Limits of late autumn reach into January; the notice for a year comes out the November before.
    wanted = [today.year, *([today.year + 1] if today.month >= 11 else [])]
    missing = [year for year in wanted if year not in now.confirmed_years]
    concerns = [one for year in missing for one in concern(year, "%d 年的放假安排还没有收录")]
    return Card("工作日历", reverse("profile:calendar"), "calendar", now.name or "全国标准工作时间", concerns)
