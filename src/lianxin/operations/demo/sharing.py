"""What departments and communities have to do with the base data: requests, checks, a task."""

from dataclasses import replace
from datetime import datetime, timedelta

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.queries import actor_of, current_posts
from lianxin.foundation.areas import queries as areas
from lianxin.registry.quality import actions as quality
from lianxin.registry.quality import checking
from lianxin.registry.quality.models import Finding
from lianxin.registry.sources import requests
from lianxin.registry.sources.requests import Wanted


def share(*, at: datetime) -> None:
    """Let a department ask, and run the checks once; the same county gives the same."""
    officer, asker = (
        _holder("sources.decide", at, role="data_officer"),
        _holder("sources.request", at, unit="chengguan"),
    )
    if officer is not None and asker is not None and asker.post is not None and asker.post.unit_id is not None:
        _ask(asker, officer, asker.post.unit_id, at)
    checking.run(at=at)
    _assign(at)


def _holder(
    permission: str, at: datetime, *, role: str = "", unit: str = "", area_id: int | None = None
) -> Actor | None:
    """Return the first account with a post that gives a permission."""
    posts = current_posts(at).filter(role__permissions__contains=[permission])
    posts = posts.filter(role_id=role) if role else posts
    posts = posts.filter(unit__code=unit) if unit else posts
    posts = posts.filter(area_id=area_id) if area_id is not None else posts
    found = posts.order_by("pk").values_list("account_id", flat=True).first()
    return actor_of(found, at=at) if found is not None else None


def _ask(asker: Actor, officer: Actor, unit_id: int, at: datetime) -> None:
    """Let two requests run and one wait."""
    day = requests.today(at)
    shops = Wanted(
        title="沿街商铺门前三包责任人更新",
        subject="establishment",
        fields=("establishment.contact", "establishment.contact_phone"),
        purpose="有脏乱时先电话提醒，少派一趟人",
        legal_basis="《城市市容和环境卫生管理条例》第十二条",
        minutes_each=5,
        expected_count=900,
        from_date=day - timedelta(days=10),
        until_date=day + timedelta(days=50),
    )
    lifts = replace(
        shops,
        title="无电梯楼栋行动不便的人摸底",
        subject="person",
        fields=("person.phone", "person.home"),
        purpose="大件垃圾上门收，不用自己搬下楼",
        minutes_each=8,
        expected_count=2600,
        until_date=day + timedelta(days=20),
    )
    everyone = replace(
        lifts,
        title="全体住户联系电话再登记一遍",
        fields=("person.name", "person.phone"),
        purpose="发垃圾分类通知",
        minutes_each=6,
        expected_count=42_000,
    )
    for wanted, is_in in ((shops, True), (lifts, True), (everyone, False)):
        made = requests.ask(asker, unit_id=unit_id, wanted=wanted, at=at)
        if is_in:
            requests.decide(officer, request=made, approve=True, reason="确有需要，期限合适", at=at)


def _assign(at: datetime) -> None:
    """Give one grid something to mend."""
    found = Finding.objects.open().filter(grid_id__isnull=False, subject="person").order_by("pk").first()
    grid = areas.node(found.grid_id) if found is not None and found.grid_id is not None else None
    clerk = _holder("quality.assign", at, area_id=grid.community_id) if grid is not None else None
    if found is not None and grid is not None and clerk is not None:
        due = requests.today(at) + timedelta(days=6)
        quality.assign(clerk, grid=grid, check=found.check_code, due_date=due, at=at, note="问一问就行，不用上门")
