from collections.abc import Callable
from typing import ClassVar

import pytest
from django.db import connection, models

from lianxin.kernel.errors import Invalid
from lianxin.kernel.geometry import points
from lianxin.kernel.geometry.fields import Distance, GistIndex, Point, PointField

HERE = Point(116.9357, 31.0512)


class Place(models.Model):
    at = PointField(null=True)
    objects: ClassVar[models.Manager["Place"]] = models.Manager()

    class Meta:
        app_label = "tests_geometry"
        indexes = [GistIndex(fields=["at"], name="place_at")]


@pytest.fixture
def places(made: Callable[[type[models.Model]], None]) -> None:
    made(Place)
    grid = [
        Point(HERE.lon + east / 1000, HERE.lat + north / 1000) for east in range(-20, 20) for north in range(-20, 20)
    ]
    Place.objects.bulk_create([*(Place(at=point) for point in grid), Place(at=None)])


def test_a_point_comes_back_exactly(places: None) -> None:
    place = Place.objects.create(at=(116.1234567890123, 31.98765432109876))

    place.refresh_from_db()

    assert place.at == Point(116.1234567890123, 31.98765432109876)
    assert isinstance(place.at, Point)
    assert Place.objects.get(at=place.at) == place
    assert Place.objects.filter(at__isnull=True).count() == 1


def test_updates_and_bulk_updates_write_points(places: None) -> None:
    one, other = Place.objects.filter(at__isnull=False).order_by("pk")[:2]
    Place.objects.filter(pk=one.pk).update(at=Point(1.5, 2.5))
    other.at = Point(3.5, -4.5)
    Place.objects.bulk_update([other], ["at"])

    assert Place.objects.get(pk=one.pk).at == Point(1.5, 2.5)
    assert Place.objects.get(pk=other.pk).at == Point(3.5, -4.5)


def test_a_window_finds_what_lies_in_it(places: None) -> None:
    box = (HERE.lon - 0.00201, HERE.lat - 0.00101, HERE.lon + 0.00201, HERE.lat + 0.00101)

    found = [place.at for place in Place.objects.filter(at__within_box=box) if place.at]

    assert len(found) == 5 * 3
    assert all(box[0] <= point.lon <= box[2] and box[1] <= point.lat <= box[3] for point in found)


def test_near_agrees_with_the_distance_on_the_ground(places: None) -> None:
    expected = {place.pk for place in Place.objects.all() if place.at and points.distance(place.at, HERE) <= 730}

    found = Place.objects.filter(at__near=(*HERE, 730))
    nearest = found.annotate(metres=Distance("at", *HERE)).order_by("metres")

    assert {place.pk for place in found} == expected
    assert nearest[0].at == HERE
    assert [round(place.metres) for place in nearest[:3]] == [0, 95, 95]
    for place in nearest:
        assert place.at
        assert place.metres == pytest.approx(points.distance(place.at, HERE), rel=2e-3, abs=0.01)


def test_both_look_ups_use_the_index(places: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for rows in (
            Place.objects.filter(at__within_box=(116.9, 31.0, 116.94, 31.1)),
            Place.objects.filter(at__near=(*HERE, 50)),
        ):
            assert "place_at" in rows.explain()


def test_nonsense_is_told_in_words() -> None:
    with pytest.raises(Invalid, match="经度"):
        Point.checked("abc", 3)
    with pytest.raises(Invalid, match="地球"):
        Point.checked(181, 3)
    with pytest.raises(Invalid, match="地球"):
        Point.checked("nan", 3)
    with pytest.raises(Invalid, match="四个数"):
        list(Place.objects.filter(at__within_box=(1, 2, 3)))
    assert Point.checked("116.5", "31.25") == Point(116.5, 31.25)


def test_the_distance_on_the_ground() -> None:
    assert points.distance((0, 0), (1, 0)) == pytest.approx(111_195, abs=1)
    assert points.distance((116.404, 39.915), (121.474, 31.230)) == pytest.approx(1_067_000, rel=0.003)
    assert points.distance(HERE, HERE) == 0
