"""Letters in the wish mailbox, in every state one can stand in; written and answered by the acts themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle
from random import Random
from typing import Final
from uuid import NAMESPACE_OID, UUID, uuid5

from lianxin.foundation.accounts.actor import ANONYMOUS, Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.accounts.queries import actors_of
from lianxin.foundation.areas.models import Area
from lianxin.work.wishes import actions as wishes
from lianxin.work.wishes.models import Letter, Side

from . import showing
from .people import Person
from .staffing import Worker

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_OWN: Final = frozenset({6, 15, 23})
_NAMESPACE = uuid5(NAMESPACE_OID, "lianxin.demo.wishes")


@dataclass(frozen=True)
class Told:
    """One letter and how it goes on: how old it is, and what is done about it."""

    topic: str
    words: str
    days: float
    course: str = "waiting"
    answer: str = ""
    end: str = ""
    anonymous: bool = False


LETTERS: Final = (
    Told("help", "我腿脚不好，家里灯泡坏了两个星期，想找人换一换，费用我自己出。", 0.1),
    Told("advice", "活动室晚上八点就关门，上班的人去不了，能不能周末晚一点关？", 0.3),
    Told("heart", "孩子去外地上大学，家里一下子空了，晚上睡不好，不知道跟谁说。", 0.2, anonymous=True),
    Told("dispute", "楼上空调外机正对我家窗户，滴水又吵，我提过一次，他不高兴。", 4.0),
    Told("help", "租的房子房东不肯退押金，合同找不到了，该找谁？", 6.0),
    Told("praise", "网格员小李下雨天帮我把药送上楼，请替我谢谢他。", 1.2, "taken"),
    Told("dispute", "隔壁老把鞋柜放在过道，轮椅过不去，我开不了口。", 3.0, "answered", "我明天上门看看，不提您。"),
    Told("help", "残疾证到期不会办，手机上弄了三次都没成功。", 2.0, "answered", "我周三上午带上材料去您家。"),
    Told(
        "advice",
        "小区东门路口放学时车多，能不能请人疏导一下？",
        5.0,
        "case",
        "三点半到四点半东门车多，请交警看看能否疏导",
    ),
    Told("other", "我捡到一张老年卡，失主姓汪，放在哪里？", 2.5, "answered", "送到社区窗口就行，我帮您联系失主。"),
    Told("dispute", "两家为楼道里的电动车争过好几次，我不想再当面吵。", 7.0, "mediated", "对方愿意停到楼下充电棚"),
    Told(
        "dispute",
        "楼下说我家孩子跑跳吵，其实我们十点就睡了，想请人说说。",
        6.0,
        "mediated",
        "已铺地垫，楼下也愿意早点休息",
    ),
    Told(
        "heart",
        "公公住院，我和丈夫为谁陪护天天吵，心里堵得慌。",
        9.0,
        "settled",
        "谢谢您信得过我。",
        "家庭会开过了，轮流陪护。",
    ),
    Told(
        "help",
        "想给母亲申请居家照料，不知道够不够条件。",
        12.0,
        "settled",
        "我查过，够条件。",
        "材料已交，下月开始上门。",
    ),
    Told("praise", "新来的物业师傅半夜来修水管，没收钱。", 15.0, "settled", "已转告物业公司。", "物业在群里表扬了他。"),
    Told("advice", "宣传栏太高，老人看不见字。", 18.0, "rated", "马上降低。", "已经降到一米四，字也放大了。"),
    Told("help", "下岗以后想学个手艺，有没有免费的班？", 20.0, "rated", "有，月底开班。", "已报上名，10 号开课。"),
    Told(
        "dispute", "合用的水表费用分摊不公平，三家都有意见。", 22.0, "rated", "我请三家分别说说。", "三家同意装分表。"
    ),
    Told("help", "独居的姑妈不肯用燃气报警器，怕花钱。", 25.0, "reopened", "报警器是免费的。", "已经装好。"),
    Told("other", "户口本上的名字和身份证差一个字，跑了两趟。", 14.0, "reopened", "我帮您问过派出所。", "约好了时间。"),
    Told("heart", "写了又觉得不好意思，还是收回吧。", 8.0, "withdrawn"),
    Told("dispute", "对门养的狗半夜叫，我写完想想自己先去说说。", 11.0, "withdrawn"),
    Told("help", "我要出差一个月，这封信能不能换个同志接着办？", 3.5, "handing_over", "同志外出培训两周，想请同事接手"),
    Told("advice", "能不能在楼下摆两张长椅？等车的老人没处坐。", 2.2, "asking", "楼下候车处建议增设两张长椅"),
    Told(
        "help",
        "家里老人走失过一次，想申请定位手环。",
        10.0,
        "settled",
        "有的，我去领。",
        "手环已送到，教过怎么用。",
        anonymous=True,
    ),
)


def make(profile: str, residents: Sequence[Person], staff: Sequence[Worker], *, seed: int, now: datetime) -> int:
    """Let residents write and clerks answer; returns how many letters there are. Some are the ready resident's."""
    rng = Random(f"wishes {profile} {seed}")
    desks = _desks(staff, now)
    if not desks:
        return 0
    writers = iter(rng.sample(list(residents[1:]), len(LETTERS)))
    ready = _ready_resident(now)
    for number, (told, desk) in enumerate(zip(LETTERS, cycle(desks), strict=False)):
        phone = next(writers).phone
        is_own = number in _OWN and ready is not None
        _write(told, desk, _Writer(ready if is_own and ready else ANONYMOUS, "" if is_own else phone), number, now)
    wishes.tell_late(at=now)
    return len(LETTERS)


def _ready_resident(now: datetime) -> Actor | None:
    account = Account.objects.filter(kind=Account.Kind.RESIDENT).order_by("pk").first()
    return actors_of([account.pk], at=now).get(account.pk) if account is not None else None


@dataclass(frozen=True)
class _Writer:
    """Who writes, and the phone of somebody without an account."""

    actor: Actor
    phone: str


@dataclass(frozen=True)
class _Desk:
    """A community with who answers there."""

    area_id: int
    clerks: tuple[Actor, ...]


def _desks(staff: Sequence[Worker], now: datetime) -> list[_Desk]:
    """Return the communities with the most clerks first, those of the ready accounts among them."""
    clerks = [each for each in staff if each.role == "community_clerk" and each.area]
    actors = actors_of([each.account_id for each in clerks], at=now)
    areas = dict(Area.objects.filter(code__in={each.area for each in clerks}).values_list("code", "pk"))
    found: dict[str, list[Actor]] = {}
    for each in clerks:
        if each.account_id in actors and each.area in areas:
            found.setdefault(each.area, []).append(actors[each.account_id])
    ready = showing.usernames("社区")
    own = {each.area for each in clerks if each.username in ready}
    ranked = sorted(found, key=lambda code: (code not in own, -len(found[code]), code))
    return [_Desk(areas[code], tuple(found[code])) for code in ranked[:3]]


def _key(*parts: object) -> UUID:
    return uuid5(_NAMESPACE, " ".join(map(str, parts)))


def _write(told: Told, desk: _Desk, writer: _Writer, number: int, now: datetime) -> None:
    at = now - told.days * DAY
    letter = wishes.put(
        writer.actor, key=_key(number, now.date()), area_id=desk.area_id, topic=told.topic, words=told.words, at=at,
        phone=writer.phone, is_anonymous=told.anonymous,
    )  # fmt: skip
    _Course(told, desk, letter, writer.actor, at, number).run()


@dataclass
class _Course:
    """What becomes of one letter."""

    told: Told
    desk: _Desk
    letter: Letter
    writer: Actor
    at: datetime
    number: int

    def run(self) -> None:
        """Go as far as the letter's course says."""
        course, clerk = self.told.course, self.desk.clerks[0]
        if course in {"waiting", "withdrawn"}:
            if course == "withdrawn":
                wishes.withdraw(self.writer, side=self._side(), at=self.at + 5 * HOUR)
            return
        self.letter = wishes.take(clerk, letter=self.letter, at=self.at + HOUR)
        getattr(self, f"_{course}", lambda _clerk: None)(clerk)

    def _side(self) -> Side:
        return self.letter.sides.get(role=Side.Role.WRITER)

    def _answered(self, clerk: Actor) -> None:
        wishes.reply(
            clerk, letter=self.letter, key=_key("a", self.letter.key), words=self.told.answer, at=self.at + 2 * HOUR
        )

    def _asking(self, clerk: Actor) -> None:
        wishes.ask_for_case(clerk, letter=self.letter, words=self.told.answer, at=self.at + 2 * HOUR)

    def _case(self, clerk: Actor) -> None:
        ask = wishes.ask_for_case(clerk, letter=self.letter, words=self.told.answer, at=self.at + 2 * HOUR)
        wishes.answer_ask(self.writer, side=self._side(), ask_id=ask.pk, is_agreed=True, at=self.at + 5 * HOUR)

    def _handing_over(self, clerk: Actor) -> None:
        if len(self.desk.clerks) < 2:
            self._answered(clerk)
            return
        to_id = self.desk.clerks[1].account_id or 0
        ask = wishes.ask_to_hand_over(
            clerk, letter=self.letter, to_id=to_id, why=self.told.answer, at=self.at + 2 * HOUR
        )
        wishes.answer_ask(self.writer, side=self._side(), ask_id=ask.pk, is_agreed=True, at=self.at + 5 * HOUR)

    def _mediated(self, clerk: Actor) -> None:
        at, key = self.at + 3 * HOUR, self.letter.key
        other = wishes.invite(clerk, letter=self.letter, phone=f"1390000{self.number:04d}", at=at)
        wishes.reply(clerk, letter=self.letter, key=_key("m", key), words="我先听听对方怎么说，不提您。", at=at)
        wishes.write(ANONYMOUS, side=other, key=_key("o", key), words="我也不想伤和气，有话好好说。", at=at + HOUR)
        wishes.relay(
            clerk, letter=self.letter, key=_key("r", key), role="writer", words=self.told.answer, at=at + 2 * HOUR
        )
        wishes.relay(
            clerk, letter=self.letter, key=_key("s", key), role="other", words="邻居谢谢您体谅", at=at + 3 * HOUR
        )

    def _settled(self, clerk: Actor) -> None:
        self._answered(clerk)
        wishes.settle(clerk, letter=self.letter, key=_key("e", self.letter.key), words=self.told.end, at=self.at + DAY)

    def _rated(self, clerk: Actor) -> None:
        self._settled(clerk)
        stars = 3 + self.number % 3
        solved = "solved" if stars > 3 else "partly"
        wishes.rate(self.writer, side=self._side(), solved=solved, stars=stars, at=self.at + 2 * DAY)

    def _reopened(self, clerk: Actor) -> None:
        self._settled(clerk)
        key = _key("w", self.letter.key)
        wishes.reopen(
            self.writer, side=self._side(), key=key, words="还有一点没弄好，麻烦再看看。", at=self.at + 3 * DAY
        )
