"""The addresses of signing in and out. allauth's other pages are not opened: who has no password calls."""

from allauth.account import views
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path


def not_open(request: HttpRequest) -> HttpResponse:
    """An address that allauth wants to know by name, and that we do not serve."""
    raise Http404


urlpatterns = [
    path("", views.login, name="account_login"),
    path("out", views.logout, name="account_logout"),
    path("new", not_open, name="account_signup"),
    path("closed", not_open, name="account_inactive"),
]
