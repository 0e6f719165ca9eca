"""What was collected belongs to people: it moves with a merge; an erasure leaves that something was, not of whom."""

from lianxin.registry.people.owning import Owned, owns

from .models import Collected

owns(Owned(Collected, "上门核实记录", "subject_id", {"subject": "person"}, erase="blank", blank={"subject_id": None}))
