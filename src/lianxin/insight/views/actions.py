"""Save views, share them, put them in order, subscribe to them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.accounts.models import Account
from lianxin.foundation.areas.acting import demand_somewhere, draft
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused, Stale
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean

from . import reading
from .matching import MOST_HELD, seed
from .models import Page, SavedView, Share, ViewUse

SUBJECT = "saved_view"
MOST_VIEWS, MOST_SUBSCRIPTIONS = 30, 20
CADENCES = (0, 15, 60)
_LONGEST_NAME = 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a view is to be; `words` None: as they are."""

    name: str
    share: str = ""
    words: QueryDict | None = None


@transaction.atomic
def save(actor: Actor, *, key: UUID, page: str, wanted: Wanted, at: datetime) -> SavedView:
    """Keep a filter under a name; the same `key` is the same view. Raises NotAllowed, Invalid, Refused."""
    demand_somewhere(actor, "cases.view", "看案卷")
    if (known := SavedView.objects.filter(key=key).first()) is not None:
        return _own(actor, known)
    if actor.account_id is None or page not in Page.values:
        raise Invalid({"page": _("没有这一页。")})
    # One at a time: the figure below holds for the next one, too.
    Account.objects.select_for_update().get(pk=actor.account_id)
    if SavedView.objects.filter(owner_id=actor.account_id).count() >= MOST_VIEWS:
        raise Refused("views_full", _("每人最多 %(most)d 个视图，先删一个不用的。") % {"most": MOST_VIEWS})
    view = SavedView(key=key, owner_id=actor.account_id, page=page, created_at=at, version=0)
    _put(actor, view, wanted, at)
    use = _use(actor, view)
    use.place = SavedView.objects.filter(owner_id=actor.account_id, page=page).count()
    use.save(update_fields=["place"])
    _journal(actor, view, "save", at)
    return view


@transaction.atomic
def amend(actor: Actor, *, view: SavedView, wanted: Wanted, seen: int | None, at: datetime) -> SavedView:
    """Rename, share or change one's own view. Subscribers begin anew where its words changed. Raises Stale too."""
    view = _begin(actor, view, seen)
    before = view.words
    _put(actor, view, wanted, at)
    if view.words != before:
        view.uses.update(is_seeded=False)
    _journal(actor, view, "amend", at)
    return view


@transaction.atomic
def delete(actor: Actor, *, view: SavedView, seen: int | None, at: datetime) -> None:
    """Take one's own view away, for those it was shared with too."""
    view = _begin(actor, view, seen)
    _journal(actor, view, "delete", at)
    view.delete()


@transaction.atomic
def move(actor: Actor, *, view: SavedView, up: bool) -> None:
    """Put a view one place up or down among the viewer's own order of a page. A preference: no journal."""
    ordered = _in_order(actor, view.page)
    place = next((number for number, each in enumerate(ordered) if each.pk == view.pk), None)
    if place is None:
        raise NotFound(_("没有这个视图，或没有与您共享。"))
    other = place - 1 if up else place + 1
    if 0 <= other < len(ordered):
        ordered[place], ordered[other] = ordered[other], ordered[place]
    for number, each in enumerate(ordered):
        use = _use(actor, each)
        if use.place != number + 1:
            ViewUse.objects.filter(pk=use.pk).update(place=number + 1)


@transaction.atomic
def set_default(actor: Actor, *, view: SavedView, on: bool) -> None:
    """Let the viewer's page open with this view, or with none. A preference: no journal."""
    _demand_seen(actor, view)
    ViewUse.objects.filter(account_id=actor.account_id or 0, view__page=view.page).update(is_default=False)
    if on:
        ViewUse.objects.filter(pk=_use(actor, view).pk).update(is_default=True)


@transaction.atomic
def subscribe(actor: Actor, *, view: SavedView, every_minutes: int | None, at: datetime) -> ViewUse:
    """Be told of cases that come into a view, at most once in so many minutes; None ends it.

    What the view shows already is not told. Raises NotFound, Invalid, and Refused for a view that shows too much
    to be told of, or one subscription too many.
    """
    _demand_seen(actor, view)
    if every_minutes is not None and every_minutes not in CADENCES:
        raise Invalid({"every": _("请选多久提醒一次。")})
    use = ViewUse.objects.select_for_update().get(pk=_use(actor, view).pk)
    if every_minutes is None:
        use.matches.all().delete()
        use.every_minutes, use.is_seeded, use.told_at = None, False, None
    else:
        mine = ViewUse.objects.filter(account_id=actor.account_id or 0).exclude(every_minutes=None).exclude(pk=use.pk)
        if mine.count() >= MOST_SUBSCRIPTIONS:
            raise Refused("subscriptions_full", _("最多订阅 %(most)d 个视图。") % {"most": MOST_SUBSCRIPTIONS})
        if not use.is_seeded and not seed(use, actor, at=at):
            raise Refused(
                "view_too_wide",
                _("这个视图现在就有 %(most)d 件以上，订阅会响个不停。先把条件收窄。") % {"most": MOST_HELD},
            )
        use.every_minutes, use.is_seeded = every_minutes, True
    use.save(update_fields=["every_minutes", "is_seeded", "told_at"])
    _journal(actor, view, "subscribe", at, after={"every": every_minutes})
    return use


def _put(actor: Actor, view: SavedView, wanted: Wanted, at: datetime) -> None:
    name = clean(wanted.name, 80).replace("\n", " ").strip()
    faults: dict[str, str] = {}
    if not name or len(name) > _LONGEST_NAME:
        faults["name"] = _("请起个 %(most)d 字以内的名字。") % {"most": _LONGEST_NAME}
    if wanted.share not in Share.values:
        faults["share"] = _("请选给谁用。")
    if wanted.words is not None:
        view.words = reading.kept(wanted.words)
        if not view.words:
            faults["words"] = _("先选几个条件再存；词语里不能有电话和证件号。")
    if not faults:
        faults |= _share(actor, view, wanted.share)
    if faults:
        raise Invalid(faults)
    view.name, view.changed_at, view.version = name, at, view.version + 1
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError as error:
        if "saved_view_name_once" not in str(error):
            raise
        raise Refused("view_name", _("您已有叫这个名字的视图。")) from None


def _share(actor: Actor, view: SavedView, share: str) -> dict[str, str]:
    """Set whom a view is shared with, by the actor's own post; return what stops it."""
    post = actor.post
    view.share, view.unit_id, view.area_id, view.role = share, None, None, ""
    if share == Share.UNIT:
        view.unit_id = next((held.unit_id for held in actor.holdings if held.unit_id is not None), None)
        return {} if view.unit_id is not None else {"share": _("您的岗位不在哪个单位，选别的范围。")}
    if share == Share.AREA:
        view.area_id = next((held.area_id for held in actor.holdings if held.area_id is not None), None)
        return {} if view.area_id is not None else {"share": _("您的岗位不管哪片区域，选别的范围。")}
    if share == Share.ROLE:
        view.role = post.role if post else ""
    return {} if share != Share.ROLE or view.role else {"share": _("您现在没有岗位。")}


def _begin(actor: Actor, view: SavedView, seen: int | None) -> SavedView:
    found = SavedView.objects.visible_to(actor).select_for_update().filter(pk=view.pk).first()
    if found is None:
        raise NotFound(_("没有这个视图，或没有与您共享。"))
    found = _own(actor, found)
    if seen is not None and seen != found.version:
        raise Stale(_("这个视图刚在别处改过，请看过再改。"), version=found.version, changes=[])
    return found


def _own(actor: Actor, view: SavedView) -> SavedView:
    if view.owner_id != actor.account_id:
        raise NotAllowed("not_your_view", _("这是别人的视图，只能用，不能改；可以另存一个自己的。"))
    return view


def _demand_seen(actor: Actor, view: SavedView) -> None:
    if actor.account_id is None or not view.is_seen_by(actor):
        raise NotFound(_("没有这个视图，或没有与您共享。"))


def _use(actor: Actor, view: SavedView) -> ViewUse:
    return ViewUse.objects.get_or_create(view=view, account_id=actor.account_id or 0)[0]


def _in_order(actor: Actor, page: str) -> list[SavedView]:
    from .queries import views_of  # a read, of what this file writes

    return [seen.view for seen in views_of(actor, page)]


def _journal(actor: Actor, view: SavedView, act: str, at: datetime, **rest: Any) -> None:
    append([draft(actor, SUBJECT, view.pk, act, at=at, version=view.version, **rest)])
