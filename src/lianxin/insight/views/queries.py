"""Reads: the views of a viewer, in their order."""

from dataclasses import dataclass
from uuid import UUID

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import NotFound

from .models import SavedView, ViewUse


@dataclass(frozen=True, slots=True)
class Seen:
    """A view with what this viewer made of it."""

    view: SavedView
    is_own: bool
    is_default: bool
    every_minutes: int | None
    place: int


def views_of(actor: Actor, page: str) -> list[Seen]:
    """Return the views a viewer may use on a page, in their order: placed ones first. Two statements."""
    views = list(SavedView.objects.visible_to(actor).filter(page=page).select_related("owner").order_by("name", "id"))
    if not views:
        return []
    uses = {use.view_id: use for use in ViewUse.objects.filter(account_id=actor.account_id or 0, view__in=views)}
    found = [_seen(view, uses.get(view.pk), actor) for view in views]
    return sorted(found, key=lambda seen: (seen.place == 0, seen.place, not seen.is_own, seen.view.name))


def find(actor: Actor, key: UUID) -> SavedView:
    """Return a view one may use. Raises NotFound."""
    found = SavedView.objects.visible_to(actor).filter(key=key).select_related("owner").first()
    if found is None:
        raise NotFound("没有这个视图，或没有与您共享。")
    return found


def _seen(view: SavedView, use: ViewUse | None, actor: Actor) -> Seen:
    return Seen(
        view=view,
        is_own=view.owner_id == actor.account_id,
        is_default=use is not None and use.is_default,
        every_minutes=use.every_minutes if use else None,
        place=use.place if use else 0,
    )
