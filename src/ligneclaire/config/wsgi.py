"""The WSGI application that granian serves."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ligneclaire.config.settings")
application = get_wsgi_application()
# All pages are imported now, by one thread: the first requests come by many at once, and find half a module otherwise.
get_resolver().url_patterns  # noqa: B018
gc.freeze()  # what is imported stays: nobody looks for garbage in it again
gc.set_threshold(50_000, 20, 100)  # a page makes tens of thousands of objects, and few of them in circles
