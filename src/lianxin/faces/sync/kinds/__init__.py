"""Every kind of record, by room. One line a room."""

from . import cases as cases
from . import collecting as collecting
from . import components as components
from . import disclosure as disclosure
from . import months as months
from . import patrols as patrols
from . import visits as visits
