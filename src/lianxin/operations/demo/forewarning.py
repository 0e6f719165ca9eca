"""Warnings of the made-up county: rain that is coming, a flood to be looked at, wind called off, a past heat."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from lianxin.foundation.accounts.actor import SYSTEM
from lianxin.foundation.accounts.queries import actors_of
from lianxin.foundation.areas import queries as areas
from lianxin.foundation.areas.models import Role
from lianxin.foundation.areas.queries import AreaNode
from lianxin.kernel import ids
from lianxin.work.disclosure import receipts
from lianxin.work.disclosure.models import Notice, Receipt
from lianxin.work.warnings import cap, deciding, issuing, receiving, sources
from lianxin.work.warnings.cap import Alert, Circle, Geocode, Info
from lianxin.work.warnings.models import Source, WarningMessage

from . import showing

_READ, _CONFIRMED = 0.8, 0.85  # of those told; of those who read
_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class _Office:
    """A source, and what it is called in CAP."""

    source: Source
    sender: str


_RAIN = Info(
    event="暴雨", urgency="Expected", severity="Moderate", certainty="Likely", categories=("Met",), language="zh-CN",
    headline="气象台发布暴雨黄色预警：未来 6 小时雨量将达 50 毫米",
    description="预计未来 6 小时城区和周边乡镇将下 50 毫米以上的雨，伴有雷电，低洼地段可能积水。",
    instruction="1.住一楼和低处的，把东西搬高、门口备好挡板。\n2.车不要停在地下和低洼处。\n3.不要蹚积水，绕开井盖和电线杆。\n"
    "4.雷响时不在树下、棚下躲雨。\n5.家里进水先断电，再打社区电话。",
)  # fmt: skip
_FLOOD = replace(
    _RAIN, event="洪水", severity="Minor", headline="水利局发布洪水蓝色预警：河道水位将超警戒",
    description="受降雨影响，城区段水位预计今夜超过警戒水位 0.2 米，沿河步道可能上水。",
    instruction="1.今晚不到河边散步、钓鱼、洗东西。\n2.沿河的船只、摊位往高处挪。\n3.看到堤坝渗水、塌陷，马上报告社区。",
)  # fmt: skip
_WIND = replace(
    _RAIN, event="大风", severity="Minor", headline="气象台发布大风蓝色预警：阵风可达 7 级",
    description="预计 24 小时内平均风力 6 级，阵风 7 级。",
    instruction="1.收好阳台上的花盆和衣物。\n2.工地停止高处作业。\n3.不在广告牌和枯树下停留。",
)  # fmt: skip
_HEAT = replace(
    _RAIN, event="高温", severity="Severe", headline="气象台发布高温橙色预警：最高气温将升至 38℃",
    description="预计今明两天最高气温 37 至 39℃。",
    instruction="1.中午前后少出门。\n2.常看看独居老人家里的风扇和空调。\n3.户外干活的避开最热的四个小时。",
)  # fmt: skip


def make(*, seed: int, now: datetime) -> int:
    """Let the offices send what they sent, and people answer; returns how many warnings there are."""
    rng = Random(f"warnings {seed}")
    whole, street = areas.children(None, now)[0], _street(now)
    began = now - timedelta(days=200)
    weather = _join("weather", "市气象台", whole, at=began, is_trusted=True)
    water = _join("water", "市水利局", whole, at=began)
    issuing.own_source(at=began)
    _send(weather, _HEAT, street, now - timedelta(days=110), hours=30)
    wind = _send(weather, _WIND, whole, now - timedelta(days=3), hours=24)
    _cancel(weather, wind, now - timedelta(days=3) + 9 * _HOUR, "风已减弱，解除大风蓝色预警。")
    while deciding.end_due(at=now):
        pass
    _send(weather, _RAIN, street, now - 2 * _HOUR, hours=8)
    _send(water, _FLOOD, street, now - 20 * _MINUTE, hours=18)
    _answer(rng, now)
    return WarningMessage.objects.count()


def _street(now: datetime) -> AreaNode:
    """Return the street of the ready accounts, so that its people see the rain."""
    known = (areas.node(home.street_id) for home in showing.workplaces(now) if home.street_id is not None)
    return next((node for node in known if node is not None), None) or _first_street(now)


def _first_street(now: datetime) -> AreaNode:
    return min((node for node in areas.atlas(now) if node.role == Role.STREET), key=lambda node: node.code)


def _join(code: str, name: str, whole: AreaNode, *, at: datetime, is_trusted: bool = False) -> _Office:
    sender = f"{code}@{whole.code}"
    told = sources.SourceIn(code, name, whole.id, is_trusted=is_trusted, senders=(sender,))
    return _Office(sources.join(SYSTEM, key=ids.uuid7(at), told=told, at=at), sender)


def _send(office: _Office, info: Info, area: AreaNode, at: datetime, *, hours: int) -> Alert:
    sent = at.replace(second=0, microsecond=0)
    place = cap.Area(area.full_name or area.name, geocodes=(Geocode("行政区划代码", area.code),))
    if not area.is_whole and area.center is not None:
        place = replace(place, circles=(Circle(round(area.center.lat, 5), round(area.center.lon, 5), 2.5),))
    told = replace(
        info, effective=sent, onset=sent, expires=sent + hours * _HOUR, sender_name=office.source.name, areas=(place,)
    )
    name = f"{office.source.code}-{sent:%Y%m%d%H%M}"
    alert = Alert(name, office.sender, sent, "Actual", "Alert", infos=(told,))
    receiving.receive(office.source, document=cap.write(alert), at=at)
    return alert


def _cancel(office: _Office, alert: Alert, at: datetime, note: str) -> None:
    ending = Alert(
        f"{alert.identifier}-end", office.sender, at.replace(second=0, microsecond=0), "Actual", "Cancel", note=note,
        references=(alert.reference,),
    )  # fmt: skip
    receiving.receive(office.source, document=cap.write(ending), at=at)


def _answer(rng: Random, now: datetime) -> None:
    """Let most of the staff who were told read it, and most of these say that they know."""
    keys = WarningMessage.objects.exclude(notice_key=None).values_list("notice_key", flat=True)
    for notice in Notice.objects.filter(key__in=list(keys)).order_by("pk"):
        rows = list(Receipt.objects.filter(notice=notice).order_by("pk"))
        actors = actors_of([row.account_id for row in rows], at=now)
        for row in rows:
            actor = actors.get(row.account_id)
            if actor is None or rng.random() > _READ or notice.withdrawn_at is not None:
                continue
            read = (notice.published_at or now) + rng.randint(2, 90) * _MINUTE
            receipts.mark(actor, key=notice.key, read_at=read, at=now, confirmed=rng.random() < _CONFIRMED)
