"""The things that may be shared: a notice, a public matter, a station, the report page of a place."""

from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.faces.identity.request import Request
from lianxin.faces.parts import words
from lianxin.faces.resident import frame
from lianxin.faces.resident.nearby import public_matter
from lianxin.foundation.areas import queries as areas
from lianxin.kernel.text import clean
from lianxin.work.disclosure.models import Notice
from lianxin.work.disclosure.queries import living
from lianxin.work.stations.models import Station
from lianxin.work.warnings import board

from .kinds import Card, shares

_SUMMARY = 60


@shares("notice", letter="n")
def notice(pk: int, asked: Request) -> Card | None:
    """Return a notice that residents are told now."""
    found = Notice.objects.out().filter(living(asked.at), to_public=True, pk=pk).first()
    if found is None:
        return None
    return Card(
        _("通知"), found.title, clean(found.body, _SUMMARY), reverse("resident:notice", args=[found.key]), _("看全文"),
        found.signed,
    )  # fmt: skip


@shares("warning", letter="y")
def warning(pk: int, asked: Request) -> Card | None:
    """Return a warning in force that residents are told."""
    found = next((one for one in board.running(asked.at, asked.numbers) if one.id == pk and one.is_public), None)
    if found is None:
        return None
    summary = _("{headline}，到 {over}").format(
        headline=found.headline, over=words.instant(found.expires_at, asked.at)
    )  # fmt: skip
    return Card(
        _("预警"), found.title, clean(summary, _SUMMARY), reverse("resident:warning", args=[found.key]),
        _("看怎么做"), found.sender_name,
    )  # fmt: skip


@shares("matter", letter="m")
def matter(pk: int, asked: Request) -> Card | None:
    """Return something lately reported, as everybody may know it: a category, a grid, how it stands."""
    found = public_matter(pk, asked.at, asked.numbers)
    if found is None:
        return None
    when = words.instant(found.at, asked.at)
    summary = _("{status} · {when}有人反映").format(status=found.status, when=when)
    return Card(_("身边事"), found.title, summary, reverse("resident:home"), _("看看身边还有什么事"), found.place)


@shares("station", letter="s")
def station(pk: int, asked: Request) -> Card | None:  # noqa: ARG001 - as every kind
    """Return a station that stands."""
    found = Station.objects.standing().filter(pk=pk).first()
    if found is None:
        return None
    return Card(
        _("服务站点"), found.name, clean(found.note, _SUMMARY) or found.address,
        reverse("resident:station", args=[found.key]), _("看怎么去"), found.address,
    )  # fmt: skip


@shares("place", letter="p")
def place(pk: int, asked: Request) -> Card | None:
    """Return the report page of an area that is."""
    area = areas.node(pk, asked.numbers)
    if area is None or area.valid_to is not None or area.community_id is None:
        return None
    texts = frame.texts(asked.numbers)
    return Card(
        str(texts["name"]), _("{place}：扫一扫，反映身边事").format(place=area.name), str(texts["report_hint"]),
        reverse("resident:here", args=[area.code]), str(texts["report"]), " ".join(area.breadcrumb[-3:-1]),
    )  # fmt: skip
