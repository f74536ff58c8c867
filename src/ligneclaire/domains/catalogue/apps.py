from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    name = "ligneclaire.domains.catalogue"
    label = "catalogue"
