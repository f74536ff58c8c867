from django.apps import AppConfig


class OperatorsConfig(AppConfig):
    name = "ligneclaire.domains.operators"
    label = "operators"
