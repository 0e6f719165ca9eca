"""The statements that make cubes of facts: the same for what changed (`sign` 1 and -1) and for all there is.

`change` has the columns of `case_fact` and a sign, `stay` those of `stage_spell` and a sign.
"""

from collections.abc import Sequence

from lianxin.kernel.worktime.calendars import ZONE

from .measures import BUCKETS, EDGES, FACETS, HOURS, INSTANTS, MEASURES, SLOT

_DAY = f"({{}} AT TIME ZONE '{ZONE.key}')::date"
_AREAS = "(0::bigint), ({0}.street_id), ({0}.community_id)"


def _sum(where: str, what: str = "sign", kind: str = "int") -> str:
    return f"coalesce(sum({what}) FILTER (WHERE {where}), 0)::{kind}"


def _each(of: str, names: tuple[str, ...], what: str = "sign") -> str:
    return ", ".join(f"{_sum(f'{of} = {place}', what)} AS {name}" for place, name in enumerate(names))


def _nonzero(names: tuple[str, ...]) -> str:
    return f"0 <> ANY (ARRAY[{', '.join(names)}])"


def measured(of: str, group: str, names: Sequence[str] = tuple(MEASURES)) -> str:
    """Return a query of measures' sums over `change`, grouped as said; `instant.at` is what dates each."""
    wanted = [MEASURES[name] for name in names]
    used = [name for name in INSTANTS if any(each.instant == name for each in wanted)]
    instants = ", ".join(f"({place}, f.{name})" for place, name in enumerate(used))
    sums = ", ".join(
        f"{_sum(f'which = {used.index(each.instant)} AND ({each.where})')} AS {each.code}" for each in wanted
    )
    return (
        f"SELECT {of}, {sums} FROM change f CROSS JOIN LATERAL (VALUES {instants}) instant(which, at)"
        f" {{more}} WHERE instant.at IS NOT NULL {{where}} GROUP BY {group}"
    )


# The whole place and streets have every facet, but units only the whole place; communities have none.
_IN = {"major": ("0", "f.street_id"), "unit": ("0",), "channel": ("0", "f.street_id")}
_PARTS = ", ".join(
    ["('', 0::bigint, 0::bigint)", "('', f.street_id, 0)", "('', f.community_id, 0)"]
    + [f"('{facet}', {area}, {FACETS[facet]})" for facet, inside in _IN.items() for area in inside]
)
_FACETS = f"CROSS JOIN LATERAL (VALUES {_PARTS}) part(facet, in_area, facet_id)"
_FLOW = measured(
    f"part.facet, part.in_area AS area_id, {_DAY.format('instant.at')} AS day, part.facet_id", "1, 2, 3, 4"
).format(more=_FACETS, where="AND part.in_area IS NOT NULL AND part.facet_id IS NOT NULL")

_OPEN = "('reported', 'filed', 'dispatched', 'handling', 'handled', 'verified')"
# Stages that the platform passed in the same instant are nobody's dwell.
STAYS = f"s.is_last AND s.left_at IS NOT NULL AND s.stage IN {_OPEN} AND s.stayed_seconds > 0"
BUCKET = f"width_bucket(s.stayed_seconds::float8, ARRAY[{', '.join(map(str, EDGES))}]::float8[])"
_DWELL = (
    f"SELECT part.in_area AS area_id, part.in_unit AS unit_id, {_DAY.format('s.left_at')} AS day, s.stage,"
    f" {_each('bucket', BUCKETS)},"
    f" {_sum('s.is_late')} AS late, {_sum('s.limit_seconds IS NOT NULL')} AS limits,"
    f" {_sum('true', 'sign * s.limit_seconds', 'bigint')} AS limit_seconds"
    " FROM stay s CROSS JOIN LATERAL (VALUES (0::bigint, 0::bigint), (s.street_id, 0), (0, s.unit_id))"
    f" part(in_area, in_unit) CROSS JOIN LATERAL (SELECT {BUCKET} AS bucket) found"
    f" WHERE {STAYS} AND part.in_area IS NOT NULL AND part.in_unit IS NOT NULL GROUP BY 1, 2, 3, 4"
)
# Counted by hour first, then laid side by side: many filters over all cases took thrice as long.
_HEAT = (
    f"SELECT area_id, day, {_each('hour', HOURS, 'reports')}"
    f" FROM (SELECT part.in_area AS area_id, {_DAY.format('f.reported_at')} AS day,"
    f" extract(hour FROM f.reported_at AT TIME ZONE '{ZONE.key}')::int AS hour, sum(sign) AS reports"
    f" FROM change f CROSS JOIN LATERAL (VALUES {_AREAS.format('f')}) part(in_area)"
    " WHERE part.in_area IS NOT NULL GROUP BY 1, 2, 3) hourly GROUP BY 1, 2"
)
_STOCK = (
    f"SELECT part.in_area AS area_id, {_DAY.format('s.entered_at')} AS day,"
    f" {_sum('s.moved = 1')} AS came, {_sum('s.moved = -1')} AS went"
    f" FROM stay s CROSS JOIN LATERAL (VALUES {_AREAS.format('s')}) part(in_area)"
    " WHERE s.moved <> 0 AND part.in_area IS NOT NULL GROUP BY 1, 2"
)
# Stages in which cases stand now, by when they came there: how long is reckoned when it is asked for.
STANDING = f"s.left_at IS NULL AND s.stage IN {_OPEN}"
_STANDING = (
    f"SELECT part.in_area AS area_id, part.in_unit AS unit_id, s.stage,"
    f" floor(extract(epoch FROM s.entered_at) / {SLOT})::int AS slot,"
    f" {_sum('true')} AS cases, {_sum('s.is_late')} AS late, {_sum('s.limit_seconds IS NOT NULL')} AS limits,"
    f" {_sum('true', 'sign * s.limit_seconds', 'bigint')} AS limit_seconds"
    " FROM stay s CROSS JOIN LATERAL (VALUES (0::bigint, 0::bigint), (s.street_id, 0), (s.community_id, 0),"
    " (0, s.unit_id)) part(in_area, in_unit)"
    f" WHERE {STANDING} AND part.in_area IS NOT NULL AND part.in_unit IS NOT NULL GROUP BY 1, 2, 3, 4"
)


class Cube:
    """A cube: its table, what its rows are told apart by, its counts, and the query that counts them."""

    def __init__(self, table: str, keys: tuple[str, ...], counts: tuple[str, ...], query: str) -> None:
        self.table, self.keys, self.counts = table, keys, counts
        columns = (*keys, *counts)
        self.query = f"SELECT {', '.join(columns)} FROM ({query}) counted WHERE {_nonzero(counts)}"
        adding = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in counts)
        self.add = f"{self.into(table)} ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {adding}"

    def into(self, table: str) -> str:
        """Return the statement that counts into a table of the cube's columns."""
        return f"INSERT INTO {table} ({', '.join((*self.keys, *self.counts))}) {self.query}"


CUBES = (
    Cube("flow_cell", ("facet", "area_id", "day", "facet_id"), tuple(MEASURES), _FLOW),
    Cube("dwell_cell", ("area_id", "unit_id", "day", "stage"), (*BUCKETS, "late", "limits", "limit_seconds"), _DWELL),
    Cube("heat_cell", ("area_id", "day"), HOURS, _HEAT),
    Cube("stock_cell", ("area_id", "day"), ("came", "went"), _STOCK),
    Cube(
        "standing_cell", ("area_id", "unit_id", "stage", "slot"), ("cases", "late", "limits", "limit_seconds"),
        _STANDING,
    ),
)  # fmt: skip
# Quarters of an hour that nothing stands in any more: without this there would be more of them each day.
EMPTIED = "DELETE FROM standing_cell WHERE cases = 0"

# What changed in months that are closed: by case, only the measures that differ.
CORRECTIONS = (
    "INSERT INTO late_correction (month, case_id, at, changes)"
    " SELECT month, case_id, %(at)s, (SELECT jsonb_object_agg(key, value) FROM"
    " jsonb_each(to_jsonb(sums) - 'month' - 'case_id') WHERE value <> '0') FROM ("
    + measured("month, f.case_id", "1, 2").format(
        more=f"CROSS JOIN LATERAL (SELECT date_trunc('month', {_DAY.format('instant.at')})::date AS month) closed",
        where="AND month IN (SELECT month FROM frozen_month)",
    )
    + f") sums WHERE {_nonzero(tuple(MEASURES))}"
)
