"""Who may see and hear what belongs to notices, stations, hazards, check-ins and visits."""

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.files.models import StoredFile
from lianxin.work.contractors.models import Link
from lianxin.work.contractors.queries import FILES as CONTRACTORS
from lianxin.work.disclosure.models import Notice, Receipt, State
from lianxin.work.patrols import actions as patrols
from lianxin.work.patrols.models import CheckIn, Hazard, Round
from lianxin.work.stations.models import Station
from lianxin.work.visits.actions import SUBJECT as VISITS
from lianxin.work.visits.models import Visit

from .seeing import shows_files_of


@shows_files_of("notice")
def notice_files(actor: Actor, file: StoredFile) -> bool:
    """Everybody those of a public notice that is out; else whom it was meant for, and who keeps it."""
    notice = Notice.objects.filter(pk=file.subject_id or 0).first()
    if notice is None:
        return False
    if notice.state == State.PUBLISHED and notice.to_public:
        return True
    is_meant = notice.state == State.PUBLISHED and Receipt.objects.filter(
        notice=notice, account_id=actor.account_id or 0
    ).exists()  # fmt: skip
    return is_meant or Notice.objects.visible_to(actor).filter(pk=notice.pk).exists()


@shows_files_of("station")
def station_files(actor: Actor, file: StoredFile) -> bool:
    """Everybody those of a station that stands; else who keeps it."""
    standing = Station.objects.standing().filter(pk=file.subject_id or 0)
    return standing.exists() or Station.objects.visible_to(actor).filter(pk=file.subject_id or 0).exists()


@shows_files_of(patrols.HAZARD_FILES)
def hazard_files(actor: Actor, file: StoredFile) -> bool:
    """Who sees the hazard."""
    return Hazard.objects.visible_to(actor).filter(pk=file.subject_id or 0).exists()


@shows_files_of(patrols.CHECKIN_FILES)
def checkin_files(actor: Actor, file: StoredFile) -> bool:
    """Who sees the round."""
    rounds = Round.objects.visible_to(actor).values("pk")
    return CheckIn.objects.filter(pk=file.subject_id or 0, round__in=rounds).exists()


@shows_files_of(VISITS)
def visit_files(actor: Actor, file: StoredFile) -> bool:
    """Who reads the diary there."""
    return Visit.objects.visible_to(actor).filter(pk=file.subject_id or 0).exists()


@shows_files_of(CONTRACTORS)
def contractor_files(actor: Actor, file: StoredFile) -> bool:
    """Who sees the case the contractor works on; the contractor has an address of their own."""
    return Link.objects.visible_to(actor).filter(pk=file.subject_id or 0).exists()
