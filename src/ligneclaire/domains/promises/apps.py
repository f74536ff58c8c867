from django.apps import AppConfig


class PromisesConfig(AppConfig):
    name = "ligneclaire.domains.promises"
    label = "promises"
