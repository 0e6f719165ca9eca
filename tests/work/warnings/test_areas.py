"""Which of our areas a warning falls on; who sees it there; that it follows a redivision."""

from datetime import timedelta

import pytest

from casework import NOW
from cast import Cast
from factories import SIDE
from lianxin.foundation.areas.queries import AreaNode
from lianxin.work.warnings import board, matching
from lianxin.work.warnings.cap import Area
from lianxin.work.warnings.models import WarningMessage
from weathering import RAIN, alert, around, box, coded, make_source, send

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=2)
LON, LAT = 117.0, 31.0
STREET = 2 * SIDE


def fallen(cast: Cast, *areas: Area, reach: AreaNode | None = None) -> set[str]:
    """Return the names of our areas on which a warning falls."""
    info = RAIN.__class__(**{**{name: getattr(RAIN, name) for name in RAIN.__dataclass_fields__}, "areas": areas})
    found = matching.fall([info], reach or cast.county.city, NOW)
    return {cast.county.city.name if pk == cast.county.city.id else _name(cast, pk) for pk in found.colours}


def _name(cast: Cast, pk: int) -> str:
    node = next(node for node in cast.county.areas.values() if node.id == pk)
    return f"{node.code} {node.name}" if node.role == "grid" else node.name


class TestMatching:
    def test_a_polygon_over_everything_is_the_whole_place(self, cast: Cast) -> None:
        assert fallen(cast, box(116, 30, 118, 32)) == {"桐城市"}

    def test_as_few_areas_as_say_it(self, cast: Cast) -> None:
        assert fallen(cast, box(LON, LAT, LON + STREET, LAT + 2 * SIDE)) == {"龙眠街道"}
        assert fallen(cast, box(LON, LAT, LON + STREET, LAT + SIDE)) == {"东苑社区"}
        grid = cast.county.grid(111)
        assert fallen(cast, box(LON, LAT, LON + SIDE, LAT + SIDE)) == {f"{grid.code} {grid.name}"}

    def test_part_of_a_grid_is_that_grid_and_a_border_drawn_apart_is_none(self, cast: Cast) -> None:
        grid = cast.county.grid(111)
        near = box(LON, LAT, LON + SIDE / 2, LAT + SIDE / 2)
        hair = box(LON, LAT, LON + SIDE + 1e-5, LAT + SIDE + 1e-5)

        assert fallen(cast, near) == {f"{grid.code} {grid.name}"}
        assert fallen(cast, hair) == {f"{grid.code} {grid.name}"}

    def test_a_small_circle_in_a_large_place(self, cast: Cast) -> None:
        grid = cast.county.grid(222)
        assert fallen(cast, around(LAT + 1.5 * SIDE, LON + 3.5 * SIDE, 0.1)) == {f"{grid.code} {grid.name}"}
        assert fallen(cast, around(LAT + 1.5 * SIDE, LON + 3.5 * SIDE, 0)) == {f"{grid.code} {grid.name}"}

    def test_elsewhere_is_nothing(self, cast: Cast) -> None:
        assert fallen(cast, box(110, 20, 111, 21)) == set()
        assert fallen(cast, around(20, 110, 30)) == set()

    @pytest.mark.parametrize(
        ("code", "names"),
        [
            ("340000", {"桐城市"}),
            ("340881000000", {"桐城市"}),
            ("340881", {"桐城市"}),
            ("340881001000", {"龙眠街道"}),
            ("340881001001", {"东苑社区"}),
            ("340881001099", {"龙眠街道"}),  # a community we do not know, of a street we do
            ("340882", set()),
            ("341100", set()),
        ],
    )
    def test_codes_of_divisions(self, cast: Cast, code: str, names: set[str]) -> None:
        assert fallen(cast, coded(code)) == names

    def test_names(self, cast: Cast) -> None:
        assert fallen(cast, Area("文昌街道")) == {"文昌街道"}

    def test_no_source_reaches_beyond_its_own_area(self, cast: Cast) -> None:
        street = cast.county.street(1)
        assert fallen(cast, box(116, 30, 118, 32), reach=street) == {"龙眠街道"}
        assert fallen(cast, coded("340881002"), reach=street) == set()
        assert fallen(cast, reach=street) == {"龙眠街道"}

    def test_what_lies_in_what_is_warned_of_as_gravely_is_left_out(self, cast: Cast) -> None:
        assert fallen(cast, coded("340881001"), coded("340881001001")) == {"龙眠街道"}

    def test_too_many_are_told_as_those_above_them(self, cast: Cast) -> None:
        grids = [cast.county.grid(number).id for number in (111, 112, 121, 211)]
        communities = {cast.county.community(number).id for number in (11, 12, 21)}

        assert set(matching.few(grids, NOW, 3)) == communities
        assert matching.few(grids, NOW, 4) == sorted(grids)


class TestSight:
    def test_who_sees_it_is_who_looks_after_its_ground(self, cast: Cast) -> None:
        row = send(make_source(cast), alert(coded(cast.county.grid(111).code)))
        seen = {
            name: WarningMessage.objects.visible_to(getattr(cast, name)).filter(pk=row.pk).exists()
            for name in ("grid_worker", "grid_worker_next_door", "community_clerk", "street_seat", "leader", "admin",
                         "handler", "resident", "auditor")
        }  # fmt: skip

        assert {name for name, sees in seen.items() if sees} == {
            "grid_worker", "community_clerk", "street_seat", "leader", "admin",
        }  # fmt: skip

    def test_what_falls_on_a_street_is_seen_by_its_grids(self, cast: Cast) -> None:
        send(make_source(cast), alert(coded("340881001")))

        for actor in (cast.grid_worker, cast.grid_worker_next_door, cast.leader):
            assert WarningMessage.objects.visible_to(actor).count() == 1
        assert [len(board.on_ground(actor, LATER)) for actor in (cast.grid_worker, cast.handler)] == [1, 0]

    def test_memory_and_table_agree_for_everybody(self, cast: Cast) -> None:
        source = make_source(cast)
        for code in ("340881", "340881001", "340881002", cast.county.grid(112).code):
            send(source, alert(coded(code)))

        for actor in (cast.grid_worker, cast.grid_worker_next_door, cast.community_clerk, cast.seat, cast.handler):
            told = set(WarningMessage.objects.visible_to(actor).running().values_list("pk", flat=True))
            assert {one.id for one in board.on_ground(actor, LATER)} == told

    def test_what_waits_is_seen_only_by_who_decides_there(self, cast: Cast) -> None:
        send(make_source(cast, is_trusted=False), alert(coded("340881001")))

        assert not WarningMessage.objects.visible_to(cast.leader).exists()
        assert not WarningMessage.objects.visible_to(cast.grid_worker).exists()
        assert WarningMessage.objects.visible_to(cast.street_seat).exists()
        assert WarningMessage.objects.visible_to(cast.seat).exists()

    def test_residents_of_the_area_alone(self, cast: Cast) -> None:
        send(make_source(cast), alert(coded(cast.county.grid(111).code)))
        county = cast.county

        for place, count in ((county.grid(111), 1), (county.grid(112), 0), (county.community(11), 1),
                             (county.community(12), 0), (county.street(2), 0)):  # fmt: skip
            assert len(board.public_at(place, LATER)) == count
