"""What became of the records of a delivery, as parts of a bar."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from ligneclaire.domains.usage.queries import Fate
from ligneclaire.interfaces.charts import Piece
from ligneclaire.interfaces.templatetags.ligneclaire import number


def parts_of(fate: Fate) -> tuple[Piece, ...]:
    """One part for each end that records came to; together they are all records."""
    found = (
        (fate.rated, _("kept"), "month"),
        (fate.duplicates, _("known already"), "rest"),
        (fate.suspense, _("wait"), "once"),
        (fate.written_off, _("written off"), "outside-bundle"),
    )
    return tuple(Piece(Decimal(count), number(count), name, tone) for count, name, tone in found if count)
