"""A case is a reason to look at sealed numbers of people, for who sees the case."""

from lianxin.foundation.accounts.actor import Actor
from lianxin.registry.people.looks import sees_case

from .models import Case


@sees_case
def sees(actor: Actor, number: str) -> bool:
    """Tell whether the actor sees the case with this number."""
    return Case.objects.visible_to(actor).filter(number=number).exists()
