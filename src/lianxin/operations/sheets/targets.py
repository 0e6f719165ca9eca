"""The tables of the roof, for the wizard."""

from lianxin.registry.imports.targets import registry

from .categories import CategoriesTarget
from .duties import DutiesTarget
from .staff import StaffTarget
from .standards import StandardsTarget


def register() -> None:
    """Let the wizard know them, in the order a new county brings them."""
    for one in (StaffTarget(), CategoriesTarget(), StandardsTarget(), DutiesTarget()):
        registry.register(one)
