"""What every page needs of its operator: name, mark, accent colour, languages."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def look(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `operator` as the templates see it."""
    return {"operator": getattr(request, "operator", None)}
