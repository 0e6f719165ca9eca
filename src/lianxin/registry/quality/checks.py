"""The checks, one each: what it looks for, in words and in SQL. Add one here; the board and the tasks follow.

Each query gives (subject_id, detail, street_id, community_id, grid_id) of what is wrong; `{here}` narrows it to one
community by the alias `r` of the record that lies there. Columns that are sealed cannot be asked in SQL: `sealed.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lianxin.registry.sources.models import Subject

_SPOT = "r.street_id, r.community_id, r.grid_id"


class Family(StrEnum):
    """Kinds of trouble, in the order of the board."""

    MISSING = "missing"
    STALE = "stale"
    CONTRADICTORY = "contradictory"
    DUPLICATE = "duplicate"
    ORPHAN = "orphan"


FAMILIES: Mapping[Family, str] = {
    Family.MISSING: "缺项",
    Family.STALE: "过时",
    Family.CONTRADICTORY: "矛盾",
    Family.DUPLICATE: "重复",
    Family.ORPHAN: "无处可归",
}


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its words, what it is about, how it is found, and what mends it."""

    code: str
    family: Family
    subject: Subject
    label: str
    remedy: str
    select: str = ""  # empty: found past SQL


def _missing(subject: Subject, table: str, columns: Mapping[str, str], ended: str) -> str:
    """Return the query for required fields that are empty; `columns`: field → condition that it is."""
    empty = " ".join(f"WHEN '{subject}.{name}' THEN {condition}" for name, condition in columns.items())
    codes = ", ".join(f"'{subject}.{name}'" for name in columns)
    return f"""
        SELECT r.id, f.code, {_SPOT} FROM {table} r CROSS JOIN register_field f
        WHERE {{here}} AND r.{ended} IS NULL AND f.code IN ({codes}) AND f.is_required AND f.is_active
        AND CASE f.code {empty} ELSE false END"""


def _stale(subject: Subject, table: str, columns: Mapping[str, str], ended: str, since: str) -> str:
    """Return the query for records with a field confirmed too long ago; `columns`: field → it has a value."""
    filled = " ".join(f"WHEN '{subject}.{name}' THEN {condition}" for name, condition in columns.items())
    return f"""
        SELECT r.id, '', {_SPOT} FROM {table} r
        WHERE {{here}} AND r.{ended} IS NULL
        AND r.{since} < %(at)s - (
            SELECT make_interval(days => min(f.stale_after_days)) FROM register_field f
            WHERE f.subject = '{subject}' AND f.is_active)
        AND EXISTS (
            SELECT FROM register_field f
            LEFT JOIN confirmation c ON c.subject = '{subject}' AND c.subject_id = r.id AND c.field_id = f.code
            WHERE f.subject = '{subject}' AND f.is_active AND CASE f.code {filled} ELSE false END
            AND coalesce(c.at, r.confirmed_at, r.{since}) < %(at)s - make_interval(days => f.stale_after_days))"""


def _ended_area(table: str, ended: str) -> str:
    return f"""
        SELECT r.id, '', {_SPOT} FROM {table} r JOIN area a ON a.id = r.area_id
        WHERE {{here}} AND r.{ended} IS NULL AND a.valid_to <= %(at)s"""


_LIVES = "SELECT FROM residence l WHERE l.valid_to IS NULL AND l.kind = 'lives'"

CHECKS: tuple[Check, ...] = (
    Check(
        "person_missing", Family.MISSING, Subject.PERSON, "人员缺必填项", "补齐缺的那一项",
        _missing(Subject.PERSON, "person", {
            "name": "r.name = ''", "birth_date": "r.birth_date IS NULL", "sex": "r.sex = ''",
            "phone": "r.phone IS NULL", "id_number": "r.id_number IS NULL",
        }, "ended_at"),
    ),
    Check(
        "dwelling_missing", Family.MISSING, Subject.DWELLING, "房屋缺必填项", "上门看一看，选自住、出租、空置或经营",
        _missing(Subject.DWELLING, "dwelling", {
            "number": "r.number = ''", "use": "r.use = 'unknown'", "floor": "r.floor IS NULL",
            "square_metres": "r.square_metres IS NULL",
        }, "valid_to"),
    ),
    Check(
        "building_missing", Family.MISSING, Subject.BUILDING, "楼栋缺必填项", "补齐缺的那一项",
        _missing(Subject.BUILDING, "building", {
            "name": "r.name = ''", "address": "r.address = ''", "floors": "r.floors IS NULL",
            "entrances": "cardinality(r.entrances) = 0", "point": "r.point IS NULL",
        }, "valid_to"),
    ),
    Check(
        "establishment_missing", Family.MISSING, Subject.ESTABLISHMENT, "单位场所缺必填项", "补齐缺的那一项",
        _missing(Subject.ESTABLISHMENT, "establishment", {
            "name": "r.name = ''", "credit_code": "r.credit_code = ''", "address": "r.address = ''",
            "contact": "r.contact = ''", "contact_phone": "r.contact_phone IS NULL",
        }, "valid_to"),
    ),
    Check(
        "person_stale", Family.STALE, Subject.PERSON, "人员很久没有核实", "问一问电话和住址变没变，没变就点“都对”",
        _stale(Subject.PERSON, "person", {
            "phone": "r.phone IS NOT NULL", "home": "r.home_id IS NOT NULL",
            "is_party_member": "r.is_party_member IS NOT NULL",
        }, "ended_at", "created_at"),
    ),
    Check(
        "dwelling_stale", Family.STALE, Subject.DWELLING, "房屋很久没有核实", "看一看还是不是这样住，没变就点“都对”",
        _stale(Subject.DWELLING, "dwelling", {"use": "r.use <> 'unknown'"}, "valid_to", "valid_from"),
    ),
    Check(
        "establishment_stale", Family.STALE, Subject.ESTABLISHMENT, "单位场所很久没有核实", "问一问负责人和电话变没变",
        _stale(Subject.ESTABLISHMENT, "establishment", {
            "contact": "r.contact <> ''", "contact_phone": "r.contact_phone IS NOT NULL",
            "staff_count": "r.staff_count IS NOT NULL",
        }, "valid_to", "valid_from"),
    ),
    Check(
        "birth_against_id", Family.CONTRADICTORY, Subject.PERSON, "出生日期与证件号码不符", "看证件原件，改错的那一个",
    ),
    Check(
        "lived_in_vacant", Family.CONTRADICTORY, Subject.DWELLING, "登记空置却有人住", "上门看，改用途或办迁出",
        f"""SELECT r.id, '', {_SPOT} FROM dwelling r WHERE {{here}} AND r.valid_to IS NULL AND r.use = 'vacant'
        AND EXISTS ({_LIVES} AND l.dwelling_id = r.id)""",
    ),
    Check(
        "let_without_tenant", Family.CONTRADICTORY, Subject.DWELLING, "登记出租却没有人住", "上门看，登记租客或改用途",
        f"""SELECT r.id, '', {_SPOT} FROM dwelling r WHERE {{here}} AND r.valid_to IS NULL AND r.use = 'let'
        AND NOT EXISTS (SELECT FROM residence l WHERE l.dwelling_id = r.id AND l.valid_to IS NULL
            AND l.kind IN ('lives', 'tenant'))""",
    ),
    Check(
        "heads_not_one", Family.CONTRADICTORY, Subject.HOUSEHOLD, "一户没有户主或不止一个", "问清谁是户主",
        f"""SELECT r.id, '', {_SPOT} FROM household r WHERE {{here}} AND r.valid_to IS NULL
        AND (SELECT count(*) FILTER (WHERE m.relation = 'head') <> 1 AND count(*) > 0
            FROM membership m WHERE m.household_id = r.id AND m.valid_to IS NULL)""",
    ),
    Check(
        "child_owner", Family.CONTRADICTORY, Subject.PERSON, "未成年人登记为产权人", "核对房产证；属实就点“都对”",
        f"""SELECT DISTINCT r.id, '', {_SPOT} FROM person r
        JOIN residence l ON l.person_id = r.id AND l.kind = 'owner' AND l.valid_to IS NULL
        LEFT JOIN confirmation c ON c.subject = 'person' AND c.subject_id = r.id AND c.field_id = 'person.birth_date'
        WHERE {{here}} AND r.ended_at IS NULL AND r.birth_date > %(at)s - interval '18 years'
        AND (c.at IS NULL OR c.at < l.valid_from)""",
    ),
    Check(
        "care_of_ended", Family.CONTRADICTORY, Subject.CARE, "人已注销，关爱标签还在", "结束标签",
        f"""SELECT r.id, '', {_SPOT} FROM care_tag r JOIN person p ON p.id = r.person_id
        WHERE {{here}} AND r.ended_at IS NULL AND p.ended_at IS NOT NULL AND p."end" <> 'merged'""",
    ),
    Check(
        "care_against_age", Family.CONTRADICTORY, Subject.CARE, "关爱标签与年龄不符", "核对出生日期或改标签",
        f"""SELECT r.id, '', {_SPOT} FROM care_tag r JOIN person p ON p.id = r.person_id
        WHERE {{here}} AND r.ended_at IS NULL AND p.ended_at IS NULL
        AND ((r.need IN ('lone_elder', 'elder_couple') AND p.birth_date > %(at)s - interval '60 years')
            OR (r.need = 'child_alone' AND p.birth_date < %(at)s - interval '18 years'))""",
    ),
    Check(
        "neither_was_right", Family.CONTRADICTORY, Subject.PERSON, "裁定“都不对”，还没核实", "问清本人，改成对的值",
        f"""SELECT r.id, k.field_id, {_SPOT} FROM conflict k JOIN person r ON r.id = k.subject_id
        LEFT JOIN confirmation c ON c.subject = 'person' AND c.subject_id = r.id AND c.field_id = k.field_id
        WHERE {{here}} AND r.ended_at IS NULL AND k.subject = 'person' AND k.ruling = 'neither'
        AND (c.at IS NULL OR c.at <= k.ruled_at) GROUP BY r.id, k.field_id""",
    ),
    Check(
        "person_twice", Family.DUPLICATE, Subject.PERSON, "像是同一个人登记了两次", "打开看，是一个人就合并",
        f"""SELECT r.id, '', {_SPOT} FROM person r
        WHERE {{here}} AND r.ended_at IS NULL AND r.birth_date IS NOT NULL AND EXISTS (
            SELECT FROM person o WHERE o.ended_at IS NULL AND o.name = r.name AND o.birth_date = r.birth_date
            AND o.id <> r.id AND (o.id_hash IS NULL OR r.id_hash IS NULL)
            AND NOT EXISTS (SELECT FROM person_distinct d
                            WHERE d.one_id = LEAST(r.id, o.id) AND d.other_id = GREATEST(r.id, o.id)))""",
    ),
    Check(
        "establishment_twice", Family.DUPLICATE, Subject.ESTABLISHMENT, "像是同一家登记了两次", "留一个，另一个办注销",
        f"""SELECT r.id, '', {_SPOT} FROM establishment r WHERE {{here}} AND r.valid_to IS NULL AND EXISTS (
            SELECT FROM establishment o WHERE o.community_id = r.community_id AND o.valid_to IS NULL AND o.id <> r.id
            AND o.name = r.name AND (o.credit_code = '' OR r.credit_code = ''))""",
    ),
    Check(
        "person_without_home", Family.ORPHAN, Subject.PERSON, "人没有住处", "找到住在哪里，办迁入；搬走了就办迁出",
        f"SELECT r.id, '', {_SPOT} FROM person r WHERE {{here}} AND r.ended_at IS NULL AND r.home_id IS NULL",
    ),
    Check(
        "home_is_gone", Family.ORPHAN, Subject.PERSON, "住的房屋已经注销", "找到现在住在哪里",
        f"""SELECT r.id, '', {_SPOT} FROM person r JOIN dwelling d ON d.id = r.home_id
        WHERE {{here}} AND r.ended_at IS NULL AND d.valid_to IS NOT NULL""",
    ),
    Check(
        "household_empty", Family.ORPHAN, Subject.HOUSEHOLD, "一户没有一个人", "登记家里的人，或注销这一户",
        f"""SELECT r.id, '', {_SPOT} FROM household r WHERE {{here}} AND r.valid_to IS NULL
        AND NOT EXISTS (SELECT FROM membership m WHERE m.household_id = r.id AND m.valid_to IS NULL)""",
    ),
    Check(
        "building_without_area", Family.ORPHAN, Subject.BUILDING, "楼栋不属于任何网格", "在地图上定位置",
        f"SELECT r.id, '', {_SPOT} FROM building r WHERE {{here}} AND r.valid_to IS NULL AND r.grid_id IS NULL",
    ),
    Check(
        "person_in_ended_area", Family.ORPHAN, Subject.PERSON, "人还在已撤销的网格里",
        "会随区划调整自动迁移，没迁的人工改", _ended_area("person", "ended_at"),
    ),
    Check(
        "building_in_ended_area", Family.ORPHAN, Subject.BUILDING, "楼栋还在已撤销的网格里",
        "会随区划调整自动迁移，没迁的人工改", _ended_area("building", "valid_to"),
    ),
)  # fmt: skip
BY_CODE: Mapping[str, Check] = {check.code: check for check in CHECKS}
