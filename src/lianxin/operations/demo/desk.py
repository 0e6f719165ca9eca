"""What a seat has at hand in the made-up county: reply templates, saved views with subscribers, notes of calls."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.http import QueryDict

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import actor_of, current_posts
from lianxin.insight.views import actions as views
from lianxin.kernel.worktime.calendars import ZONE
from lianxin.work.cases.models import Case
from lianxin.work.desk import calls, templates
from lianxin.work.desk.models import ReplyTemplate

from . import showing

# name, words, acts
_TEMPLATES = (
    ("已派单位", "您反映的“{事由}”已派{单位}办理，{时限}前办好。编号 {编号}，凭编号随时可查。", ("reply",)),
    ("正在等料", "您反映的“{事由}”{单位}已到现场看过，正在备料，办好后再告诉您。", ("reply", "progress")),
    ("请补个位置", "想把事情办快些，请补一句在哪里：门牌、路口，或旁边有什么都行。", ("reply",)),
    ("窗口时间", "办事大厅周一至周五 8:30 到 12:00、14:00 到 17:30，周六上午值班，周日休息。", ("answer", "reply")),
    ("社保怎么查", "社保缴费可以在手机上查，也可以带身份证到社区窗口，当场打印。", ("answer",)),
    ("不在本地", "您说的地方不在本地管辖范围，请拨当地 12345，他们会接着办。", ("decline", "refer")),
    ("报过了", "同一件事已有人反映，正在办，编号 {编号}。办好后一并告诉您。", ("decline",)),
    ("不归本单位", "{地点}不在本单位管护范围，建议派给产权或管护单位。", ("return",)),
    ("现场没找到", "已到{地点}，没有看到所说的情况，请补充具体位置或照片。", ("return", "rework")),
    ("修好了", "{地点}已处理完，现场清理干净，照片附后。", ("handle",)),
)
# owner's place among the seats, name, page, words, share, minutes between messages
_VIEWS: tuple[tuple[int, str, str, str, str, int | None], ...] = (
    (0, "紧急的", "seat", "tab=all&severity=urgent", "role", 0),
    (0, "超时待派", "seat", "tab=filed&clock=overdue", "role", None),
    (0, "要回访的", "cases", "flag=follow_up", "", 60),
    (0, "三天内的井盖", "cases", "q=井盖", "", None),
    (1, "12345 转来的", "cases", "channel=hotline", "role", 15),
)
# minutes before now, minutes it lasted, words, telephone, what it led to
_CALLS = (
    (190, 4, "问周六上午办不办身份证，告诉他派出所窗口周六值班。", "19900004411", "nothing"),
    (150, 6, "又来问这件事，说晚上更吵，盼着早点解决。", "19900004412", "attached"),
    (75, 3, "老人不会用手机交水费，告诉她可以到社区窗口代办。", "", "nothing"),
    (40, 5, "补充：就在小区东门进来右手边，晚上九点以后最明显。", "19900004413", "attached"),
)


def make(*, seed: int, now: datetime) -> int:
    """Lay out the desk; returns how many templates. Made again it adds nothing."""
    if ReplyTemplate.objects.exists():
        return 0
    began = now - timedelta(days=20)
    keeper, seats = _first("admin", now), _seats(now)
    if keeper is None or not seats:
        return 0
    rng = Random(f"desk {seed}")
    for name, text, acts in _TEMPLATES:
        wanted = templates.Wanted(name, text, acts)
        made = templates.make(keeper, key=_key(rng, began), wanted=wanted, at=began)
        ReplyTemplate.objects.filter(pk=made.pk).update(uses=rng.randint(3, 90), last_used_at=now)
    _keep_views(seats, rng, began, now)
    _note_calls(seats[0], rng, now)
    return len(_TEMPLATES)


def _keep_views(seats: list[Actor], rng: Random, began: datetime, now: datetime) -> None:
    for place, name, page, words, share, every in _VIEWS:
        owner = seats[place % len(seats)]
        wanted = views.Wanted(name, share, QueryDict(words))
        view = views.save(owner, key=_key(rng, began), page=page, wanted=wanted, at=began)
        if every is not None:
            views.subscribe(owner, view=view, every_minutes=every, at=now)


def _note_calls(seat: Actor, rng: Random, now: datetime) -> None:
    today = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    open_cases = list(Case.objects.visible_to(seat).open().order_by("-reported_at")[:20])
    for ago, lasted, words, phone, outcome in _CALLS:
        begins = now - timedelta(minutes=ago)
        if begins < today:  # past midnight there were no calls yet
            continue
        key = _key(rng, begins)
        calls.save(seat, key=key, words=words, phone=phone, step=1, at=begins)
        case = rng.choice(open_cases) if outcome == "attached" and open_cases else None
        calls.end(
            seat, key=key, outcome=outcome if case or outcome == "nothing" else "nothing", case=case,
            at=begins + timedelta(minutes=lasted),
        )  # fmt: skip


def _seats(now: datetime) -> list[Actor]:
    """Return the seats of the city, the ready account first."""
    shown = set(showing.usernames("中心坐席"))
    posts = current_posts(now).filter(role_id="seat").select_related("account").order_by("pk")
    accounts = {post.account_id: post.account.username in shown for post in posts}
    ordered = sorted(accounts, key=lambda pk: not accounts[pk])
    return [actor for pk in ordered[:3] if (actor := actor_of(pk, at=now)) is not None]


def _first(role: str, now: datetime) -> Actor | None:
    account = Account.objects.filter(posts__in=current_posts(now).filter(role_id=role)).order_by("pk").first()
    return actor_of(account.pk, at=now) if account is not None else None


def _key(rng: Random, at: datetime) -> UUID:
    """Return a key that the seed and the time decide."""
    stamp = int(at.timestamp() * 1000) << 80
    return UUID(int=stamp | (7 << 76) | (2 << 62) | (rng.getrandbits(62)))
