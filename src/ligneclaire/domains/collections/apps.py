from django.apps import AppConfig


class CollectionsConfig(AppConfig):
    name = "ligneclaire.domains.collections"
    label = "collections"
