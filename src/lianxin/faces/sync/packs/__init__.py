"""Every section of the pack, by room. One line a room."""

from . import cases as cases
from . import categories as categories
from . import collecting as collecting
from . import components as components
from . import disclosure as disclosure
from . import me as me
from . import months as months
from . import patrols as patrols
from . import places as places
from . import visits as visits
