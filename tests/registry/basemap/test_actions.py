"""The base map as a whole: a theme is replaced, an earlier edition comes back, and only who may changes it."""

import io
import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings

from cast import Cast
from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import Invalid, NotAllowed, Refused
from lianxin.registry.basemap import actions, queries
from lianxin.registry.basemap.models import Background, Edition, Sheet, Tile

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "FILES_ROOT", tmp_path)


def roads(*lines: Sequence[Sequence[float]]) -> bytes:
    rows = [
        {"type": "Feature", "geometry": {"type": "LineString", "coordinates": line}, "properties": {}} for line in lines
    ]
    return json.dumps({"type": "FeatureCollection", "features": rows}).encode()


ONE: Sequence[Sequence[float]] = [[117, 31], [117.01, 31]]
OTHER: Sequence[Sequence[float]] = [[117, 31.3], [117.01, 31.3]]


def brought(actor: Actor, data: bytes, *, theme: str = "road", key: UUID | None = None, **more: Any) -> Sheet:
    told = {"name": "roads.geojson", "source": "自然资源局", "licence": "政务共享", "system": "wgs84"} | more
    sheet = actions.bring(actor, key=key or uuid4(), theme=theme, file=io.BytesIO(data), size=len(data), at=NOW, **told)
    return actions.read(sheet.pk, at=NOW)


def shown(actor: Actor, *sheets: Sheet, at: datetime = NOW) -> Edition:
    return actions.cut(actions.use(actor, sheets=sheets, at=at).pk, at=at)


def test_a_theme_is_replaced_as_a_whole_and_an_earlier_edition_comes_back(cast: Cast) -> None:
    first = shown(cast.admin, brought(cast.admin, roads(ONE)))
    old = queries.ground()
    second = shown(cast.admin, brought(cast.admin, roads(OTHER)), at=NOW + HOUR)

    assert (old.edition, queries.ground().edition) == (first.pk, second.pk)
    assert queries.ground().box == [117, 31.3, 117.01, 31.3]
    assert queries.ground().attribution == "自然资源局（政务共享）"
    tile = Tile.objects.filter(edition=second, z=15).first()
    assert tile is not None
    assert queries.tile(second.pk, 15, tile.x, tile.y)
    assert queries.tile(first.pk, 15, tile.x, tile.y) is None
    actions.show(cast.admin, edition=first, at=NOW + 2 * HOUR)
    assert queries.ground().edition == first.pk
    assert Edition.objects.filter(is_shown=True).count() == 1


def test_other_themes_stay_and_one_can_be_taken_away(cast: Cast) -> None:
    road = brought(cast.admin, roads(ONE))
    shown(cast.admin, road)
    river = brought(cast.admin, roads(OTHER), theme="water")
    both = shown(cast.admin, river)

    assert sorted(both.sheet_ids) == sorted([road.pk, river.pk])
    left = actions.cut(actions.drop(cast.admin, theme="road", at=NOW).pk, at=NOW)
    assert left.sheet_ids == [river.pk]
    with pytest.raises(Refused, match="没有这一类"):
        actions.drop(cast.admin, theme="road", at=NOW)


def test_only_who_may_and_only_what_was_read_and_one_at_a_time(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        brought(cast.leader, roads(ONE))
    with pytest.raises(Invalid) as fault:
        brought(cast.admin, roads(ONE), source=" ", licence="", name="roads.dwg", system="moon")
    assert set(fault.value.fields) == {"source", "licence", "file", "system"}
    bad = brought(cast.admin, b"{")
    assert (bad.state, "第 1 行" in bad.refusal) == ("refused", True)
    with pytest.raises(Refused, match="没有读好"):
        actions.use(cast.admin, sheets=[bad], at=NOW)
    good = brought(cast.admin, roads(ONE))
    actions.use(cast.admin, sheets=[good], at=NOW)
    with pytest.raises(Refused, match="还在切片"):
        actions.use(cast.admin, sheets=[good], at=NOW)


def test_the_same_key_and_the_same_job_twice_change_nothing(cast: Cast) -> None:
    key = uuid4()
    sheet = brought(cast.admin, roads(ONE), key=key)
    again = brought(cast.admin, roads(OTHER), key=key)
    edition = shown(cast.admin, sheet)
    made = edition.tile_count

    assert (again.pk, Sheet.objects.count()) == (sheet.pk, 1)
    assert actions.cut(edition.pk, at=NOW + HOUR).tile_count == made == edition.tiles.count()
    assert not actions.file_of(sheet).exists()  # read, and gone


def test_editions_and_sheets_nobody_shows_again_go(cast: Cast) -> None:
    for turn in range(7):
        shown(cast.admin, brought(cast.admin, roads(ONE)), at=NOW + turn * HOUR)
    assert Edition.objects.count() == actions.KEPT_EDITIONS + 1
    actions.tidy(at=NOW + actions.UNUSED + timedelta(days=1))

    kept = {pk for ids in Edition.objects.values_list("sheet_ids", flat=True) for pk in ids}
    assert set(Sheet.objects.values_list("pk", flat=True)) == kept
    assert set(Tile.objects.values_list("edition_id", flat=True)) <= set(Edition.objects.values_list("pk", flat=True))


def test_a_background_keeps_its_key_sealed_and_only_its_host_is_let_through(cast: Cast) -> None:
    told: dict[str, Any] = {
        "name": "天地图",
        "url": "https://t0.example.com/vec/{z}/{x}/{y}?tk={key}",
        "attribution": "天地图",
    }
    actions.set_background(cast.admin, at=NOW, key="secret-key", **told)
    actions.set_background(cast.admin, at=NOW, shift="gcj02", seen=1, **told)

    behind = queries.ground().behind
    assert behind is not None
    assert (behind.host, behind.shift) == ("https://t0.example.com", "gcj02")
    assert behind.url.endswith("tk=secret-key")
    raw = Background.objects.values_list("url", flat=True).get()
    assert "secret-key" not in raw
    rest = "/{z}/{x}/{y}"
    broken = (
        f"http://a.example{rest}",
        f"https://{{s}}.a.example{rest}",
        "https://a.example/{z}",
        f"https://a b{rest}",
    )
    for url in broken:
        with pytest.raises(Invalid):
            actions.set_background(cast.admin, at=NOW, **(told | {"url": url}))
    with pytest.raises(NotAllowed):
        actions.set_background(cast.leader, at=NOW, **told)
