"""What happened to a contract, as stations on its wire."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ligneclaire.interfaces.templatetags.ligneclaire import Station
from ligneclaire.journeys.desk_contracts import Happened

NAMES = {
    "signed": gettext_lazy("Signed"),
    "kit-received": gettext_lazy("Equipment received"),
    "connected": gettext_lazy("First connection"),
    "installed": gettext_lazy("Installed"),
    "service-started": gettext_lazy("Service started"),
    "start-corrected": gettext_lazy("Start of service corrected"),
    "start-kept": gettext_lazy("Earlier connection found, start kept as invoiced"),
    "start-held": gettext_lazy("Delay on our side"),
    "item-added": gettext_lazy("Option added"),
    "item-ended": gettext_lazy("Option removed"),
    "offer-changed": gettext_lazy("Offer changed"),
    "discount-added": gettext_lazy("Discount granted"),
    "terminated": gettext_lazy("Termination received"),
    "split-offered": gettext_lazy("Split bill offered"),
    "split-accepted": gettext_lazy("Split bill accepted"),
    "split-ended": gettext_lazy("Split bill ended"),
}

# How a termination came in (CON-05).
CHANNELS = {
    "online": gettext_lazy("the customer area"),
    "form": gettext_lazy("the termination form"),
    "registered-letter": gettext_lazy("a registered letter"),
    "letter": gettext_lazy("an e-mail or a letter"),
    "telephone": gettext_lazy("telephone"),
}
AT_THE_DESK = ("form", "registered-letter", "letter", "telephone", "online")


def station(one: Happened) -> Station:
    """An event as a station: what, on which day, by whom and on what proof."""
    came = _("came in by %(channel)s") % {"channel": CHANNELS[one.channel]} if one.channel in CHANNELS else ""
    who = _("by %(who)s") % {"who": one.who} if one.who else ""
    said = [one.product, one.source, came, f"“{one.words}”" if one.words else "", who]
    return Station(str(NAMES.get(one.kind, one.kind)), "done", one.on, ", ".join(part for part in said if part))
