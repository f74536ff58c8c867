from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "ligneclaire.domains.accounts"
    label = "accounts"
