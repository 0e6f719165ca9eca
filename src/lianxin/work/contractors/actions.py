"""Everything that changes a link: the unit issues, revokes, confirms or sends back; the contractor tells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts import queries as accounts
from lianxin.foundation.accounts import rules as keys
from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import draft
from lianxin.foundation.notifications import actions as notifications
from lianxin.kernel.errors import Invalid, NotAllowed, Refused
from lianxin.kernel.files import actions as files
from lianxin.kernel.files.queries import labels_of
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean
from lianxin.work.cases import actions as cases
from lianxin.work.cases.asking import handling_post
from lianxin.work.cases.evidence import LABELS
from lianxin.work.cases.models import Assignment, Case
from lianxin.work.cases.words import AssignmentState

from .messages import DONE
from .models import Link, Word
from .queries import FILES, demanded

MOST_DAYS = 30
KEPT = timedelta(days=30)
MAX_NOTE = 2_000
MOST_WORDS = 60  # said through one link; a crew that tells more has another reason
LABEL = "施工方（链接）"
_HANDLES = "cases.handle"
CONTRACTOR = Actor(name=LABEL, kind="system", channel="link")


@dataclass(frozen=True, slots=True)
class Issued:
    """A new link with its token, which is kept nowhere."""

    link: Link
    token: str


@transaction.atomic
def issue(
    actor: Actor, *, assignment_id: int, crew: str, person: str, phone: str, task: str, days: int, at: datetime
) -> Issued:
    """Make a link for a part of one's own that is accepted. Raises NotAllowed, Invalid, Refused for a second one."""
    own = _own(actor, assignment_id)
    crew, person, task = clean(crew, 60), clean(person, 60), clean(task, MAX_NOTE)
    problems = {
        name: sentence
        for name, wrong, sentence in (
            ("crew", not crew, _("请写施工队或公司的名字。")),
            ("task", not task, _("请写要做什么，对方只看得到这几句。")),
            ("days", not 1 <= days <= MOST_DAYS, _("有效 1 到 {most} 天。").format(most=MOST_DAYS)),
        )
        if wrong
    }
    try:
        phone = keys.check_phone(phone)
    except Invalid as invalid:
        problems["phone"] = next(iter(invalid.fields.values()))
    if problems:
        raise Invalid(problems)
    _end_expired(own, at)
    if Link.objects.unfinished().filter(assignment=own).exists():
        raise Refused("linked_already", _("这一件已有在用的施工链接。要换人，先收回那一个。"))
    token = keys.new_key()
    link = Link.objects.create(
        token_hash=keys.key_hash(token), assignment=own, crew=crew, person=person or None, phone=phone, task=task,
        made_by_id=cast("int", actor.account_id), made_at=at, expires_at=at + timedelta(days=days),
    )  # fmt: skip
    told = _("交给施工方“{crew}”办（链接，{days} 天内有效）：{task}").format(crew=crew, days=days, task=task)
    cases.progress(actor, case=own.case, seen=None, at=at, note=told)
    _tell(actor, link, "issue", at, days=days)
    return Issued(link, token)


def _own(actor: Actor, assignment_id: int) -> Assignment:
    """Return an accepted assignment that the actor handles, its case locked as every act has it first."""
    found = Assignment.objects.select_related("case", "unit").filter(pk=assignment_id).first()
    if found is None or actor.account_id is None or handling_post(found, actor, _HANDLES) is None:
        raise NotAllowed("not_yours", _("这一件不在您单位手里。"))
    Case.objects.select_for_update().only("pk").get(pk=found.case_id)
    found.refresh_from_db(fields=["state"])
    if found.state != AssignmentState.ACCEPTED:
        raise Refused("not_accepted", _("签收以后、办完以前，才能交给施工方。"))
    return found


def _end_expired(own: Assignment, at: datetime) -> None:
    """Put an end to a link that ran out, so that another may take its place."""
    Link.objects.unfinished().filter(assignment=own, expires_at__lte=at).update(revoked_at=at)


@transaction.atomic
def revoke(actor: Actor, *, link: Link, at: datetime, note: str = "") -> Link:
    """Take a link back: it opens nothing from this instant. Who handles the part may, or who may manage accounts."""
    mine = handling_post(link.assignment, actor, _HANDLES) is not None
    if not mine and not actor.scope("accounts.manage").everywhere:
        raise NotAllowed("not_yours", _("这一件不在您单位手里。"))
    link = _locked(link)
    if link.revoked_at is not None or link.confirmed_at is not None:
        raise Refused("over", _("这个链接已经停用。"))
    link.revoked_at = at
    link.save(update_fields=["revoked_at"])
    _tell(actor, link, "revoke", at, note=clean(note, MAX_NOTE))
    return link


def opened(link: Link, *, at: datetime) -> None:
    """Remember when a link was first opened."""
    Link.objects.filter(pk=link.pk, opened_at=None).update(opened_at=at)


@transaction.atomic
def say(
    link: Link, *, kind: str, note: str, photos: Mapping[str, Sequence[UUID]], client_id: UUID, at: datetime
) -> Link:
    """Take what a contractor tells: that they take it on, how far they are, that it is done.

    `photos` are keys of uploads by label. The same `client_id` again changes nothing. Raises Refused once the link is
    over, Invalid for what is missing: done asks for the photos that are demanded.
    """
    given = clean(note, MAX_NOTE)
    keys_sent = sorted(str(key) for each in photos.values() for key in each)
    sent = fingerprint(link.pk, kind, given, keys_sent)
    if not claim(client_id, kind="contractor", action=kind, sent=sent, at=at, subject_id=link.pk).fresh:
        return Link.objects.get(pk=link.pk)
    Case.objects.select_for_update().only("pk").get(pk=link.assignment.case_id)  # always the case first
    link = _locked(link)
    if not link.is_live(at):
        raise Refused("over", _("这个链接已经停用，请联系派活的单位。"))
    _demand_order(link, kind, given, photos)
    for label, keys_of_label in photos.items():
        files.attach(keys_of_label, kind=FILES, subject_id=link.pk, at=at, label=label)
    if kind == Word.Kind.DONE:
        _demand_photos(link)
    _note(link, kind, given, sum(len(each) for each in photos.values()), at)
    cases.crew(
        CONTRACTOR, case=link.assignment.case, at=at, note=_said(kind, link, given), unit_id=link.assignment.unit_id
    )
    return link


def _demand_order(link: Link, kind: str, note: str, photos: Mapping[str, Sequence[UUID]]) -> None:
    if kind not in {Word.Kind.ACCEPT, Word.Kind.PROGRESS, Word.Kind.DONE}:
        raise Invalid({"kind": _("请选一项。")})
    if not set(photos) <= set(LABELS):
        raise Invalid({"photos": _("照片的说明不对，请重新选。")})
    if kind == Word.Kind.ACCEPT and link.accepted_at is not None:
        raise Refused("accepted_already", _("已经接下了。"))
    if kind != Word.Kind.ACCEPT and link.accepted_at is None:
        raise Refused("not_accepted", _("请先按“我来办”。"))
    if link.done_at is not None:
        raise Refused("done_already", _("已经报过办好，等单位确认。"))
    if kind == Word.Kind.PROGRESS and not note and not any(photos.values()):
        raise Invalid({"note": _("写一句，或拍张照片。")})
    if link.words.count() >= MOST_WORDS:
        raise Refused("too_many", _("说得够多了，请直接给派活的单位打电话。"))


def _demand_photos(link: Link) -> None:
    there = labels_of(FILES, link.pk) | labels_of("case", link.assignment.case_id)
    lacking = [str(LABELS[label]) for label in demanded(link.assignment.case) if label not in there]
    if lacking:
        raise Invalid({"photos": _("还缺{names}，拍了再报办好。").format(names="、".join(lacking))})


def _note(link: Link, kind: str, note: str, photos: int, at: datetime) -> None:
    Word.objects.create(link=link, kind=kind, note=note, photos=photos, at=at)
    if kind == Word.Kind.ACCEPT:
        link.accepted_at = at
    elif kind == Word.Kind.DONE:
        link.done_at = at
        _tell_unit(link, at)
    link.save(update_fields=["accepted_at", "done_at"])
    _tell(CONTRACTOR, link, kind, at, note=note, photos=photos)


def _said(kind: str, link: Link, note: str) -> str:
    words = {Word.Kind.ACCEPT: _("接下了"), Word.Kind.PROGRESS: _("进度"), Word.Kind.DONE: _("说办好了，等单位确认")}
    return "：".join(filter(None, (f"{link.crew} {words[Word.Kind(kind)]}", note)))


def _tell_unit(link: Link, at: datetime) -> None:
    given, case = link.assignment, link.assignment.case
    able = accounts.holders(_HANDLES, unit_id=given.unit_id, at=at) if given.unit_id is not None else []
    notifications.notify(
        {*able, link.made_by_id}, kind=DONE.code, title=DONE.title.replace("{tail}", f"…{case.number[-6:]}"),
        body=DONE.body, link=f"/console/command/links/{link.key}/", at=at,
    )  # fmt: skip


@transaction.atomic
def confirm(actor: Actor, *, link: Link, seen: int | None, note: str, at: datetime) -> Link:
    """Agree that it is done: the photos become the case's evidence, and the unit's part is handled with them.

    All or nothing: what `handle` refuses leaves the photos where they are.
    """
    _own(actor, link.assignment_id)
    link = _locked(link)
    if link.done_at is None or link.revoked_at is not None or link.confirmed_at is not None:
        raise Refused("not_done", _("施工方还没有报办好。"))
    case = Case.objects.select_related("standard").get(pk=link.assignment.case_id)
    files.pass_on(FILES, link.pk, to_kind="case", to_subject_id=case.pk, at=at)
    cases.handle(actor, case=case, seen=seen, at=at, note=note)
    link.confirmed_at = at
    link.save(update_fields=["confirmed_at"])
    _tell(actor, link, "confirm", at, note=clean(note, MAX_NOTE))
    return link


@transaction.atomic
def send_back(actor: Actor, *, link: Link, note: str, at: datetime) -> Link:
    """Let the contractor do it again, with a word on what is wrong; the link goes on as long as it runs."""
    _own(actor, link.assignment_id)
    link = _locked(link)
    if link.done_at is None or not link.is_live(at):
        raise Refused("not_done", _("施工方还没有报办好，或链接已经停用。"))
    said = clean(note, MAX_NOTE)
    if not said:
        raise Invalid({"note": _("请写明哪里还没办好。")})
    link.done_at = None
    link.save(update_fields=["done_at"])
    Word.objects.create(link=link, kind=Word.Kind.BACK, note=said, at=at)
    _tell(actor, link, "back", at, note=said)
    return link


def forget(*, at: datetime, limit: int = 200) -> int:
    """Erase name and phone of links that have been over long enough, with photos that nobody confirmed."""
    with transaction.atomic():
        old = Link.objects.select_for_update(skip_locked=True).filter(erased_at=None, expires_at__lt=at - KEPT)
        gone = list(old.order_by("pk")[:limit])
        files.remove_of(FILES, [link.pk for link in gone])
        Link.objects.filter(pk__in=[link.pk for link in gone]).update(person=None, phone=None, erased_at=at)
    return len(gone)


def _locked(link: Link) -> Link:
    found = Link.objects.select_for_update(of=("self",)).select_related("assignment__case", "assignment__unit")
    return found.get(pk=link.pk)


def _tell(actor: Actor, link: Link, action: str, at: datetime, *, note: str = "", **facts: object) -> None:
    """Write the journal; never the person, the phone or the token."""
    told = {"assignment": link.assignment_id, "case": link.assignment.case_id, "crew": link.crew, **facts}
    append([draft(actor, "contractor", link.pk, action, at=at, note=note, after=told)])
