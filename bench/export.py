"""How long a list of a million cases takes as CSV and as Excel, from asking to the file, and how much memory."""

import json
import subprocess
import sys
from contextlib import ExitStack
from functools import partial
from typing import Any

import psycopg

from bench.counties import county
from bench.figures import Figure, Size, at_least, at_most, say, told
from bench.servers import ROOT, Template, cloned, environment, server

CASES: dict[Size, int] = {"small": 1_000_000, "full": 1_000_000}
_FILL = """
INSERT INTO cases (number, version, kind, stage, stage_entered_at, severity, holder_level, title, text, address,
    area_id, area_now_id, street_id, community_id, grid_id, category_id, filed_by_system, dispatched_by_system, channel,
    is_anonymous, is_confidential, has_consent, is_reachable, is_hazard_confirmed, lead_unit_id, party_unit_ids,
    party_post_ids, handler_ids, handler_unit_ids, is_overdue, pause_kind, returns, reworks, urges, additions, thanks,
    extensions, reopens, appeals, whistles, merges, children_open, supervisions_open, approvals_open, is_ruled,
    needs_follow_up, outcome, answer, solved, satisfaction, reported_at, filed_at, dispatched_at, handled_at,
    ended_at)
SELECT '340881-' || to_char(at, 'YYYYMMDD') || '-' || lpad(n::text, 7, '0'), 9, 'problem', 'closed', at, 'normal',
    'grid',
    grid.name || '路灯不亮，第 ' || n || ' 处', '灯不亮', '', grid.id, grid.id, grid.street_id,
    grid.community_id, grid.id,
    category.id, false, false, (ARRAY['resident', 'worker', 'hotline'])[1 + n %% 3], false, n %% 1000 = 0, false, false,
    false, unit.id, ARRAY[unit.id], '{}', '{}', '{}', n %% 17 = 0, '', n %% 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    false, false, '', '', 'solved', '', at, at + interval '9 minutes', at + interval '20 minutes',
    at + interval '5 hours', at + interval '9 hours'
FROM (SELECT n, now() - n * interval '90 seconds' AS at FROM generate_series(1, %(count)s) n) each
JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS of, id, name, street_id, community_id
      FROM area WHERE role = 'grid' AND valid_to IS NULL) grid ON grid.place = n %% grid.of
JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS of, id FROM category) category
    ON category.place = n %% category.of
JOIN (SELECT row_number() OVER (ORDER BY id) - 1 AS place, count(*) OVER () AS of, id FROM unit) unit
    ON unit.place = n %% unit.of
"""


def filled(cases: int) -> Template:
    """Return a county with so many closed cases, laid in by one statement."""
    return Template(f"filled_{cases}", partial(_fill, cases=cases), version=f"filled1-{cases}", base=county(0))


def _fill(address: str, *, cases: int) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(_FILL, {"count": cases})
        connection.execute("VACUUM ANALYZE cases")


def run(size: Size) -> list[Figure]:
    """Write all cases twice, as CSV and as Excel."""
    wanted = CASES[size]
    with ExitStack() as stack:
        database = stack.enter_context(cloned(stack.enter_context(server()), filled(wanted)))
        made = {format_: _child(database, format_) for format_ in ("csv", "xlsx")}
    figures = []
    for format_, one in made.items():
        say(f"{format_}: {one['mb']:.0f} MB, fetched in {one['fetch_s']:.1f} s")
        figures += [
            at_least(f"{format_}_rows", one["rows"], "rows", wanted),
            at_least(f"{format_}_rows_per_s", one["rows"] / one["seconds"], "1/s", 10_000),
            # What a row costs does not change with who else uses the machine.
            told(f"{format_}_processor_us", one["processor_s"] / one["rows"] * 1e6, "µs a row"),
            at_most(f"{format_}_peak_mb", one["peak_mb"], "MB", 300),
            told(f"{format_}_grown_mb", one["peak_mb"] - one["start_mb"], "MB more than before"),
            at_least(f"{format_}_resumes", float(one["resumes"]), "", 1),
        ]
    return figures


def _child(database: str, format_: str) -> dict[str, Any]:
    command = [sys.executable, "-W", "ignore", "-m", "bench.exporting", format_]
    out = subprocess.run(
        command, check=True, cwd=ROOT, env=environment(database), stdout=subprocess.PIPE, text=True
    ).stdout
    found: dict[str, Any] = json.loads(out.splitlines()[-1])
    return found
