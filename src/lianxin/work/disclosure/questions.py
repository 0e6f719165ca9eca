"""Questions back (提问): a reader asks about a notice, its publisher answers the asker or everybody."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lianxin.foundation.accounts.actor import Actor
from lianxin.foundation.areas.acting import demand, draft
from lianxin.foundation.areas.queries import node
from lianxin.kernel.errors import Invalid, NotAllowed, NotFound, Refused
from lianxin.kernel.idempotency.claims import claim, fingerprint
from lianxin.kernel.journal.writing import append
from lianxin.kernel.text import clean, looks_personal
from lianxin.kernel.worktime.queries import calendar

from . import rules
from .models import Notice, Question, Receipt

SUBJECT = "notice_question"
RECEIPTS = "disclosure.receipts"


@transaction.atomic
def ask(
    actor: Actor, *, key: UUID, notice_key: UUID, words: str, at: datetime, made_at: datetime | None = None
) -> Question:
    """Ask about a notice that is out, with a name only the publisher may see. The same `key` is the same question.

    Raises NotFound for a notice the actor cannot read, Invalid, Refused once the notice is over or withdrawn.
    """
    told = clean(words, rules.MOST_QUESTION)
    made = claim(
        key, kind=SUBJECT, action="ask", sent=fingerprint(actor.account_id, notice_key, told), at=at,
        sequence="notice_question_id_seq",
    )  # fmt: skip
    if not made.fresh:
        return Question.objects.get(pk=made.subject_id)
    if actor.account_id is None:
        raise NotAllowed("sign_in", _("提问要先登录，答复才送得到您手里。"))
    notice = Notice.objects.filter(key=notice_key).first()
    receipt = Receipt.objects.filter(notice=notice, account_id=actor.account_id).first() if notice else None
    if notice is None or not (notice.to_public or receipt):
        raise NotFound(_("没有这份通知，或不是发给您的。"))
    if not rules.is_out(notice, at):
        raise Refused("notice_over", _("这份通知已经撤回或过期。有别的事请直接反映。"))
    if len(told) < 4:
        raise Invalid({"words": _("请写清想问什么，四个字以上。")})
    question = Question.objects.create(
        pk=made.subject_id, key=key, notice=notice, asked_by_id=actor.account_id,
        post=receipt.post if receipt else "", words=told, asked_at=min(made_at or at, at),
        due_at=calendar().after(at, rules.ANSWER_WITHIN.counted),
    )  # fmt: skip
    append([draft(actor, SUBJECT, question.pk, "ask", at=at, version=1)])
    return question


@transaction.atomic
def answer(
    actor: Actor, *, question: Question, words: str, at: datetime, to_all: bool = False, public_words: str = ""
) -> Question:
    """Answer a question: to the asker, or to all as part of the notice, asked in `public_words` by nobody.

    Raises NotFound, NotAllowed, Invalid, Refused for one that is answered.
    """
    found = Question.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=question.pk).first()
    if found is None:
        raise NotFound(_("没有这个提问，或不由您答复。"))
    _demand(actor, found.notice)
    if found.answered_at is not None:
        raise Refused("answered", _("这个提问已经有人答复了。"))
    told, asked = clean(words, rules.MOST_ANSWER), clean(public_words, 300) or found.words[:300]
    faults = {}
    if len(told) < 2:
        faults["answer"] = _("请写答复。")
    if to_all and looks_personal(asked + told):
        faults["public_words"] = _("公开的问和答里像是有电话或证件号，请去掉。")
    if faults:
        raise Invalid(faults)
    found.answer, found.answered_at, found.answered_by_id = told, at, actor.account_id
    found.is_public, found.public_words = to_all, asked if to_all else ""
    found.save()
    append([draft(actor, SUBJECT, found.pk, "answer", at=at, version=2, after={"public": to_all})])
    return found


def _demand(actor: Actor, notice: Notice) -> None:
    if notice.unit_id is not None and notice.unit_id in actor.scope(RECEIPTS).unit_ids:
        return
    demand(actor, RECEIPTS, _("答复提问"), node(notice.area_id))
