from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "ligneclaire.domains.usage"
    label = "usage"
