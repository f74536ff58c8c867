from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "ligneclaire.domains.customers"
    label = "customers"
