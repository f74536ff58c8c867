from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "ligneclaire.interfaces.desk"
    label = "desk"
