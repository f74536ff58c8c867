from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "ligneclaire.domains.payments"
    label = "payments"
