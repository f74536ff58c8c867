"""The addresses of a manager's pages."""

from django.urls import path

from ligneclaire.interfaces.fleet import limits, people, portal, usage, views

app_name = "fleet"
urlpatterns = [
    path("", views.fleet, name="fleet"),
    path("enter", portal.enter, name="enter"),
    path("leave", portal.leave, name="leave"),
    path("cost-centres/", views.cost_centres, name="cost-centres"),
    path("cost-centres.csv", views.cost_centres_csv, name="cost-centres-csv"),
    path("lines/<str:public_id>/", views.line, name="line"),
    path("lines/<str:public_id>/usage/", usage.usage, name="usage"),
    path("lines/<str:public_id>/usage.csv", usage.usage_file, name="usage-file"),
    path("lines/<str:public_id>/limits", limits.line_limits, name="limits"),
    path("lines/<str:public_id>/invite", people.invite, name="invite"),
    path("lines/<str:public_id>/invite-again", people.invite_again, name="invite-again"),
    path("invoices/", views.invoices, name="invoices"),
    path("invoices/<str:public_id>.csv", views.invoice_csv, name="invoice-csv"),
]
