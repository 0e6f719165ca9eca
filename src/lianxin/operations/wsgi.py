"""WSGI entry for granian: console, resident pages and API."""

import os

from django.core.wsgi import get_wsgi_application

from lianxin.operations.supervisor.process import die_when_supervised

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.operations.settings")
die_when_supervised()

application = get_wsgi_application()
