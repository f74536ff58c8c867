from django.apps import AppConfig


class LinesConfig(AppConfig):
    name = "ligneclaire.domains.lines"
    label = "lines"
