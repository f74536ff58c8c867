"""Lines by what the network calls them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ligneclaire.domains.lines.models import Line


def lines_by_identifier(operator_id: int, identifiers: Iterable[str]) -> Mapping[str, int]:
    """The ids of the lines that the network reports under these names. For intake jobs: it sees the whole operator."""
    found = Line.objects.filter(operator_id=operator_id, identifier__in=list(identifiers))
    return dict(found.values_list("identifier", "id"))
