"""Made-up households: who lives together, how old, how related, owners or tenants. Pure; drawn from a seed."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from . import generations

# What households there are, in hundreds: in town, in the country, among tenants.
_KINDS: tuple[tuple[str, int, int, int], ...] = (
    ("young_family", 26, 12, 26),
    ("couple", 12, 10, 24),
    ("elder_couple", 13, 24, 1),
    ("lone_elder", 7, 12, 1),
    ("single", 9, 4, 34),
    ("three_generations", 12, 16, 3),
    ("left_behind", 2, 10, 0),
    ("grown_children", 15, 10, 2),
    ("one_parent", 4, 2, 3),
    ("shared", 0, 0, 6),
)
_NAMES = [kind[0] for kind in _KINDS]
_SHARES: dict[str, list[int]] = {
    where: [int(kind[place]) for kind in _KINDS] for place, where in ((1, "town"), (2, "country"), (3, "let"))
}


@dataclass(slots=True)
class Member:
    """One person to be."""

    name: str
    sex: str
    born: date
    age: int
    relation: str


@dataclass(slots=True)
class Family:
    """People who live together, the head first."""

    kind: str
    members: list[Member]

    @property
    def is_collective(self) -> bool:
        """Whether they share rooms without being kin."""
        return self.kind == "shared"


class Families:
    """Draws one household after the other."""

    def __init__(self, rng: Random, today: date) -> None:
        self._rng, self._today = rng, today

    def draw(self, where: str) -> Family:
        """Return a household of the town, the country, or of tenants (`let`)."""
        kind = self._rng.choices(_NAMES, _SHARES[where])[0]
        members: list[Member] = getattr(self, f"_{kind}")()
        return Family(kind, members)

    def _member(self, relation: str, sex: str, age: int, surname: str) -> Member:
        rng = self._rng
        # Born some day of the year before the birthday that makes this age.
        born = self._today - timedelta(days=int(age * 365.25) + rng.randrange(365))
        return Member(surname + generations.given(rng, sex, born.year), sex, born, age, relation)

    def _head(self, low: int, high: int, men: float = 0.78) -> Member:
        rng = self._rng
        sex = "m" if rng.random() < men else "f"
        return self._member("head", sex, rng.randint(low, high), generations.surname(rng))

    def _spouse(self, head: Member) -> Member:
        sex = "f" if head.sex == "m" else "m"
        gap = self._rng.randint(-1, 5) * (1 if sex == "f" else -1)
        return self._member("spouse", sex, max(22, head.age - gap), generations.surname(self._rng))

    def _children(self, head: Member, spouse: Member | None, low: int, high: int, most: int) -> list[Member]:
        rng = self._rng
        father = head if head.sex == "m" or spouse is None else spouse
        count = 1 if most == 1 or rng.random() < 0.62 else 2
        youngest = min(head.age, spouse.age if spouse else head.age) - 21
        high = min(high, youngest)
        if high < low:
            return []
        ages = sorted((rng.randint(low, high) for _child in range(count)), reverse=True)
        return [self._member("child", rng.choice("fm"), age, father.name[0]) for age in ages]

    def _young_family(self) -> list[Member]:
        head = self._head(27, 45)
        spouse = self._spouse(head)
        return [head, spouse, *self._children(head, spouse, 0, 17, 2)]

    def _couple(self) -> list[Member]:
        head = self._head(25, 58)
        return [head, self._spouse(head)]

    def _elder_couple(self) -> list[Member]:
        head = self._head(60, 86, men=0.9)
        return [head, self._spouse(head)]

    def _lone_elder(self) -> list[Member]:
        return [self._head(63, 94, men=0.36)]

    def _single(self) -> list[Member]:
        return [self._head(20, 48, men=0.55)]

    def _three_generations(self) -> list[Member]:
        head = self._head(29, 46)
        spouse = self._spouse(head)
        elder = self._member("parent", "f", head.age + self._rng.randint(21, 32), generations.surname(self._rng))
        parents = [elder]
        if self._rng.random() < 0.6:
            parents.append(self._member("parent", "m", elder.age + self._rng.randint(0, 4), head.name[0]))
        return [head, spouse, *self._children(head, spouse, 0, 16, 2), *parents]

    def _left_behind(self) -> list[Member]:
        head = self._head(56, 74)
        child = self._member("grandchild", self._rng.choice("fm"), self._rng.randint(2, 14), head.name[0])
        return [head, self._spouse(head), child] if self._rng.random() < 0.7 else [head, child]

    def _grown_children(self) -> list[Member]:
        head = self._head(45, 63)
        spouse = self._spouse(head)
        return [head, spouse, *self._children(head, spouse, 18, 32, 1)]

    def _one_parent(self) -> list[Member]:
        head = self._head(28, 50, men=0.3)
        return [head, *self._children(head, None, 1, 20, 2)]

    def _shared(self) -> list[Member]:
        first = self._head(19, 40, men=0.6)
        others = [self._head(19, 40, men=0.6) for _mate in range(self._rng.randint(2, 4))]
        for each in others:
            each.relation = "other"
        return [first, *others]
