"""Which areas hold the ground of a scope: what is told to a street reaches whoever looks after one of its grids."""

from lianxin.foundation.accounts.actor import Scope
from lianxin.foundation.areas.queries import node


def around(scope: Scope) -> list[int]:
    """Return the areas that hold any of the scope's own; those in it are found by their hot levels."""
    own = scope.street_ids | scope.community_ids | scope.grid_ids
    nodes = [found for pk in own if (found := node(pk)) is not None]
    return sorted({pk for found in nodes for pk in found.path_ids})
