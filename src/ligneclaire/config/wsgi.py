"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from ligneclaire.interfaces.jobs.start import tidy_seldom

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ligneclaire.config.settings")
application = get_wsgi_application()
# All pages are imported now, by one thread: the first requests come by many at once, and find half a module otherwise.
get_resolver().url_patterns  # noqa: B018
gc.freeze()  # what is imported stays: nobody looks for garbage in it again
tidy_seldom()
