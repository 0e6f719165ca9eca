"""Every section of the pack, by room. One line a room."""

from . import cases as cases
from . import categories as categories
from . import me as me
from . import patrols as patrols
from . import places as places
