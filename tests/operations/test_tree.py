"""No file of the tree says where packages come from: machines differ, and lock files have hashes."""

import pytest

from lianxin.operations.launch import tree

# Put together here, or this file would say so itself.
SOMEWHERE = "https" + "://packages.example/simple"
INDEX = "index" + "-url"


@pytest.mark.parametrize(
    "line", [f"--{INDEX} {{}}", f"--extra-{INDEX}={{}}", "registry={}", '"resolved": "{}",', f'{INDEX} = "{{}}"']
)
def test_an_address_of_packages_is_found(line: str) -> None:
    assert tree.ADDRESS.search(line.format(SOMEWHERE))


@pytest.mark.parametrize("line", ['"url": "{}"', "see {}", "# the registry of fields: {}"])
def test_other_addresses_are_let_through(line: str) -> None:
    assert not tree.ADDRESS.search(line.format(SOMEWHERE))
