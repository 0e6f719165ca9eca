"""Made-up counties of any number of cases, made once and cloned for each run."""

from functools import partial

from bench.servers import Template, manage


def county(cases: int) -> Template:
    """Return a Tongcheng with its staff and so many cases: none, or a month made by acts and years of its copies."""
    made_by = "staff" if not cases else "month"
    made = Template(
        f"county_{made_by}",
        lambda address: manage(address, "demo_data", "--profile", "tongcheng", "--seed", "1", "--scale", made_by),
        version="seed1",
    )
    if not cases:
        return made
    return Template(f"county_{cases}", partial(_grow, cases=cases), version=f"seed1-copies2-{cases}", base=made)


def _grow(address: str, *, cases: int) -> None:
    manage(address, "grow_demo", "--cases", str(cases))


def peopled(people: int) -> Template:
    """Return a Tongcheng with its staff and so many people in their houses, and no case."""
    seed = partial(_people, people=people)
    return Template(f"peopled_{people}", seed, version=f"seed1-people1-{people}", base=county(0))


def _people(address: str, *, people: int) -> None:
    manage(address, "grow_population", "--people", str(people), "--seed", "1")
