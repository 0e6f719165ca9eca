"""Everything that writes about people: `from lianxin.registry.people import actions as people`."""

from .contacts import add_contact, remove_contact
from .erasing import erase_person
from .households import change_head, form_household, join_household, leave_household, split_household
from .merging import Parted, merge, unmerge
from .moving import move_in, move_out, receive_person
from .registering import (
    AlreadyRegistered,
    amend_person,
    confirm_person,
    end_person,
    holder_of,
    register_person,
    restore_person,
)

__all__ = [
    "AlreadyRegistered",
    "Parted",
    "add_contact",
    "amend_person",
    "change_head",
    "confirm_person",
    "end_person",
    "erase_person",
    "form_household",
    "holder_of",
    "join_household",
    "leave_household",
    "merge",
    "move_in",
    "move_out",
    "receive_person",
    "register_person",
    "remove_contact",
    "restore_person",
    "split_household",
    "unmerge",
]
