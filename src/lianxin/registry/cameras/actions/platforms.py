"""The owners' platforms: which address opens one of their cameras. Only who keeps the configuration sets it."""

import re
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.foundation.audit.actions import record
from lianxin.foundation.organizations import queries as organizations
from lianxin.kernel.errors import Invalid, Stale
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean
from lianxin.registry.cameras import addresses
from lianxin.registry.cameras.models import Platform
from lianxin.registry.cameras.settings import camera_settings

SUBJECT = "camera_platform"


@transaction.atomic
def put_platform(
    actor: Actor, *, code: str, name: str, unit_id: int | None, template: str, reason: str, at: datetime,
    seen: int | None = None,
) -> Platform:  # fmt: skip
    """Register a platform or amend the one with this code; an empty template lets nothing be opened there.

    Raises NotAllowed without `config.manage` everywhere, Invalid for a template that breaks a rule, Stale.
    """
    demand(actor, "config.manage", _("设置视频平台的地址"))
    code, name, template, why = code.strip().lower(), clean(name, 60), template.strip(), clean(reason, 200)
    if wrong := _faults(code, name, unit_id, template, why):
        raise Invalid(wrong)
    platform = Platform.objects.select_for_update().filter(code=code).first()
    if seen is not None and (platform.version if platform else 0) != seen:
        raise Stale(_("这个平台刚被别人改过，请看过再改。"), version=platform.version if platform else 0, changes=[])
    platform = platform or Platform(code=code, version=0)
    platform.name, platform.template = name, template
    platform.unit_id = unit_id or 0
    platform.version += 1
    platform.changed_at, platform.changed_by_id, platform.changed_label = at, actor.account_id, actor.name[:120]
    platform.save()
    append([draft(actor, SUBJECT, platform.pk, "put", at=at, version=platform.version, reason=why[:60])])
    record(
        actor, "cameras.platform", at=at, subject_kind=SUBJECT, subject_id=platform.pk, subject_label=name, reason=why,
        detail={"code": code, "template": template},
    )  # fmt: skip
    return platform


def _faults(code: str, name: str, unit_id: int | None, template: str, why: str) -> dict[str, str]:
    wrong = {}
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{1,29}", code):
        wrong["code"] = _("代号用 2 到 30 个小写字母、数字或短横，例如 gongan。")
    if len(name) < 2:
        wrong["name"] = _("请填平台名称，例如“公安视频共享平台”。")
    unit = organizations.unit(unit_id) if unit_id is not None else None
    if unit is None or unit.valid_to is not None:
        wrong["unit"] = _("请选平台归哪个单位。")
    if template and (told := addresses.fault(template, camera_settings().hosts)):
        wrong["template"] = told
    if len(why) < 2:
        wrong["reason"] = _("请写一句为什么改，审计看得到。")
    return wrong
