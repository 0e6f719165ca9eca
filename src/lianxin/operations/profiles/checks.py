"""What must agree between the files of a profile. Every finding goes to the collector; nothing is raised here."""

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import date, datetime

from lianxin.kernel.errors import Invalid
from lianxin.registry.cameras.addresses import host_of
from lianxin.registry.cameras.settings import LIMITS as CAMERA_LIMITS
from lianxin.registry.components.classes import national
from lianxin.registry.people.settings import LIMITS
from lianxin.work.alarms import loading as alarm_rules

from . import vocabulary as words
from .model import Category, Phase, Profile, Standard
from .tables import Collector

_MAIN = "profile.toml"
_PERMISSION = re.compile(r"[a-z_]+\.[a-z_]+")
_COMPONENT_CLASS = re.compile(r"[0-9]{4}")
_BLANKS = re.compile(r"[\W_]+")  # the classifier keeps the same words once, whatever the punctuation
# A page shows names in narrow columns; longer ones belong into the description.
_NAME_LENGTH = 30


def check(profile: Profile, c: Collector) -> None:
    """Add everything about this profile that does not agree."""
    for examine in _CHECKS:
        examine(profile, c)


def _among(  # noqa: PLR0917 -- reads as a sentence at its many calls
    c: Collector, file: str, where: str, value: str, allowed: Collection[str], what: str
) -> None:
    if value not in allowed:
        c.wrong(file, where, f"没有“{value}”这个{what}。", f"可用的有：{_some(allowed)}。")


def _some(values: Iterable[str], limit: int = 12) -> str:
    listed = list(values)
    return "、".join(listed[:limit]) + ("…" if len(listed) > limit else "")


def _once(c: Collector, file: str, keys: Iterable[tuple[object, str]], what: str) -> None:
    """Refuse a key that stands twice; `keys` pairs each key with its place."""
    seen: dict[object, str] = {}
    for key, where in keys:
        if key in seen:
            c.wrong(file, where, f"{what}“{key}”重复（另见{seen[key]}）。", "请删去或改正其中一个。")
        seen.setdefault(key, where)


def _place(profile: Profile, c: Collector) -> None:
    place = profile.place
    if not re.fullmatch(r"\d{6}", place.division):
        c.wrong(_MAIN, "[place] division", f"“{place.division}”不是六位区划代码。", "请查 GB/T 2260。")
    if place.key != profile.path.name:
        c.wrong(_MAIN, "[place] key", f"“{place.key}”与文件夹“{profile.path.name}”不同。", "请改成一样。")


def _levels(profile: Profile, c: Collector) -> None:
    roles = [level.role for level in profile.levels]
    for level in profile.levels:
        _among(c, _MAIN, "[[levels]] role", level.role, words.ROLES_OF_LEVELS, "层级角色")
    order = [words.ROLES_OF_LEVELS.index(role) for role in roles if role in words.ROLES_OF_LEVELS]
    if order != sorted(set(order)) or "city" not in roles or "grid" not in roles:
        c.wrong(_MAIN, "[[levels]]", "层级要自上而下、不重复，至少有 city 和 grid。", "请调整顺序。")
    keys = [level.key for level in profile.levels]
    _once(c, _MAIN, ((key, "[[levels]]") for key in keys), "层级")
    for kind in profile.grid_kinds:
        _among(c, _MAIN, "[[grid_kinds]] level", kind.level, keys, "层级")
        if not 0 < kind.households_min < kind.households_max:
            c.wrong(_MAIN, f"[[grid_kinds]] {kind.key}", "户数范围不对。", "下限应大于 0、小于上限。")


def _stages(profile: Profile, c: Collector) -> None:
    for missing in set(words.STAGES) - profile.stages.keys():
        c.wrong(_MAIN, f"[stages] {missing}", "没有写。", "每个阶段都要有本地的叫法。")
    for extra in profile.stages.keys() - set(words.STAGES):
        c.wrong(_MAIN, f"[stages] {extra}", "系统没有这个阶段。", "阶段可以改叫法，不能增加。")
    for extra in profile.actions.keys() - set(words.ACTIONS):
        c.wrong(_MAIN, f"[actions] {extra}", "系统没有这个动作。", "动作可以改叫法，不能增加。")
    _phases(c, "phases", profile.phases)
    _phases(c, "resident_phases", profile.resident_phases)


def _phases(c: Collector, name: str, phases: tuple[Phase, ...]) -> None:
    shown = [stage for phase in phases for stage in phase.during]
    wanted = [*words.OPEN_STAGES, "closed"]
    if shown != wanted:
        c.wrong(
            _MAIN, f"[[{name}]] during", "各步合起来应按顺序、不重复地包括每个阶段。", f"应为：{'、'.join(wanted)}。"
        )
    for phase in phases:
        _among(c, _MAIN, f"[[{name}]] {phase.label}", phase.done_by, words.ACTIONS, "动作")


def _kinds(profile: Profile, c: Collector) -> None:
    for missing in set(words.KINDS) - {kind.key for kind in profile.kinds}:
        c.wrong(_MAIN, "[[kinds]]", f"缺少“{missing}”。", "六种案卷都要写。")
    for kind in profile.kinds:
        _among(c, _MAIN, "[[kinds]] key", kind.key, words.KINDS, "种类")
        for step in kind.off:
            _among(c, _MAIN, f"[[kinds]] {kind.key} off", step, words.OPTIONAL_STEPS, "可省的步骤")


def _rights(profile: Profile, c: Collector) -> None:
    roles = [level.role for level in profile.levels if level.role != "micro"]
    unit_kinds = [kind.key for kind in profile.unit_kinds]
    given = [right.level for right in profile.rights]
    _once(c, _MAIN, ((level, "[[rights]]") for level in given), "层级")
    for role in set(roles) - set(given):
        c.wrong(_MAIN, "[[rights]]", f"没有写“{role}”这一级能做什么。", "请补一项。")
    for right in profile.rights:
        _among(c, _MAIN, "[[rights]] level", right.level, roles, "层级")
        for kind in right.dispatch_to:
            _among(c, _MAIN, f"[[rights]] {right.level} dispatch_to", kind, unit_kinds, "单位种类")
        if right.escalate_to:
            _among(c, _MAIN, f"[[rights]] {right.level} escalate_to", right.escalate_to, roles, "层级")
    if not any(right.close for right in profile.rights):
        c.wrong(_MAIN, "[[rights]]", "没有一级可以结案。", "至少一级写 close = true。")


def _automation(profile: Profile, c: Collector) -> None:
    codes = {category.code for category in profile.categories}
    for name, rule in profile.automation.items():
        where = f"[automation.{name}]"
        _among(c, _MAIN, f"{where} mode", rule.mode, words.MODES, "方式")
        if not 0.5 <= rule.confidence <= 1:
            c.wrong(_MAIN, f"{where} confidence", f"{rule.confidence} 不在 0.5 到 1 之间。", "把握不到一半不宜自动。")
        for code in rule.categories:
            _among(c, _MAIN, f"{where} categories", code, codes, "分类")


def _numbers(profile: Profile, c: Collector) -> None:
    for missing in set(words.CLOCKS) - profile.clocks.keys():
        c.wrong(_MAIN, f"[clocks] {missing}", "没有写。", "请补上时限。")
    for extra in profile.clocks.keys() - set(words.CLOCKS):
        c.wrong(_MAIN, f"[clocks] {extra}", "没有这个时限。", f"可用的有：{'、'.join(words.CLOCKS)}。")
    if not 0 < profile.clock_rules.warn_share < 1:
        c.wrong(_MAIN, "[clock_rules] warn_share", "应在 0 到 1 之间。", "例如 0.8。")
    for name in ("evaluation_days", "reopen_days", "appeal_days", "similar_metres", "similar_hours"):
        if getattr(profile.bounds, name) <= 0:
            c.wrong(_MAIN, f"[limits] {name}", "应大于 0。")
    for name, (least, most) in LIMITS.items():
        if not least <= getattr(profile.people, name) <= most:
            c.wrong(_MAIN, f"[people] {name}", f"应在 {least} 到 {most} 之间。")
    _cameras(profile, c)
    codes = {category.code for category in profile.categories}
    for code, share in profile.sampling.categories.items():
        _among(c, _MAIN, "[sampling.categories]", code, codes, "分类")
        if not isinstance(share, int | float) or not 0 <= share <= 1:
            c.wrong(_MAIN, f"[sampling.categories] {code}", f"{share} 不在 0 到 1 之间。")


def _cameras(profile: Profile, c: Collector) -> None:
    for name, (least, most) in CAMERA_LIMITS.items():
        if not least <= getattr(profile.cameras, name) <= most:
            c.wrong(_MAIN, f"[cameras] {name}", f"应在 {least} 到 {most} 之间。")
    for host in profile.cameras.hosts:
        if host_of(f"https://{host}/") != host:
            c.wrong(_MAIN, "[cameras] hosts", f"“{host}”不是主机名。", "例如 video.example.gov.cn，不写 https。")
    for code in profile.cameras.free_units:
        _among(c, _MAIN, "[cameras] free_units", code, {unit.code for unit in profile.units}, "单位")


def _reasons(profile: Profile, c: Collector) -> None:
    for missing in set(words.REASONS) - profile.reasons.keys():
        c.wrong(_MAIN, f"[[reasons.{missing}]]", "一条理由也没有。", "请至少写一条。")
    for name, reasons in profile.reasons.items():
        _among(c, _MAIN, f"[[reasons.{name}]]", name, words.REASONS, "理由清单")
        _once(c, _MAIN, ((reason.code, f"[[reasons.{name}]]") for reason in reasons), "理由")


def _roles(profile: Profile, c: Collector) -> None:
    file = "roles.toml"
    _once(c, file, ((role.code, "[[roles]]") for role in profile.roles), "岗位")
    for role in profile.roles:
        _among(c, file, f"[[roles]] {role.code} scope", role.scope, words.SCOPES, "范围")
        for permission in role.permissions:
            if not _PERMISSION.fullmatch(permission):
                c.wrong(file, f"[[roles]] {role.code}", f"“{permission}”不是权限的写法。", "请写成 room.verb。")


def _categories(profile: Profile, c: Collector) -> None:
    file = "categories.csv"
    by_code = {category.code: category for category in profile.categories}
    _once(c, file, ((one.code, c.where(file, one)) for one in profile.categories), "分类")
    for category in profile.categories:
        _among(c, file, c.where(file, category, "kind"), category.kind, words.KINDS, "种类")
        if not 0 < len(category.name) <= _NAME_LENGTH:
            c.wrong(file, c.where(file, category, "name"), "名称为空或太长。", f"请写 1 到 {_NAME_LENGTH} 个字。")
        _parent(category, by_code, c)


def _parent(category: Category, by_code: dict[str, Category], c: Collector) -> None:
    file = "categories.csv"
    where = c.where(file, category, "parent")
    if _turns(category.code, lambda code: by_code[code].parent if code in by_code else ""):
        c.wrong(file, where, f"“{category.code}”的上级绕成了圈。", "请改正上级编码。")
        return
    if not category.parent:
        if category.level != 1:
            c.wrong(file, where, f"第 {category.level} 级分类没有写上级。", "请写上级编码。")
        return
    parent = by_code.get(category.parent)
    if parent is None:
        c.wrong(file, where, f"没有“{category.parent}”这个分类。", "请先写上级分类，或改成已有的编码。")
    elif category.level != parent.level + 1 or not category.code.startswith(parent.code):
        c.wrong(file, where, f"级别或编码与上级“{parent.code}”不衔接。", "编码以上级编码开头，级别多一。")


def _turns(code: str, parent_of: Callable[[str], str]) -> bool:
    """Tell whether going up from here comes round in a circle."""
    seen = set()
    while code and code not in seen:
        seen.add(code)
        code = parent_of(code)
    return bool(code)


def _standards(profile: Profile, c: Collector) -> None:
    file = "standards.csv"
    leaves = {leaf.code for leaf in profile.leaves()}
    unit_kinds = [kind.key for kind in profile.unit_kinds]
    _once(c, file, (((one.category, one.row), c.where(file, one)) for one in profile.standards), "标准行")
    for standard in profile.standards:
        _among(c, file, c.where(file, standard, "category"), standard.category, leaves, "末级分类")
        _among(c, file, c.where(file, standard, "severity"), standard.severity, words.SEVERITIES, "级别")
        _among(c, file, c.where(file, standard, "unit_kind"), standard.unit_kind, ("", *unit_kinds), "单位种类")
        for evidence in standard.evidence:
            _among(c, file, c.where(file, standard, "evidence"), evidence, words.EVIDENCE, "证据")
        _standard(standard, c)
    for code in sorted(leaves - {standard.category for standard in profile.standards}):
        name = profile.category(code).name
        c.wrong(file, "", f"分类“{code} {name}”没有时限。", "请至少写一行标准。")


def _standard(standard: Standard, c: Collector) -> None:
    file = "standards.csv"
    if not 0 < standard.limit_value < 1000:
        where = c.where(file, standard, "limit_value")
        c.wrong(file, where, f"时限 {standard.limit_value} 不合理。", "应为 1 到 999。")
    if standard.severity == "urgent" and standard.limit_unit.is_working:
        where = c.where(file, standard, "limit_unit")
        c.wrong(file, where, "紧急的时限应按连续时间。", "请用 minute 或 urgent_hour。")
    for column in ("condition", "closing"):
        if not getattr(standard, column):
            c.wrong(file, c.where(file, standard, column), "没有写。", "请写清条件。")


def _units(profile: Profile, c: Collector) -> None:
    file = "units.csv"
    by_code = {unit.code: unit for unit in profile.units}
    names = profile.areas.names()
    kinds = [kind.key for kind in profile.unit_kinds]
    roles = [level.role for level in profile.levels]
    _once(c, file, ((unit.code, c.where(file, unit)) for unit in profile.units), "单位")
    _once(c, file, ((unit.name, c.where(file, unit)) for unit in profile.units), "单位名称")
    for unit in profile.units:
        _among(c, file, c.where(file, unit, "kind"), unit.kind, kinds, "单位种类")
        _among(c, file, c.where(file, unit, "level"), unit.level, roles, "层级")
        if unit.parent:
            _among(c, file, c.where(file, unit, "parent"), unit.parent, by_code, "单位")
        if _turns(unit.code, lambda code: by_code[code].parent if code in by_code else ""):
            c.wrong(file, c.where(file, unit, "parent"), f"“{unit.code}”的上级绕成了圈。", "请改正上级编码。")
        for column in ("area", "pairs"):
            if getattr(unit, column):
                _among(c, file, c.where(file, unit, column), getattr(unit, column), names, "区域")


def _responsibilities(profile: Profile, c: Collector) -> None:
    file = "responsibilities.csv"
    codes = {category.code for category in profile.categories} | {""}
    areas = {*profile.areas.names(), ""}
    rights = {right.level: right for right in profile.rights}
    units = {unit.code for unit in profile.units}
    rows = profile.responsibilities
    _once(c, file, ((row.row, c.where(file, row)) for row in rows), "行号")
    counts = Counter((row.category, row.area, row.level) for row in rows)
    for row in rows:
        _among(c, file, c.where(file, row, "category"), row.category, codes, "分类")
        _among(c, file, c.where(file, row, "area"), row.area, areas, "区域")
        _among(c, file, c.where(file, row, "level"), row.level, rights, "层级")
        if counts[row.category, row.area, row.level] > 1:
            where = c.where(file, row, "category")
            sentence = f"分类“{row.category}”在同一区域、同一层级有两个主办。"
            c.wrong(file, where, sentence, "请合并成一行，其余列为协办。")
        _lead(profile, c, c.where(file, row, "lead"), row.lead)
        for unit in row.assists:
            _among(c, file, c.where(file, row, "assists"), unit, units, "单位")
        _reach(profile, c, c.where(file, row, "lead"), row.lead, row.level)
    _gaps(profile, c)


def _lead(profile: Profile, c: Collector, where: str, lead: str) -> None:
    file = "responsibilities.csv"
    if lead.startswith("@"):
        kinds = [kind.key for kind in profile.unit_kinds]
        _among(c, file, where, lead[1:], kinds, "单位种类")
    else:
        _among(c, file, where, lead, {unit.code for unit in profile.units}, "单位")


def _reach(profile: Profile, c: Collector, where: str, lead: str, level: str) -> None:
    """Refuse a lead whom the holder at that level may not dispatch to."""
    right = next((right for right in profile.rights if right.level == level), None)
    kinds = {unit.code: unit.kind for unit in profile.units}
    kind = lead[1:] if lead.startswith("@") else kinds.get(lead)
    if right is not None and kind is not None and kind not in right.dispatch_to:
        sentence = f"“{level}”这一级不能派给“{kind}”类单位。"
        c.wrong("responsibilities.csv", where, sentence, "请改层级、主办，或改 profile.toml 的 [[rights]]。")


def _gaps(profile: Profile, c: Collector) -> None:
    covered = [row.category for row in profile.responsibilities if row.level == "city" and not row.area]
    for leaf in profile.leaves():
        if not any(leaf.code.startswith(code) for code in covered):
            sentence = f"分类“{leaf.code} {leaf.name}”在市（县）一级没有主办单位。"
            c.wrong("responsibilities.csv", "", sentence, "请补一行，或给它的上级分类补一行。")


def _calendar(profile: Profile, c: Collector) -> None:
    file = "calendar.toml"
    for season in profile.calendar.seasons:
        where = f"[[seasons]] {season.name}"
        try:
            for day in (season.first, season.last):
                date.fromisoformat(f"2024-{day}")  # a leap year, so that 02-29 is a day
            edges = [datetime.strptime(edge, "%H:%M").time() for span in season.hours for edge in span]  # noqa: DTZ007
        except ValueError as error:
            c.wrong(file, where, f"日期或钟点有误（{error}）。", "日期写 05-01，钟点写 08:00。")
            continue
        if not edges or edges != sorted(set(edges)):
            c.wrong(file, where, "钟点应由早到晚、不重叠。", "请调整 hours。")
    for special in profile.calendar.days:
        try:
            date.fromisoformat(special.date)
        except ValueError:
            c.wrong(file, "[[days]]", f"“{special.date}”不是日期。", "请写成 2026-01-05。")


def _areas(profile: Profile, c: Collector) -> None:
    file = "areas.toml"
    # A place that lists its grids under codes of its own came from sheets: no rule for codes, villages without grids.
    has_own = any(community.own_grids for community in profile.areas.communities())
    codes = [street.code for street in profile.areas.streets]
    codes += [community.code for community in profile.areas.communities()]
    codes += [code for community in profile.areas.communities() for code in community.grid_codes()]
    _once(c, file, ((code, "[[streets]]") for code in codes), "区域编码")
    for street in profile.areas.streets:
        if not has_own and not street.code.startswith(profile.place.division):
            c.wrong(file, f"[[streets]] {street.name}", f"编码“{street.code}”不以区划“{profile.place.division}”开头。")
        for community in street.communities:
            listed = len(community.own_grids or community.estates) or community.grids
            if (community.grids < 1 and not has_own) or listed != community.grids:
                c.wrong(file, f"{street.name} {community.name}", "网格数不对。", "应与网格或小区的清单一致。")
        names = [community.name for community in street.communities]
        _once(c, file, ((name, f"[[streets]] {street.name}") for name in names), "社区（村）名称")


def _examples(profile: Profile, c: Collector) -> None:
    file = "examples.csv"
    leaves = {leaf.code for leaf in profile.leaves()}
    for example in profile.examples:
        _among(c, file, c.where(file, example, "category"), example.category, leaves, "末级分类")
        if not 4 <= len(example.text) <= 500:
            c.wrong(file, c.where(file, example, "text"), "例句应有 4 到 500 个字。")
    plain = ((_BLANKS.sub("", one.text), c.where(file, one)) for one in profile.examples)
    _once(c, file, plain, "例句")


def _fields(profile: Profile, c: Collector) -> None:
    file = "fields.csv"
    units = {unit.code for unit in profile.units} | {""}
    _once(c, file, ((one.code, c.where(file, one)) for one in profile.fields), "字段")
    for one in profile.fields:
        _among(c, file, c.where(file, one, "subject"), one.subject, words.SUBJECTS, "对象")
        _among(c, file, c.where(file, one, "sensitivity"), one.sensitivity, words.SENSITIVITIES, "敏感程度")
        _among(c, file, c.where(file, one, "owner"), one.owner, units, "单位")
        _among(c, file, c.where(file, one, "required"), one.required, ("", "yes"), "写法")
        if not re.fullmatch(r"[a-z]+\.[a-z_]+", one.code):
            c.wrong(file, c.where(file, one, "code"), f"“{one.code}”不是字段的写法。", "请写成 subject.name。")
        for column in ("label", "purpose", "basis"):
            if not getattr(one, column):
                c.wrong(file, c.where(file, one, column), "没有写。", "没有用途和依据的字段不能登记。")
        if one.stale_after_days < 0:
            c.wrong(file, c.where(file, one, "stale_after_days"), "天数不能小于 0。", "不会过时的写 0。")


def _component_classes(profile: Profile, c: Collector) -> None:
    file = "component_classes.csv"
    leaves = {leaf.code for leaf in profile.leaves()} | {""}
    shipped = national()
    majors = {code[:2]: row.major for code, row in shipped.items()}
    _once(c, file, ((one.code, c.where(file, one)) for one in profile.component_classes), "部件类别")
    for one in profile.component_classes:
        if not _COMPONENT_CLASS.fullmatch(one.code):
            c.wrong(
                file,
                c.where(file, one, "code"),
                f"“{one.code}”不是部件类别代码。",
                "请写 4 位数字：大类两位、小类两位。",
            )
            continue
        major = majors.setdefault(one.code[:2], one.major)
        if one.major not in {"", major}:
            c.wrong(file, c.where(file, one, "major"), f"大类 {one.code[:2]} 叫“{major}”，这里写的是“{one.major}”。",
                    "同一大类请用同一个名称。")  # fmt: skip
        if one.code not in shipped and not (one.major and one.name):
            c.wrong(
                file, c.where(file, one), f"{one.code} 是本地扩展，没有写大类或名称。", "只有国家标准的类别可以空着。"
            )
        _among(c, file, c.where(file, one, "category"), one.category, leaves, "末级分类")


def _alarm_rules(profile: Profile, c: Collector) -> None:
    file = "alarm_rules.toml"
    known = alarm_rules.known_to_profile(leaf.code for leaf in profile.leaves())
    seen: set[str] = set()
    for number, one in enumerate(profile.alarm_rules, 1):
        code, place = str(one.get("code", "")), f"第 {number} 条规则"
        if not re.fullmatch(r"[a-z][a-z0-9_]{1,39}", code) or code in seen:
            c.wrong(file, place, f"code “{code}”不行，或者写了两次。", "请写小写字母、数字和下划线，各条不同。")
        seen.add(code)
        try:
            alarm_rules.checked(one, known)
        except Invalid as invalid:
            for sentence in invalid.fields.values():
                c.wrong(file, f"{place}（{code}）", sentence, "")


_MOST_HOURS = {"staff_hours": 24, "field_hours": 24 * 30}


def _security(profile: Profile, c: Collector) -> None:
    for name, most in _MOST_HOURS.items():
        hours = getattr(profile.security, name)
        if not 0 <= hours <= most:
            c.wrong(_MAIN, f"[security] {name}", f"{hours} 小时不行。", f"请写 1 到 {most}；不写就按平台的。")


_CHECKS = (
    _place, _levels, _stages, _kinds, _rights, _automation, _numbers, _reasons, _roles, _categories, _standards,
    _units, _responsibilities, _calendar, _areas, _examples, _fields, _security,
    _component_classes, _alarm_rules,
)  # fmt: skip
