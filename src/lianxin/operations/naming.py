"""Which static files carry a hash of their content in their names."""

import re

_NAMED_BY_CONTENT = re.compile(r"\.[0-9a-f]{12}\.\w+$|/worker/.+-[\w-]{8}\.\w+$")


def is_immutable(_path: str, url: str) -> bool:
    """Tell whether a file's name changes with its content, so that browsers may keep it for ever."""
    return _NAMED_BY_CONTENT.search(url) is not None
