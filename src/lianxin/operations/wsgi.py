"""WSGI entry for granian: console, resident pages and API."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.operations.settings")

application = get_wsgi_application()
