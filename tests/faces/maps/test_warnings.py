"""Warnings on the one map and at the foot of the big screen: those of one's own ground, the grave ones late."""

from datetime import UTC, datetime, timedelta

import pytest

from cast import Cast
from lianxin.faces.maps.layers import Look, layer_or_404
from lianxin.faces.screen.blocks import Asked
from lianxin.faces.screen.ticker import ticks
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel import versions
from lianxin.kernel.errors import NotFound
from lianxin.kernel.geometry.points import Box
from weathering import alert, coded, make_source, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(cast: Cast) -> datetime:
    """Now; an orange warning runs in street 1 and a yellow one in street 2."""
    at = datetime.now(UTC).replace(microsecond=0)
    source, span = make_source(cast), {"sent": at, "onset": at, "expires": at + timedelta(hours=3)}
    send(source, alert(coded("340881001"), severity="Severe", headline="暴雨橙色预警信号", **span), at=at)
    send(source, alert(coded("340881002"), **span), at=at)
    return at


def marks(actor: Actor, at: datetime, box: Box | None = None) -> list[tuple[str, str]]:
    found = layer_or_404(actor, "warnings").finds(Look(actor, at, versions.read()), box)
    return [(mark.label, mark.tone) for mark in found.describe(range(len(found)))]


def test_each_sees_the_marks_of_their_own_ground(cast: Cast, now: datetime) -> None:
    assert sorted(marks(cast.seat, now)) == [("暴雨橙色预警", "late"), ("暴雨黄色预警", "warn")]
    assert marks(cast.grid_worker, now) == [("暴雨橙色预警", "late")]
    assert marks(cast.seat, now, Box(110, 20, 111, 21)) == []
    assert marks(cast.seat, now + timedelta(hours=3)) == []
    with pytest.raises(NotFound):
        layer_or_404(cast.handler, "warnings")


def test_the_grave_ones_run_along_the_foot_of_the_screen(cast: Cast, now: datetime) -> None:
    asked = Asked(cast.leader, cast.county.city, {}, now, versions.read())  # type: ignore[arg-type]

    said = [tick.said for tick in ticks(asked, upto=0)]
    assert len(said) == 1
    assert said[0].startswith("暴雨橙色预警信号，到")
