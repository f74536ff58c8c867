from django.apps import AppConfig


class AccessConfig(AppConfig):
    name = "ligneclaire.domains.access"
    label = "access"
