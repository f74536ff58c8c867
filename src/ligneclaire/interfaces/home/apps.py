from django.apps import AppConfig


class HomeConfig(AppConfig):
    name = "ligneclaire.interfaces.home"
    label = "home"
