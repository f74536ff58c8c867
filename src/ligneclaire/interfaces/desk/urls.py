"""The addresses of the operator's desk."""

from django.urls import path

from ligneclaire.interfaces.desk.views import contracts, customers, documents, network, policies, runs, today, usage

app_name = "desk"
urlpatterns = [
    path("", today.today, name="today"),
    path("customers/", customers.find, name="customers"),
    path("customers/<str:public_id>/", customers.customer, name="customer"),
    path("customers/<str:public_id>/people/<str:person>/activate", customers.activate, name="activate"),
    path("accounts/<str:public_id>/payment", customers.payment, name="payment"),
    path("contracts/<str:public_id>/", contracts.contract, name="contract"),
    path("contracts/<str:public_id>/kit", contracts.kit, name="kit"),
    path("contracts/<str:public_id>/add-option", contracts.add_option, name="add-option"),
    path("contracts/<str:public_id>/remove-option", contracts.remove_option, name="remove-option"),
    path("contracts/<str:public_id>/end", contracts.end, name="end"),
    path("invoices/<str:public_id>/", documents.invoice, name="invoice"),
    path("invoices/<str:public_id>/pdf", documents.invoice_pdf_file, name="invoice-pdf"),
    path("invoices/<str:public_id>/credit", documents.credit, name="credit"),
    path("promises/<str:public_id>/", documents.promise, name="promise"),
    path("runs/", runs.runs, name="runs"),
    path("runs/<str:public_id>/", runs.run, name="run"),
    path("runs/<str:public_id>/release", runs.release, name="release"),
    path("runs/<str:public_id>/redraft", runs.redraft, name="redraft"),
    path("runs/<str:public_id>/go-on", runs.go_on, name="go-on"),
    path("runs/<str:public_id>/discard", runs.discard, name="discard"),
    path("runs/<str:public_id>/drafts/", runs.drafts, name="drafts"),
    path("runs/<str:public_id>/drafts/<str:account>/", runs.draft, name="draft"),
    path("policies/", policies.policies, name="policies"),
    path("policies/<str:key>/", policies.policy, name="policy"),
    path("policies/<str:key>/try", policies.try_policy, name="policy-try"),
    path("policies/<str:key>/publish", policies.publish, name="policy-publish"),
    path("network/", network.network, name="network"),
    path("network/retry", network.retry, name="retry"),
    path("network/write-off", network.write_off, name="write-off"),
    path("network/deliveries/<str:public_id>/", network.delivery, name="delivery"),
    path("network/suspended/<str:public_id>/", network.suspended, name="suspended"),
    path("network/suspended/<str:public_id>/mend", network.mend, name="mend"),
    path("lines/<str:line>/usage/<str:month>/", usage.usage, name="usage"),
    path("lines/<str:line>/usage/<str:month>/<str:name>/", usage.record, name="record"),
]
