"""Changes of places in words: who did what to which fields, without values."""

from collections.abc import Mapping, Sequence

from lianxin.registry.sources.models import Revision

ACTS: Mapping[str, str] = {
    "create": "登记", "amend": "修改", "confirm": "核实", "end": "注销", "rehome": "随区划调整迁移", "undo": "撤销导入",
}  # fmt: skip
FIELDS: Mapping[str, str] = {
    "name": "名称", "kind": "类别", "other_names": "别名", "road": "路名", "door": "门牌", "point": "位置",
    "boundary": "范围", "area_id": "所在区域", "property_company_id": "物业公司", "committee": "业委会状态",
    "committee_unit_id": "业委会单位", "built_year": "建成年份", "planned_households": "规划户数",
    "estate_id": "所在小区",
    "footprint": "轮廓", "floors": "地上层数", "basements": "地下层数", "entrances": "单元", "has_lift": "电梯",
    "number": "室号", "entrance": "单元", "floor": "楼层", "use": "用途", "square_metres": "面积",
    "credit_code": "统一社会信用代码", "trade": "行业", "building_id": "所在楼栋", "dwelling_id": "所在房屋",
    "address": "地址", "unit_id": "对应单位", "contact": "联系人", "contact_phone": "联系电话",
    "staff_count": "从业人数",
    "has_party_branch": "党组织", "confirmed_at": "核实时间", "valid_to": "在册状态",
}  # fmt: skip


def told(act: str, fields: Sequence[str]) -> str:
    """Return an act with its fields: 修改 名称、位置. Columns that only follow from others are left out."""
    names = "、".join(FIELDS[name] for name in fields if name in FIELDS)
    return f"{ACTS.get(act, act)} {names}".strip()


def since(subject: str, subject_id: int, version: int) -> list[str]:
    """Return what was done after a version, oldest first, at most twenty."""
    found = Revision.objects.filter(subject=subject, subject_id=subject_id, version__gt=version).order_by("id")
    return [f"{each.actor_label}：{told(each.act, each.fields)}" for each in found.defer("before")[:20]]
