"""Make, change and end reply templates, and count how often each is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand_somewhere, draft
from lianxin.kernel.errors import Invalid, NotFound, Refused, Stale
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean
from lianxin.work.dispatch.models import Category
from lianxin.work.dispatch.queries import catalogue

from . import rules
from .models import ReplyTemplate, TemplateVersion

SUBJECT = "reply_template"
_MANAGE, _LABEL = "desk.manage", "管理答复模板"
_MOST = 12  # offered in one form
_LONGEST = 5_000  # longer is cut before it is judged


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a template is to be."""

    name: str
    text: str
    acts: Sequence[str]
    category_id: int | None = None


@transaction.atomic
def make(actor: Actor, *, key: UUID, wanted: Wanted, at: datetime) -> ReplyTemplate:
    """Add a template; the same `key` is the same one. Raises NotAllowed, Invalid, Refused where the name is taken."""
    demand_somewhere(actor, _MANAGE, _LABEL)
    if (known := ReplyTemplate.objects.filter(key=key).first()) is not None:
        return known
    template = ReplyTemplate(key=key)
    _put(template, wanted, actor, at)
    _save(template)
    _journal(actor, template, "make", at)
    return template


@transaction.atomic
def amend(actor: Actor, *, template: ReplyTemplate, wanted: Wanted, seen: int | None, at: datetime) -> ReplyTemplate:
    """Change a template and keep what it said. Raises NotAllowed, NotFound, Stale, Invalid, Refused."""
    template = _begin(actor, template, seen)
    TemplateVersion.objects.create(
        template=template, version=template.version, name=template.name, text=template.text, uses=template.uses,
        until=at, changed_by_id=template.changed_by_id,
    )  # fmt: skip
    template.version += 1
    _put(template, wanted, actor, at)
    _save(template)
    _journal(actor, template, "amend", at)
    return template


@transaction.atomic
def end(actor: Actor, *, template: ReplyTemplate, seen: int | None, at: datetime) -> ReplyTemplate:
    """Offer a template no more; what was sent with it stays as it was."""
    template = _begin(actor, template, seen)
    template.ended_at, template.version = at, template.version + 1
    template.save(update_fields=["ended_at", "version"])
    _journal(actor, template, "end", at)
    return template


def offered(act: str, category_id: int | None, numbers: Mapping[str, int] | None = None) -> list[ReplyTemplate]:
    """Return the templates that fit an act on a case of a category, its own first. One statement."""
    if act not in rules.ACTS:
        return []
    found = ReplyTemplate.objects.filter(ended_at=None, acts__contains=[act])
    found = found.filter(Q(category=None) | Q(category_id__in=_upward(category_id, numbers)))
    return list(found.order_by(F("category_id").asc(nulls_last=True), "-uses", "id")[:_MOST])


def _upward(category_id: int | None, numbers: Mapping[str, int] | None) -> list[int]:
    """Return a category and all above it."""
    nodes = catalogue(numbers).by_id
    found: list[int] = []
    node = nodes.get(category_id) if category_id is not None else None
    while node is not None:
        found.append(node.id)
        node = nodes.get(node.parent_id) if node.parent_id is not None else None
    return found


def standing() -> QuerySet[ReplyTemplate]:
    """Return the templates in use."""
    return ReplyTemplate.objects.filter(ended_at=None).select_related("category")


def count_uses(keys: Sequence[UUID], *, client_id: UUID | None, at: datetime) -> None:
    """Count that an act was sent with these templates, once for each `client_id`; in the act's transaction."""
    for key in sorted(set(keys))[:_MOST]:
        if client_id is not None:
            mine = uuid5(client_id, f"template {key}")
            taken = claim(mine, kind=SUBJECT, action="use", sent=fingerprint(key), at=at, subject_id=0)
            if not taken.fresh:
                continue
        ReplyTemplate.objects.filter(key=key).update(uses=F("uses") + 1, last_used_at=at)


def _begin(actor: Actor, template: ReplyTemplate, seen: int | None) -> ReplyTemplate:
    demand_somewhere(actor, _MANAGE, _LABEL)
    found = ReplyTemplate.objects.select_for_update().filter(pk=template.pk).first()
    if found is None:
        raise NotFound(_("没有这个模板。"))
    if seen is not None and seen != found.version:
        raise Stale(_("这个模板刚被别人改过，请看过再改。"), version=found.version, changes=[])
    if found.ended_at is not None:
        raise Refused("template_ended", _("这个模板已经停用。"))
    return found


def _put(template: ReplyTemplate, wanted: Wanted, actor: Actor, at: datetime) -> None:
    name, text = clean(wanted.name, _LONGEST).replace("\n", " "), clean(wanted.text, _LONGEST)
    problems = rules.faults(name, text, wanted.acts)
    if wanted.category_id is not None and not Category.objects.filter(pk=wanted.category_id).exists():
        problems["category"] = _("没有这个分类。")
    if problems:
        raise Invalid(problems)
    template.name, template.text = name, text
    template.acts = [act for act in rules.ACTS if act in set(wanted.acts)]
    template.category_id = wanted.category_id
    template.changed_at, template.changed_by_id = at, actor.account_id


def _save(template: ReplyTemplate) -> None:
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        if "reply_template_name_once" not in str(error):
            raise
        raise Refused("template_name", _("已有叫这个名字的模板，请换一个名字。")) from None


def _journal(actor: Actor, template: ReplyTemplate, act: str, at: datetime, **rest: Any) -> None:
    append([draft(actor, SUBJECT, template.pk, act, at=at, version=template.version, **rest)])
