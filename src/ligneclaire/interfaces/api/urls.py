"""The machine API: OpenAPI at /api/openapi.json, every address below /api/."""

from __future__ import annotations

from django.urls import path
from ninja import NinjaAPI

from ligneclaire.interfaces.api import decisions, invoices, usage

api = NinjaAPI(title="Ligne Claire", version="1", docs_url=None, urls_namespace="api")
api.add_router("/decisions", decisions.router)
api.add_router("/invoices", invoices.router)
api.add_router("/usage", usage.router)

urlpatterns = [path("", api.urls)]
