"""ASGI entry for granian: the live streams, and nothing else."""

import os

from lianxin.operations.supervisor.process import die_when_supervised

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.operations.settings")
die_when_supervised()

from lianxin.faces.live.asgi import application  # noqa: E402 - settings first

__all__ = ["application"]
