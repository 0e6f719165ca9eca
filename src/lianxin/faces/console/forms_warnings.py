"""Forms about warnings and their sources."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.faces.identity.request import Request
from lianxin.work.warnings.issuing import WarningIn
from lianxin.work.warnings.models import Colour, Source, WarningMessage
from lianxin.work.warnings.sources import SourceIn

from .forms_notices import AreasField, InstantField
from .lookups import AreaField, LookupForm
from .warning import areas_to_choose

COLOURS = [(colour.value, colour.label) for colour in Colour if colour != Colour.NONE]
CATEGORIES = [
    ("Met", _("气象")), ("Geo", _("地质")), ("Safety", _("公共安全")), ("Fire", _("火灾")), ("Health", _("卫生健康")),
    ("Env", _("环境")), ("Transport", _("交通")), ("Infra", _("水电气等设施")), ("Rescue", _("救援")),
    ("Security", _("治安")), ("Other", _("其他")),
]  # fmt: skip
EVENTS = ("暴雨", "暴雪", "大风", "雷电", "冰雹", "高温", "寒潮", "道路结冰", "大雾", "内涝", "山洪", "地质灾害",
          "森林火险", "停水", "停气", "危险化学品泄漏")  # fmt: skip


def _words(rows: int, most: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": str(most)})


class WarningForm(LookupForm):
    """A warning as its author writes it."""

    event = forms.CharField(
        label=_("什么事"), max_length=60, help_text=_("例如“暴雨”“停气”，不用写“预警”两个字"),
        widget=forms.TextInput(attrs={"list": "warning-events"}),
    )  # fmt: skip
    category = forms.ChoiceField(label=_("类别"), choices=CATEGORIES)
    colour = forms.ChoiceField(label=_("等级"), choices=COLOURS, widget=forms.RadioSelect, help_text=_("红色最重"))
    area_ids = AreasField(label=_("哪里"), widget=forms.CheckboxSelectMultiple, help_text=_("选上一级就包括下面的"))
    more = AreaField(label=_("上面没有的区域"), required=False, help_text=_("写社区、网格的名称或编码"))
    begins_at = InstantField(label=_("什么时候开始"), help_text=_("空着就是现在"))
    expires_at = InstantField(label=_("到什么时候"), help_text=_("到时自动撤下"))
    headline = forms.CharField(label=_("标题"), max_length=60, help_text=_("居民先看到这一句"))
    description = forms.CharField(label=_("会怎样"), max_length=2_000, widget=_words(4, 2_000), strip=False)
    instruction = forms.CharField(
        label=_("大家怎么做"), max_length=2_000, widget=_words(4, 2_000), strip=False,
        help_text=_("一句一行；网格员上门照着说，居民照着做"),
    )  # fmt: skip
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, asked: Request, **rest: Any) -> None:
        """Offer the areas in which who asks decides."""
        super().__init__(*args, asked=asked, **rest)
        offered = areas_to_choose(asked)
        known = {value for value, _label in offered}
        chosen = [str(pk) for pk in (rest.get("initial") or {}).get("area_ids", ())]
        extra = [(pk, str(_("已选的其他区域"))) for pk in chosen if pk not in known]
        self.fields["area_ids"].choices = [*offered, *extra]  # type: ignore[attr-defined]
        self.fields["expires_at"].required = True

    def told(self) -> WarningIn:
        """Return the warning as the act takes it."""
        given = dict(self.cleaned_data)
        more, ids = given.pop("more"), [int(pk) for pk in given.pop("area_ids")]
        given.pop("seen", None)
        return WarningIn(area_ids=tuple(dict.fromkeys([*ids, *([more.id] if more else [])])), **given)


def initial_of(row: WarningMessage, area_ids: list[int]) -> Mapping[str, Any]:
    """Return what a form about an update begins with."""
    return {
        "event": row.event, "category": row.category, "colour": row.colour, "area_ids": [str(pk) for pk in area_ids],
        "begins_at": row.begins_at, "expires_at": row.expires_at, "headline": row.headline[:60],
        "description": row.description, "instruction": row.instruction, "seen": row.version,
    }  # fmt: skip


class SourceForm(LookupForm):
    """A source of warnings."""

    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("例如“市气象台”，居民会看到"))
    code = forms.CharField(
        label=_("代号"), max_length=40, help_text=_("写在接收地址里，以后不能改。小写字母、数字和短横")
    )
    area = AreaField(label=_("管哪里"), help_text=_("它的预警只在这里面发布"))
    is_trusted = forms.BooleanField(label=_("收到就发布，不用人看"), required=False)
    senders = forms.CharField(
        label=_("允许的发送方（sender）"), required=False, widget=_words(2, 2_000), help_text=_("一行一个；空着不限")
    )
    feed_url = forms.CharField(
        label=_("去哪里取"), required=False, max_length=500, help_text=_("对方的 CAP、Atom 或 RSS 网址，每两分钟看一次")
    )
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    field_order = ("name", "code", "area", "is_trusted", "senders", "feed_url", "seen")

    def __init__(self, *args: Any, asked: Request, source: Source | None = None, **rest: Any) -> None:
        """Leave out what cannot be changed of a source that is there, and what our own has not."""
        super().__init__(*args, asked=asked, **rest)
        self._source = source
        if source is not None:
            del self.fields["code"]
        if source is not None and source.is_own:
            for name in ("is_trusted", "senders", "feed_url"):
                del self.fields[name]
            self.fields["sender"] = forms.CharField(
                label=_("我们在 CAP 里叫什么（sender）"), max_length=200, help_text=_("例如 emergency@tongcheng.gov.cn")
            )

    def told(self) -> SourceIn:
        """Return the source as the act takes it."""
        given = self.cleaned_data
        code = self._source.code if self._source is not None else given["code"].strip()
        senders = tuple(line.strip() for line in given.get("senders", "").splitlines() if line.strip())
        return SourceIn(
            code, given["name"], given["area"].id, is_trusted=given.get("is_trusted", False), senders=senders,
            feed_url=given.get("feed_url", "").strip(), sender=given.get("sender", "").strip(),
        )  # fmt: skip
