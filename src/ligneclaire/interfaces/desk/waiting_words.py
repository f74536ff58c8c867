"""What records that wait have in common, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ligneclaire.domains.usage.queries import Group

COLUMNS = {
    "source": gettext_lazy("source"),
    "id": gettext_lazy("number of the record"),
    "line": gettext_lazy("line"),
    "service": gettext_lazy("service"),
    "direction": gettext_lazy("direction"),
    "other": gettext_lazy("other party"),
    "start": gettext_lazy("start"),
    "quantity": gettext_lazy("quantity"),
    "visited": gettext_lazy("country visited"),
    "amount": gettext_lazy("amount"),
    "zone": gettext_lazy("time zone"),
}


def column(name: str) -> str:
    """A column of a usage file, with the name that files give it."""
    return _("%(words)s (%(name)s)") % {"words": COLUMNS[name], "name": name}


def subject(group: Group) -> str:
    """The value that all of a group have, else the file that they are of."""
    return group.alike.value or group.file or _("all deliveries")


def kind(group: Group) -> str:
    """What `subject` is: a line, a country, a file; of a file also the column at fault."""
    words = str(COLUMNS.get(group.alike.column, ""))
    if group.alike.value:
        return words
    return _("file, %(column)s") % {"column": words} if words else _("file")


def age(days: int) -> str:
    """For how long something waits."""
    return ngettext("%(n)d day", "%(n)d days", days) % {"n": days} if days else _("less than a day")
