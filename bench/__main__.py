"""`python -m bench NAME [--json] [--size small|full]`: run one bench and print its figures."""

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import cast

from bench.figures import Bench, as_json, as_table

HELPERS = {
    "importing",
    "people_table",
    "__init__",
    "__main__",
    "captured",
    "exporting",
    "counties",
    "fieldday",
    "figures",
    "following",
    "lives",
    "liveliness",
    "mapping",
    "searches",
    "sensing",
    "servers",
    "sessions",
    "speaking",
    "surveyed",
    "told",
    "usage",
    "handset",
    "serving",
}


def names() -> list[str]:
    """Return the benches there are: every other module of this folder."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in HELPERS)


def main(arguments: list[str]) -> int:
    """Run the bench; return 0 when every figure with an aim reaches it, else 1."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("name", choices=names())
    parser.add_argument("--size", choices=["small", "full"], default="small")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    given = parser.parse_args(arguments)
    bench = cast("Bench", importlib.import_module(f"bench.{given.name}"))
    figures = bench.run(given.size)
    if given.json:
        print(json.dumps(as_json(given.name, given.size, figures), ensure_ascii=False))
    else:
        print(as_table(figures))
    return 0 if all(figure.ok is not False for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
