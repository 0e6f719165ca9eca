"""People with their households and dwellings (人口表): the biggest tables there are."""

from lianxin.registry.imports.targets.people.target import PeopleTarget

__all__ = ["PeopleTarget"]
