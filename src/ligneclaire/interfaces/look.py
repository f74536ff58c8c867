"""What every page needs of its operator: name, mark, accent colour, languages; and who is reading."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import phonenumbers
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from ligneclaire.domains.customers.queries import person_of
from ligneclaire.interfaces import colours
from ligneclaire.journeys import fleet_portal

ACCENT = "#17567f"
LANGUAGES = {"fr": "français", "nl": "Nederlands", "en": "English"}


def look(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `operator`, its `brand`, the `languages` it speaks, the `reader`'s name, and whether that
    reader `manages` a company's lines."""
    operator = getattr(request, "operator", None)
    if operator is None:
        return {"operator": None, "brand": brand({}), "languages": []}
    return {
        "operator": operator,
        "brand": brand(operator.look),
        "languages": [(code, LANGUAGES[code]) for code in operator.languages if code in LANGUAGES],
        "tagline": (operator.texts.get(translation.get_language() or "") or {}).get("tagline", ""),
        "contacts": contacts(operator.profile, operator.country),
        "reader": SimpleLazyObject(lambda: reader_name(request)),
        "manages": lambda: manages(request),
    }


def manages(request: HttpRequest) -> bool:
    """Whether the reader may open a company's portal: asked once a session, for the menu alone."""
    if "manages" not in request.session:
        companies = fleet_portal.companies_of(request.user, timezone.localdate())  # type: ignore[arg-type]
        request.session["manages"] = bool(companies)
    return bool(request.session["manages"])


def brand(look_of_operator: dict[str, Any]) -> dict[str, str]:
    """The accent in both modes with the text colour on it, and the logo as an address that runs no script."""
    accent = str(look_of_operator.get("accent") or ACCENT).lower()
    logo = str(look_of_operator.get("logo_svg") or "")
    dark = logo.replace(colours.INK, colours.CHALK)
    return {
        "accent": colours.readable_on(accent, colours.WHITE),
        "on_accent": colours.text_on(colours.readable_on(accent, colours.WHITE)),
        "accent_dark": colours.readable_on(accent, colours.DARK_PANEL),
        "logo": f"data:image/svg+xml,{quote(logo)}" if logo else "",
        "logo_dark": f"data:image/svg+xml,{quote(dark)}" if logo else "",
    }


def contacts(profile: dict[str, Any], country: str) -> list[str]:
    """How people reach the operator: its telephone as it is written at home, and the address for invoices."""
    ways = profile.get("contact") or {}
    found = []
    if ways.get("telephone"):
        number = phonenumbers.parse(ways["telephone"], country)
        found.append(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL))
    return found + [ways[name] for name in ("finance_email",) if ways.get(name)]


def reader_name(request: HttpRequest) -> str:
    """The name of the person behind the login, else the login's address, "" for nobody."""
    login = getattr(request, "user", None)
    if login is None or not login.is_authenticated:
        return ""
    person = getattr(request, "person", None) or person_of(login)
    return f"{person.given_name} {person.family_name}" if person else str(login.email)
