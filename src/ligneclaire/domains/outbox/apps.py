from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "ligneclaire.domains.outbox"
    label = "outbox"
