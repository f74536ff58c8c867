from django.apps import AppConfig


class FleetConfig(AppConfig):
    name = "ligneclaire.interfaces.fleet"
    label = "fleet"
