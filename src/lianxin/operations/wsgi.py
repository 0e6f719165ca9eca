"""WSGI entry for granian: console, resident pages and API."""

import gc
import os

from lianxin.operations.supervisor.process import die_when_supervised

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.operations.settings")
die_when_supervised()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - a worker is told to stop before it is loaded, too

# A worker keeps maps, catalogues and a classifier in memory: looking through all of it for rings of garbage takes
# some 60 ms, and Python would do so every few hundred acts. Requests leave few rings; they are found in time.
gc.set_threshold(2_000, 15, 25)

application = get_wsgi_application()
