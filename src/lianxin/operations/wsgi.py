"""WSGI entry for granian: console, resident pages and API."""

import os

from lianxin.operations.supervisor.process import die_when_supervised

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.operations.settings")
die_when_supervised()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - a worker is told to stop before it is loaded, too

application = get_wsgi_application()
