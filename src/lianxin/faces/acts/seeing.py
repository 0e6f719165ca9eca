"""Who sees a case from inside, who only as its reporter does; and who sees a file, by what it belongs to."""

from collections.abc import Callable

from lianxin.foundation.accounts.actor import Actor
from lianxin.kernel.errors import NotAllowed
from lianxin.kernel.files.models import StoredFile
from lianxin.registry.components.models import Component
from lianxin.work.cases.models import Case

# Papers, minutes and receipts may name people; the rest of a case's files shows the place.
INNER_LABELS = frozenset({"document", "record", "receipt"})


def is_inside(actor: Actor, case: Case) -> bool:
    """Tell whether a post lets the actor see the case itself, not only its public trace."""
    units = {*case.party_unit_ids, case.lead_unit_id} - {None}
    return actor.may("cases.view", case) or any(actor.may("cases.view", unit_id=unit) for unit in units)


def demand_inside(actor: Actor, case: Case) -> None:
    """Raise NotAllowed for a reporter who asks for more than the public trace."""
    if not is_inside(actor, case):
        raise NotAllowed("inside", "这里是办理人员看的。您反映的事请在“我反映的”里看进度。")


Sees = Callable[[Actor, StoredFile], bool]
_sees: dict[str, Sees] = {}


def shows_files_of(kind: str) -> Callable[[Sees], Sees]:
    """Let a function tell who may see the files of a kind of subject (`subject_kind`). Without one nobody may."""

    def register(sees: Sees) -> Sees:
        _sees[kind] = sees
        return sees

    return register


def may_see_file(actor: Actor, file: StoredFile) -> bool:
    """Tell whether the actor may see a file that belongs to something."""
    sees = _sees.get(file.subject_kind)
    return sees is not None and sees(actor, file)


@shows_files_of("case")
def _of_case(actor: Actor, file: StoredFile) -> bool:
    case = Case.objects.visible_to(actor).filter(pk=file.subject_id or 0).first()
    return case is not None and (file.label not in INNER_LABELS or is_inside(actor, case))


@shows_files_of("component")
def _of_component(actor: Actor, file: StoredFile) -> bool:
    return Component.objects.visible_to(actor).filter(pk=file.subject_id or 0).exists()
