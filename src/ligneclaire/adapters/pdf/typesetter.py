"""Turns a template and a sheet of text into a PDF/A-3b file that is also tagged for screen readers (PDF/UA-1).

The sheet travels as JSON beside the template and never becomes part of its source: what a customer is called cannot be
read as a command. Same template, sheet and stamp: same bytes.
"""

from __future__ import annotations

import hashlib
import json
import re
import threading
import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).resolve().parent
STANDARDS: list[Any] = ["a-3b", "ua-1"]
MISSING = "\ufffd"  # the sign that our fallback font draws where no font has the character

CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")

_own = threading.local()


class TypesettingFailed(RuntimeError):
    """A template that does not compile, or a sheet that lacks what the template needs: a fault of the program."""


def typeset(template: str, sheet: Mapping[str, Any] | str, *, stamp: datetime) -> bytes:
    """Return the PDF that `template` ("invoice") makes of `sheet`, dated `stamp` (aware).

    A character that no shipped font can draw is printed as a replacement sign. Raises TypesettingFailed.
    """
    text = json.dumps(_printable(sheet), ensure_ascii=False, sort_keys=True)
    try:
        return _compile(template, text, stamp)
    except typst.TypstError as fault:
        drawable = text.translate({ord(sign): MISSING for sign in _unusual(text) if not _can_draw(sign)})
        if drawable == text:
            raise TypesettingFailed(f"{template}: {fault}") from fault
    try:
        return _compile(template, drawable, stamp)
    except typst.TypstError as fault:
        raise TypesettingFailed(f"{template}: {fault}") from fault


@cache
def labels(language: str, country: str) -> Mapping[str, str]:
    """Return the words of our documents in "fr", "nl" or "en"; what a country says otherwise replaces them."""
    with (HERE / "texts" / f"{language}.toml").open("rb") as file:
        words = tomllib.load(file)
    local = words.pop("BE", {}) if country == "BE" else {}
    words.pop("BE", None)
    return {**words, **local}


@cache
def version(template: str) -> str:
    """Return a digest of what makes a PDF besides its sheet: template, look, fonts and typst."""
    digest = hashlib.sha256(metadata.version("typst").encode())
    for path in [HERE / f"{template}.typ", HERE / "plate.typ", *sorted((HERE / "fonts").glob("*.ttf"))]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _compile(template: str, sheet: str, stamp: datetime) -> bytes:
    found = _compiler(template).compile(
        sys_inputs={"sheet": sheet}, format="pdf", pdf_standards=STANDARDS, timestamp=int(stamp.timestamp())
    )
    if not isinstance(found, bytes):
        raise TypesettingFailed(f"{template}: typst returned no file")
    return found


def _compiler(template: str) -> typst.Compiler:
    """Each thread keeps one compiler for each template: parsed source and fonts are read once."""
    kept: dict[str, typst.Compiler] = _own.__dict__.setdefault("compilers", {})
    if template not in kept:
        if not (HERE / f"{template}.typ").is_file():
            raise TypesettingFailed(f"no such template: {template!r}")
        kept[template] = typst.Compiler(
            input=HERE / f"{template}.typ", root=HERE, font_paths=_fonts(), ignore_system_fonts=True
        )
    return kept[template]


@cache
def _fonts() -> typst.Fonts:
    """Our own family, and those that typst carries as a fallback; never those of the machine, which differ."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=[HERE / "fonts"])


def _printable(value: Any) -> Any:
    """The sheet without what cannot stand in a document: control characters and halves of a surrogate pair."""
    if isinstance(value, str):
        return CONTROL.sub(" ", value)
    if isinstance(value, Mapping):
        return {key: _printable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_printable(part) for part in value]
    return value


def _unusual(text: str) -> list[str]:
    return sorted({sign for sign in text if sign > "~"})


@lru_cache(maxsize=4096)
def _can_draw(sign: str) -> bool:
    try:
        _compile("probe", json.dumps(sign), datetime.fromtimestamp(0).astimezone())
    except typst.TypstError:
        return False
    return True
