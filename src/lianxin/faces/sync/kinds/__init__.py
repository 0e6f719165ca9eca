"""Every kind of record, by room. One line a room."""

from . import cases as cases
from . import patrols as patrols
