"""The portrait of an estate or a building: small enough to be counted when asked for."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from lianxin.registry.places.models import Building, Estate

from . import counting, measures
from .areas import Figures, Point


def figures(place: Estate | Building, *, at: datetime) -> Figures:
    """Return the counts of an estate or a building as of now. One statement."""
    where, key = _where(place)
    day = counting.today(at)
    bands, limits = counting.bands(day)
    home = (
        "SELECT d.id, d.use, d.confirmed_at FROM dwelling d JOIN building b ON b.id = d.building_id"
        f" WHERE {where} AND d.valid_to IS NULL"
    )
    shops = "e.building_id = %s" if isinstance(place, Building) else "e.estate_id = %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH home AS MATERIALIZED ({home}), lives AS MATERIALIZED (SELECT p.id, p.sex, p.birth_date FROM home"
            " JOIN person p ON p.home_id = home.id AND p.ended_at IS NULL)"
            f" SELECT 'people.' || sex || '.' || {counting.BAND}, count(*) FROM lives GROUP BY 1"
            " UNION ALL SELECT 'dwellings.' || use, count(*) FROM home GROUP BY 1"
            " UNION ALL SELECT 'dwellings.stale', count(*) FROM home WHERE confirmed_at IS NULL OR confirmed_at < %s"
            " UNION ALL SELECT 'households', count(*) FROM home JOIN household h ON h.dwelling_id = home.id"
            " AND h.valid_to IS NULL"
            " UNION ALL SELECT 'care.' || t.need, count(*) FROM lives JOIN care_tag t ON t.person_id = lives.id"
            " AND t.ended_at IS NULL AND t.expires_at > %s GROUP BY 1"
            f" UNION ALL SELECT 'places.' || e.kind, count(*) FROM establishment e WHERE {shops}"
            " AND e.valid_to IS NULL GROUP BY 1",
            [key, bands, limits, at - timedelta(days=measures.STALE_DAYS), at, key],
        )
        return Figures(dict(cursor.fetchall()), at)


def trend(place: Estate | Building, *, at: datetime) -> list[Point]:
    """Return how many people lived there on the first of the last twelve months and today. One statement."""
    where, key = _where(place)
    days = [*counting.firsts(counting.today(at)), counting.today(at)]
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH lived AS MATERIALIZED (SELECT r.valid_from, r.valid_to FROM residence r"
            f" JOIN dwelling d ON d.id = r.dwelling_id JOIN building b ON b.id = d.building_id"
            f" WHERE {where} AND r.kind = 'lives')"
            " SELECT day, (SELECT count(*) FROM lived WHERE valid_from < (day + 1)::timestamptz"
            " AND (valid_to IS NULL OR valid_to >= (day + 1)::timestamptz)) FROM unnest(%s::date[]) day ORDER BY day",
            [key, days],
        )
        return [Point(day, count) for day, count in cursor.fetchall()]


def _where(place: Estate | Building) -> tuple[str, Any]:
    return ("b.id = %s", place.pk) if isinstance(place, Building) else ("b.estate_id = %s", place.pk)
