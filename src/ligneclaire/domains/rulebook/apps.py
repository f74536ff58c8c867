from django.apps import AppConfig


class RulebookConfig(AppConfig):
    name = "ligneclaire.domains.rulebook"
    label = "rulebook"
