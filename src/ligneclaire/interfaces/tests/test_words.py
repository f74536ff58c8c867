"""Every string of the pages is said in French and Dutch, with the same values in it, and without shouting."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

INTERFACES = Path(__file__).resolve().parents[1]
KEYWORDS = {
    **{name: None for name in ("_", "gettext", "gettext_lazy")},
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACE = re.compile(r"%\((\w+)\)s")
ROOMS = sorted(path.parent for path in INTERFACES.glob("**/locale"))


def _said(room: Path) -> set[tuple[str | None, str]]:
    """Every (context, string) that the templates and modules of a room say."""
    inner = [other for other in ROOMS if other != room and room in other.parents]
    found = set()
    for path in [*room.glob("**/*.html"), *room.glob("**/*.txt"), *room.glob("**/*.py")]:
        if any(other in path.parents for other in inner) or "tests" in path.parts:
            continue
        text = path.read_text()
        source = text
        if path.suffix != ".py":  # each line by itself, or the depth of the HTML would pass for Python's
            source = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
        for _line, message, _comments, context in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
            found.add((context, message[0] if isinstance(message, tuple) else message))
    return {(context, said) for context, said in found if said}


def _catalogue(room: Path, language: str) -> Catalog:
    with (room / "locale" / language / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=language, abort_invalid=True)


@pytest.mark.parametrize("language", ["fr", "nl"])
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_every_string_is_translated(room: Path, language: str) -> None:
    catalogue = _catalogue(room, language)
    missing = []
    for context, said in sorted(_said(room), key=str):
        message = catalogue.get(said, context)
        strings = [] if message is None else [message.string] if isinstance(message.string, str) else [*message.string]
        if not strings or not all(strings) or (message is not None and message.fuzzy):
            missing.append(said)
    assert missing == []


@pytest.mark.parametrize("language", ["fr", "nl"])
@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_translations_keep_their_values_and_do_not_shout(room: Path, language: str) -> None:
    for message in _catalogue(room, language):
        if not message.id:
            continue
        ids = [message.id] if isinstance(message.id, str) else [*message.id]
        strings = [message.string] if isinstance(message.string, str) else [*message.string]
        for index, string in enumerate(strings):
            left_out = {"n"} if len(strings) > 1 and index == 0 else set()  # "the record" needs no "1"
            assert set(PLACE.findall(string)) | left_out == set(PLACE.findall(ids[-1])) | left_out, string
            assert "!" not in string
