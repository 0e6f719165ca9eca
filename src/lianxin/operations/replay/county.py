"""What simulated staff look up while they act: through the API, and kept for the next who asks the same."""

from dataclasses import dataclass, field

from lianxin.operations.simulation.scene import Scene
from lianxin.operations.simulation.story import Story
from lianxin.operations.simulation.view import View

from .client import Client

Ruling = tuple[str, tuple[str, ...]]


@dataclass
class RemoteCounty:
    """The county's lists as the API gives them; the rest as its people know it."""

    scene: Scene
    client: Client
    token: str
    _rulings: dict[tuple[str, str, str], Ruling] = field(default_factory=dict)

    def responsible(self, category: str, area: str, level: str) -> Ruling:
        """Ask the responsibility list."""
        spot = self.scene.spot(area)
        key = (category, spot.community or spot.street or area, level)
        if key not in self._rulings:
            found = self.client.get("/responsibility", token=self.token, category=category, area=key[1], level=level)
            lead = found["lead"]["code"] if found["lead"] else ""
            self._rulings[key] = (lead, tuple(unit["code"] for unit in found["assists"]))
        return self._rulings[key]

    def units(self, level: str, view: View) -> list[str]:
        """Return units that the level may dispatch to and that have people."""
        return self.scene.units(level, view)

    def evidence(self, category: str) -> tuple[str, ...]:
        """Return the photos that the standard may demand."""
        return self.scene.evidence(category)

    def category(self, view: View) -> str:
        """Return what somebody would file it as."""
        return self.scene.category(view)

    def somewhere(self, story: Story) -> str:
        """Return a grid that the words might mean."""
        return self.scene.somewhere(story)
