from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "ligneclaire.domains.billing"
    label = "billing"
