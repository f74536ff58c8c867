from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "ligneclaire.domains.audit"
    label = "audit"
