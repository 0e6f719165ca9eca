"""What a profile decides about the life of a case: the document "flow", typed, with defaults for every line."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from lianxin.kernel.configuration.queries import current
from lianxin.kernel.versions import Versioned
from lianxin.kernel.worktime.limits import Limit

from .words import LEVELS, Kind, Stage

HOLDING = frozenset(LEVELS[1:])  # a case is held by the community at least

DEFAULT_CLOCKS = {
    "file": "30 work_minute",
    "dispatch": "30 work_minute",
    "accept": "2 work_hour",
    "handle": "5 work_day",
    "verify": "4 work_hour",
    "close": "1 work_hour",
    "contact": "24 urgent_hour",
    "report_in": "24 urgent_hour",
    "report_in_urgent": "30 minute",
    "check": "2 work_hour",
    "decide": "4 work_hour",
}
DEFAULT_REASONS: dict[str, dict[str, str]] = {
    "decline": {
        "out_of_scope": "不属于受理范围",
        "not_found": "现场未发现问题",
        "unclear": "反映内容不清，联系不上",
        "legal_channel": "已进入诉讼、仲裁、信访等程序",
        "repeated": "重复反映，已有答复",
    },
    "refer": {
        "110": "转 110 报警",
        "119_120": "转 119、120 急救",
        "court": "转法院、仲裁",
        "other_county": "转外地",
        "hotline": "转 12345",
    },
    "return": {
        "not_ours": "不属于本单位职责",
        "wrong_place": "地点不在本单位辖区",
        "wrong_category": "分类不对",
        "needs_lead": "应由其他单位牵头",
        "info_missing": "信息不全，无法处置",
    },
    "postpone": {"weather": "天气原因", "season": "季节原因", "festival": "节假日、重大活动", "material": "待料"},
    "suspend": {"funding": "资金待落实", "planning": "待规划", "ownership": "权属不清", "legal": "等待司法程序"},
    "void": {"mistake": "误立案", "repeated": "重复立案", "test": "测试件"},
    "force_close": {"impossible": "客观上无法处置", "decided": "上级决定", "other_channel": "已由其他渠道解决"},
}


@dataclass(frozen=True)
class Automatic:
    """How far the platform acts by itself: off, shadow (says what it would do) or on, and how sure it must be."""

    mode: Literal["off", "shadow", "on"] = "off"
    confidence: float = 0.9
    categories: frozenset[str] | None = None  # None: all


@dataclass(frozen=True)
class FlowSettings:
    """The life of a case as this place runs it."""

    division: str = "340000"
    clocks: Mapping[str, Limit] = field(default_factory=dict)
    stage_labels: Mapping[str, str] = field(default_factory=dict)
    phases: tuple[tuple[str, tuple[str, ...]], ...] = ()  # the place's own strip: label, stages under it
    # Stages passed by the system: dispatched (nobody accepts), handled (no check), verified (no close).
    skipped: frozenset[str] = frozenset()
    auto_close: bool = False
    auto_file: Automatic = Automatic()
    auto_dispatch: Automatic = Automatic()
    entry_level: Mapping[str, str] = field(default_factory=dict)  # channel → level that holds a new report
    file_levels: frozenset[str] = HOLDING  # that may file what they hold
    # Levels whose posts may close, call units in, settle a matter where they stand.
    close_levels: frozenset[str] = HOLDING
    whistle_levels: frozenset[str] = HOLDING
    spot_levels: frozenset[str] = frozenset(LEVELS)
    # Level → kinds of unit it may dispatch to; "*" any. Posts (grid workers, crews) of its own area are always allowed.
    may_dispatch: Mapping[str, frozenset[str]] = field(default_factory=dict)
    trivial: frozenset[str] = frozenset()  # categories whose on-spot solution closes by sample
    reasons: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    reopen_days: int = 15
    appeal_days: int = 7
    evaluate_days: int = 7
    returns_before_ruling: int = 3
    urges_before_supervision: int = 3
    max_extensions: int = 1
    extension_share: float = 1.0  # an extension is at most this share of the category's own limit
    postpone_days: int = 30  # 缓办 at most
    suspend_days: int = 90  # 挂账 is looked at again at the latest after
    warn_share: float = 0.8
    similar_metres: int = 50  # as near, and as soon after each other, two reports may be one matter
    similar_hours: int = 24
    urgent_continuous: bool = True  # clocks of urgent cases run day and night
    escalate_to: Mapping[str, str] = field(default_factory=dict)  # level → level; by default the next above
    kinds: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    kind_clocks: Mapping[str, Mapping[str, Limit]] = field(default_factory=dict)

    def limit(self, name: str, kind: str = "") -> Limit:
        """Return the limit of a clock, the kind's own where the profile gives it one."""
        return self.kind_clocks.get(kind, {}).get(name) or self.clocks[name]

    def reason(self, action: str, code: str) -> str | None:
        """Return the label of a reason, or None when the list does not hold it."""
        return self.reasons.get(action, {}).get(code)

    def stage_label(self, stage: str) -> str:
        """Return the place's word for a stage."""
        return self.stage_labels.get(stage) or str(Stage(stage).label)

    def skips(self, stage: str, kind: str) -> bool:
        """Tell whether the system passes this stage for this kind of case."""
        return stage in self.skipped or stage in self.kinds.get(kind, {}).get("skipped", ())

    def is_off(self, step: str, kind: str) -> bool:
        """Tell whether cases of this kind do not take a step, such as contact or evaluate."""
        return step in self.kinds.get(kind, {}).get("off", ())

    def is_confidential(self, kind: str) -> bool:
        """Tell whether cases of this kind hide their reporter, whatever the reporter asked for."""
        return bool(self.kinds.get(kind, {}).get("confidential", False))


def _automatic(value: Mapping[str, Any]) -> Automatic:
    categories = value.get("categories")
    return Automatic(
        mode=value.get("mode", "off"),
        confidence=float(value.get("confidence", 0.9)),
        categories=frozenset(categories) if categories is not None else None,
    )


_LEVELS = ("file_levels", "close_levels", "whistle_levels", "spot_levels")
# What is read into a type of its own; every other line of the document is taken as it stands.
_READ = frozenset({
    "auto_file", "auto_dispatch", "clocks", "phases", "skipped", "entry_level", "may_dispatch", "trivial", "reasons",
    "kinds", "kind_clocks", *_LEVELS,
})  # fmt: skip


def parse(document: Mapping[str, Any]) -> FlowSettings:
    """Read the document; what it does not say keeps its default."""
    names = {each.name for each in fields(FlowSettings)} - _READ
    plain: dict[str, Any] = {name: document[name] for name in names if name in document}
    plain |= {name: frozenset(document[name]) for name in _LEVELS if name in document}
    return FlowSettings(
        **plain,
        auto_file=_automatic(document.get("auto_file") or {}),
        auto_dispatch=_automatic(document.get("auto_dispatch") or {}),
        clocks={name: Limit.parse(text) for name, text in (DEFAULT_CLOCKS | document.get("clocks", {})).items()},
        phases=tuple((phase["label"], tuple(phase["stages"])) for phase in document.get("phases", ())),
        skipped=frozenset(document.get("skipped", ())),
        entry_level={"worker": "community"} | document.get("entry_level", {}),
        may_dispatch={
            level: frozenset(kinds)
            for level, kinds in document.get(
                "may_dispatch", {level: ["*"] for level in ("city", "street", "community")}
            ).items()
        },
        trivial=frozenset(document.get("trivial", ())),
        reasons=DEFAULT_REASONS | document.get("reasons", {}),
        kinds={kind: document.get("kinds", {}).get(kind, {}) for kind in Kind.values},
        kind_clocks={
            kind: {name: Limit.parse(text) for name, text in chosen.get("clocks", {}).items()}
            for kind, chosen in document.get("kinds", {}).items()
        },
    )


_settings: Versioned[FlowSettings] = Versioned("configuration", lambda: parse(current("flow") or {}))


def flow_settings(numbers: Mapping[str, int]) -> FlowSettings:
    """Return the settings in force; parsed once a version."""
    return _settings.at(numbers)


def flow_settings_now() -> FlowSettings:
    """Return the settings in force, for work that has read no numbers."""
    return _settings.get()
