"""The addresses of a customer's pages."""

from django.urls import path

from ligneclaire.interfaces.home import (
    choices,
    contact,
    internet,
    joining,
    leaving,
    limits,
    offers,
    registering,
    usage,
    views,
)

app_name = "home"
urlpatterns = [
    path("", views.first_page, name="first"),
    path("invoices/", views.invoices, name="invoices"),
    path("invoices/<str:public_id>/", views.invoice, name="invoice"),
    path("invoices/<str:public_id>/pdf", views.invoice_pdf_file, name="invoice-pdf"),
    path("invoices/<str:public_id>/lines/<int:position>/dispute", views.dispute, name="dispute"),
    path("requests/", views.requests, name="requests"),
    path("requests/<str:public_id>/", views.one_request, name="request"),
    path("offer/", offers.offer, name="offer"),
    path("offer/<str:public_id>/", offers.contract, name="contract"),
    path("usage/", usage.usage, name="usage"),
    path("usage/<str:public_id>/limits/", limits.line_limits, name="limits"),
    path("usage/<str:public_id>/<str:month>/", usage.usage, name="usage-month"),
    path("usage/<str:public_id>/<str:month>/records/", usage.records, name="records"),
    path("usage/<str:public_id>/<str:month>/records.csv", usage.records_file, name="records-file"),
    path("usage/<str:public_id>/<str:month>/records/<str:name>/", usage.record, name="record"),
    path("internet/", internet.internet, name="internet"),
    path("internet/<str:public_id>/<str:month>/", internet.internet, name="internet-month"),
    path("private/", usage.private_invoices, name="private"),
    path("choices/", choices.choices, name="choices"),
    path("contact/", contact.contact, name="contact"),
    path("contact/number", contact.new_number, name="contact-number"),
    path("contact/email/<str:token>/", contact.new_email, name="contact-email"),
    path("invitation/<str:token>/", joining.invitation, name="invitation"),
    path("register/", registering.number, name="register"),
    path("register/code", registering.code, name="register-code"),
    path("offer/<str:public_id>/leave", leaving.leave, name="leave"),
]
