from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "ligneclaire.domains.ledger"
    label = "ledger"
