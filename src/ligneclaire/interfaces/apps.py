from django.apps import AppConfig


class InterfacesConfig(AppConfig):
    name = "ligneclaire.interfaces"
    label = "interfaces"
