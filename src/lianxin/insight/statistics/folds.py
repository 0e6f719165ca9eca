"""The statements that make facts of cases: what the journal, the clocks and the row of a case add up to.

`FOLD` is a list of common table expressions after `touched(case_id)`; it ends with `spell` and `fact`, which have the
columns of `stage_spell` and `case_fact`. The same statements serve the feed, a rebuild and a recount.
"""

from .models import CaseFact, StageSpell

SPELL = tuple(column.attname for column in StageSpell._meta.concrete_fields)
FACT = tuple(column.attname for column in CaseFact._meta.concrete_fields)

# Only entries that move the case on, or tell whose it is.
_TURNS = """
entry AS (
    SELECT e.subject_id AS case_id, e.version, e.at, e.action, e.source, e.target,
        e.after ? 'lead_unit_id' AS tells_unit, (e.after->>'lead_unit_id')::bigint AS unit_id,
        e.after ? 'holder_level' AS tells_level, e.after->>'holder_level' AS holder_level
    FROM touched JOIN journal_entry e ON e.subject_id = touched.case_id AND e.subject_kind = 'case'
    WHERE e.source <> e.target OR e.after ? 'lead_unit_id' OR e.after ? 'holder_level'
), known AS (
    SELECT *, count(*) FILTER (WHERE tells_unit) OVER so_far AS units,
        count(*) FILTER (WHERE tells_level) OVER so_far AS levels
    FROM entry WINDOW so_far AS (PARTITION BY case_id ORDER BY version)
), filled AS (
    SELECT case_id, version, at, action, source, target,
        max(unit_id) OVER (PARTITION BY case_id, units) AS unit_id,
        max(holder_level) OVER (PARTITION BY case_id, levels) AS holder_level
    FROM known
), turn AS (
    SELECT case_id, version, at AS entered_at, action AS entered_by, source, target AS stage, unit_id, holder_level,
        lead(at) OVER ahead AS left_at, lead(action) OVER ahead AS left_by, lead(target) OVER ahead AS next_stage,
        max(at) FILTER (WHERE target = 'dispatched') OVER ahead AS round_at
    FROM filled WHERE source <> target WINDOW ahead AS (PARTITION BY case_id ORDER BY version)
)"""

# The place as reported: the area of then, ended or not.
_PLACES = """
place AS (
    SELECT c.id AS case_id, a.street_id, a.community_id, a.grid_id, c.category_id,
        coalesce(above.parent_id, above.id, own.id) AS major_id
    FROM touched JOIN cases c ON c.id = touched.case_id
    LEFT JOIN area a ON a.id = c.area_id
    LEFT JOIN category own ON own.id = c.category_id LEFT JOIN category above ON above.id = own.parent_id
)"""

# A rework takes up the clock of its round of handling; every other stage has the clock that began with it.
_CLOCKED = """
clocked AS (
    SELECT turn.*, clock.due_at, clock.pauses, clock.started_at,
        CASE WHEN turn.left_at IS NULL THEN clock.overdue_at IS NOT NULL AND clock.paused_at IS NULL
            ELSE turn.left_at > clock.due_at END AS is_late
    FROM turn LEFT JOIN LATERAL (
        SELECT c.due_at, c.pauses, c.started_at, c.overdue_at, c.paused_at FROM clock c
        WHERE c.case_id = turn.case_id AND c.subject = 'stage' AND c.name = CASE turn.stage
                WHEN 'reported' THEN 'file' WHEN 'filed' THEN 'dispatch' WHEN 'dispatched' THEN 'accept'
                WHEN 'handling' THEN 'handle' WHEN 'handled' THEN 'verify' WHEN 'verified' THEN 'close' END
            AND c.started_at <= turn.entered_at AND c.started_at >= CASE WHEN turn.stage = 'handling'
                THEN coalesce(turn.round_at, turn.entered_at) ELSE turn.entered_at END
        ORDER BY c.started_at DESC, c.id DESC LIMIT 1
    ) clock ON true
), paused AS (
    SELECT clocked.case_id, clocked.version, sum(extract(epoch FROM
            least(coalesce((pause->>1)::timestamptz, 'infinity'), coalesce(left_at, (pause->>1)::timestamptz, now()))
            - greatest((pause->>0)::timestamptz, entered_at))) FILTER (
            WHERE (pause->>0)::timestamptz < coalesce(left_at, 'infinity')
                AND coalesce((pause->>1)::timestamptz, 'infinity') > entered_at
                AND (pause->>1 IS NOT NULL OR left_at IS NOT NULL)) AS of_stay,
        sum(extract(epoch FROM (pause->>1)::timestamptz - (pause->>0)::timestamptz)) AS of_clock
    FROM clocked CROSS JOIN LATERAL jsonb_array_elements(clocked.pauses) pause
    WHERE clocked.pauses <> '[]' GROUP BY 1, 2
)"""

# A case that came back to a stage stayed there for the sum of its stays, told by the last of them.
_SPELL = """
stood AS (
    SELECT c.*, coalesce(round(p.of_stay), 0)::bigint AS paused_seconds,
        CASE WHEN c.due_at IS NOT NULL THEN
            greatest(0, round(extract(epoch FROM c.due_at - c.started_at) - coalesce(p.of_clock, 0)))::bigint
        END AS limit_seconds,
        greatest(0, round(extract(epoch FROM c.left_at - c.entered_at) - coalesce(p.of_stay, 0))) AS lasted
    FROM clocked c LEFT JOIN paused p USING (case_id, version)
), spell AS (
    SELECT c.case_id, c.version, c.stage, c.entered_by, coalesce(c.left_by, '') AS left_by, c.entered_at, c.left_at,
        c.due_at, c.limit_seconds, c.paused_seconds,
        coalesce(sum(c.lasted) OVER (PARTITION BY c.case_id, c.stage ORDER BY c.version), 0)::bigint AS stayed_seconds,
        lead(c.version) OVER (PARTITION BY c.case_id, c.stage ORDER BY c.version) IS NULL AS is_last,
        coalesce(c.is_late, false) AS is_late,
        (CASE WHEN c.stage IN {open} THEN CASE WHEN c.source IN {open} THEN 0 ELSE 1 END
            ELSE CASE WHEN c.source IN {open} THEN -1 ELSE 0 END END)::smallint AS moved,
        coalesce(c.holder_level, '') AS holder_level,
        CASE WHEN c.stage IN ('dispatched', 'handling') THEN c.unit_id END AS unit_id,
        place.street_id, place.community_id
    FROM stood c JOIN place USING (case_id)
)"""

_ROUNDS = """
rounds AS (
    SELECT case_id,
        min(entered_at) FILTER (WHERE stage IN {filed}) AS filed_at,
        (array_agg(is_late ORDER BY version)
            FILTER (WHERE stage = 'reported' AND next_stage IN {filed}))[1] AS filed_late,
        min(entered_at) FILTER (WHERE stage = 'dispatched') AS dispatched_at,
        (array_agg(is_late ORDER BY version)
            FILTER (WHERE stage = 'filed' AND next_stage = 'dispatched'))[1] AS dispatched_late,
        min(left_at) FILTER (WHERE {looked}) AS verified_at,
        (array_agg(is_late ORDER BY version) FILTER (WHERE {looked}))[1] AS verified_late,
        max(version) FILTER (WHERE stage = 'handled') AS handled_version,
        max(entered_at) FILTER (WHERE stage = 'handled') AS handled_at,
        max(version) FILTER (WHERE stage IN ('reported', 'filed', 'dispatched', 'handling')) AS working_version,
        max(version) FILTER (WHERE stage = 'handling') AS handling_version,
        (array_agg(due_at ORDER BY version DESC) FILTER (WHERE stage = 'handling'))[1] AS due_at,
        (array_agg(is_late ORDER BY version DESC) FILTER (WHERE stage = 'handling'))[1] AS handling_late,
        (array_agg(unit_id ORDER BY version DESC) FILTER (WHERE stage = 'handling'))[1] AS unit_id,
        max(entered_at) FILTER (WHERE entered_by = 'reopen') AS reopened_at
    FROM clocked GROUP BY case_id
), looked AS (
    SELECT DISTINCT ON (f.case_id) f.case_id, f.done_at, f.done_at > clock.due_at AS is_late
    FROM touched JOIN field_task f ON f.case_id = touched.case_id
    LEFT JOIN clock ON clock.subject = 'field_task' AND clock.subject_id = f.id AND clock.case_id = f.case_id
    WHERE f.kind = 'pre_filing_check' AND f.done_at IS NOT NULL ORDER BY f.case_id, f.done_at, f.id
)"""

# Given to a unit above the community, to lead or to assist, even if it gave it back.
_RAISED = """
raised AS (
    SELECT DISTINCT a.case_id FROM touched JOIN assignment a ON a.case_id = touched.case_id
    LEFT JOIN post ON post.id = a.post_id LEFT JOIN area ON area.id = post.area_id
    LEFT JOIN unit ON unit.id = coalesce(a.unit_id, CASE WHEN post.area_id IS NULL THEN post.unit_id END)
    WHERE coalesce(unit.level, area.role) NOT IN ('grid', 'community')
)"""

_FACT = """
judged AS (
    SELECT c.*, r.*, r.unit_id AS handling_unit_id,
        coalesce(r.handled_version > r.working_version, false) AS is_done,
        c.stage IN ('handling', 'closed') AND c.paused_at IS NULL AND coalesce(r.handling_late, false)
            AND r.handling_version = r.working_version AS is_missed
    FROM touched JOIN (SELECT id, kind, severity, channel, stage, solved, satisfaction, returns, reworks, extensions,
        reported_at, ended_at, paused_at FROM cases) c ON c.id = touched.case_id
    JOIN rounds r ON r.case_id = c.id
), fact AS (
    SELECT j.id AS case_id, place.street_id, place.community_id, place.grid_id, place.category_id, place.major_id,
        j.handling_unit_id AS unit_id, j.kind, j.severity, j.channel, j.stage, j.solved, j.satisfaction,
        j.returns, j.reworks, j.extensions,
        coalesce(j.filed_late, false) AS is_filed_late, coalesce(j.dispatched_late, false) AS is_dispatched_late,
        coalesce(j.verified_late, false) AS is_verified_late, coalesce(looked.is_late, false) AS is_checked_late,
        raised.case_id IS NOT NULL AS is_raised,
        j.is_done, CASE WHEN j.is_done THEN coalesce(j.handled_at > j.due_at, false) ELSE j.is_missed END AS is_late,
        j.reported_at, looked.done_at AS checked_at, j.filed_at, j.dispatched_at, j.verified_at,
        CASE WHEN j.stage NOT IN {due} THEN NULL WHEN j.is_done THEN least(j.handled_at, j.due_at)
            WHEN j.is_missed THEN j.due_at END AS duty_at,
        j.ended_at, j.reopened_at
    FROM judged j JOIN place ON place.case_id = j.id LEFT JOIN looked ON looked.case_id = j.id
        LEFT JOIN raised ON raised.case_id = j.id
)"""

_WORDS = {
    "open": "('reported', 'filed', 'dispatched', 'handling', 'handled', 'verified')",
    "filed": "('filed', 'dispatched', 'handling', 'handled', 'verified')",
    # An end other than closing takes the case out of what had to be handled.
    "due": "('handling', 'handled', 'verified', 'closed')",
    "looked": "stage = 'handled' AND next_stage IN ('verified', 'handling', 'closed')",
}

FOLD = ",".join(
    part.format(**_WORDS) if "{" in part else part
    for part in (_TURNS, _PLACES, _CLOCKED, _SPELL, _ROUNDS, _RAISED, _FACT)
)  # fmt: skip
