from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "ligneclaire.domains.contracts"
    label = "contracts"
