"""Residents' teams (居民巡逻队): made by who plans, joined by a code, left at any time."""

import secrets
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.text import clean
from lianxin.work.patrols.models import Member, Plan, Team
from lianxin.work.patrols.models.lying import put

from .common import PLAN, area_of, locked, standing, tell
from .planning import end_plan

SUBJECT = "patrol_team"
_SIGNS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def _code() -> str:
    return "".join(secrets.choice(_SIGNS) for _place in range(8))


@transaction.atomic
def add_team(actor: Actor, *, key: UUID, name: str, area_id: int, at: datetime, about: str = "") -> Team:
    """Found a team in a community or grid. The same `key` is the same team."""
    area = area_of(area_id)
    demand(actor, "patrols.plan", PLAN, area)
    if area.community_id is None:
        raise Invalid({"area": _("巡逻队要在一个社区里，请选社区或网格。")})
    if len(clean(name, 60)) < 2:
        raise Invalid({"name": _("请给巡逻队起个名字。")})
    sent = fingerprint(name, area_id)
    claimed = claim(key, kind=SUBJECT, action="add", sent=sent, at=at, sequence="patrol_team_id_seq")
    if not claimed.fresh:
        return Team.objects.get(pk=claimed.subject_id)
    team = Team(
        pk=claimed.subject_id, key=key, name=clean(name, 60), about=clean(about, 300), code=_code(), made_at=at
    )  # fmt: skip
    put(team, area)
    team.save(force_insert=True)
    tell(actor, SUBJECT, team, "add", at=at)
    return team


@transaction.atomic
def amend_team(
    actor: Actor, *, team: Team, name: str, at: datetime, about: str = "", seen: int | None = None
) -> Team:  # fmt: skip
    """Change name and what the team does."""
    found = locked(actor, team, "patrols.plan", PLAN, seen=seen)
    standing(found)
    if len(clean(name, 60)) < 2:
        raise Invalid({"name": _("请给巡逻队起个名字。")})
    found.name, found.about = clean(name, 60), clean(about, 300)
    found.version += 1
    found.save(update_fields=["name", "about", "version"])
    tell(actor, SUBJECT, found, "amend", at=at)
    return found


@transaction.atomic
def renew_code(actor: Actor, *, team: Team, at: datetime) -> Team:
    """Make another code; who has the old one cannot join any more, who has joined stays."""
    found = locked(actor, team, "patrols.plan", PLAN)
    standing(found)
    found.code = _code()
    found.version += 1
    found.save(update_fields=["code", "version"])
    tell(actor, SUBJECT, found, "code", at=at)
    return found


@transaction.atomic
def end_team(actor: Actor, *, team: Team, at: datetime) -> Team:
    """Dissolve a team; its plans end, its members have left."""
    found = locked(actor, team, "patrols.plan", PLAN)
    standing(found)
    for plan in Plan.objects.filter(team=found, ended_at=None).order_by("pk"):
        end_plan(actor, plan=plan, at=at)
    found.members.filter(left_at=None).update(left_at=at)
    found.valid_to = at
    found.version += 1
    found.save(update_fields=["valid_to", "version"])
    tell(actor, SUBJECT, found, "end", at=at)
    return found


@transaction.atomic
def join(actor: Actor, *, code: str, at: datetime) -> Team:
    """Join a team by its code; again changes nothing. Raises NotFound, NotAllowed without an account."""
    if actor.account_id is None:
        raise NotAllowed("signed_in", _("请先登录。"))
    wanted = clean(code, 20).upper().replace(" ", "").replace("-", "")
    team = Team.objects.select_for_update().filter(code=wanted, valid_to=None).first()
    if team is None:
        raise NotFound(_("没有这个邀请码，可能写错了或已经换过。请问社区要新的。"))
    try:
        with transaction.atomic():
            Member.objects.create(team=team, account_id=actor.account_id, joined_at=at)
    except IntegrityError:  # a member already
        return team
    tell(actor, SUBJECT, team, "join", at=at)
    return team


@transaction.atomic
def leave(actor: Actor, *, team_key: UUID, at: datetime) -> None:
    """Leave a team; who is no member has left already."""
    mine = Member.objects.filter(team__key=team_key, account_id=actor.account_id or 0, left_at=None)
    team = Team.objects.select_for_update().filter(key=team_key).first()
    if team is not None and mine.update(left_at=at):
        tell(actor, SUBJECT, team, "leave", at=at)
