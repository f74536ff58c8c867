"""An operator as a folder of TOML: profile, policies, catalogue, texts, look. Read and checked whole."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ligneclaire.domains.rulebook import decks, looks, products, profile
from ligneclaire.domains.rulebook.decks import DeckRow
from ligneclaire.domains.rulebook.policy_tables import Fault, parse, versions_of
from ligneclaire.domains.rulebook.products import ProductRow
from ligneclaire.domains.rulebook.profile import Profile
from ligneclaire.domains.rulebook.versions import Version, overlapping

FILES = ("profile.toml", "policies.toml", "catalogue.toml", "look.toml")
OPENING_HOURS_TWICE = "desks stand in profile.toml and in policies.toml: one place is wanted"


class FolderRefused(Exception):
    """A folder with faults: all of them, each with file, key and reason."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Folder:
    """A whole operator, free of faults."""

    profile: Profile
    versions: tuple[Version, ...]
    products: tuple[ProductRow, ...]
    decks: tuple[DeckRow, ...]
    texts: Mapping[str, Mapping[str, str]]
    look: Mapping[str, str]
    digest: str


def read(path: Path) -> Folder:
    """The operator of a folder. Raises FolderRefused with every fault of every file at once."""
    faults: list[Fault] = []
    if not path.is_dir():
        raise FolderRefused([Fault(str(path), "", "is not a folder")])
    tables = {name: parse(path / name, faults) for name in FILES}
    found = profile.of_tables(tables["profile.toml"], path.name, faults) if tables["profile.toml"] else None
    if tables["profile.toml"]:
        profile.check_identity(tables["profile.toml"], faults)
    country, languages = _place(tables["profile.toml"])
    versions = versions_of(tables["policies.toml"], "policies.toml", "operator", faults)
    if found:
        versions += found.versions
        twice = [first for first, _ in overlapping(versions) if first.key == profile.OPENING_HOURS]
        faults += [Fault("profile.toml", "desks", OPENING_HOURS_TWICE) for _ in twice if found.versions]
    before = len(faults)
    rates = decks.decks_of(path, country, languages, faults)
    known = rates if len(faults) == before else None
    rows = products.products_of(tables["catalogue.toml"], country, languages, faults, known)
    texts = _texts(path / "texts", languages, faults)
    look = looks.look_of(tables["look.toml"], faults) if tables["look.toml"] else {}
    faults += _unknown_files(path)
    if faults or found is None:
        raise FolderRefused(faults)
    return Folder(found, tuple(versions), tuple(rows), tuple(rates), texts, look, _digest(path))


def _place(tables: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Country and languages, with the best guess when the profile has faults, so that the other files are checked."""
    country, languages = tables.get("country"), tables.get("languages")
    known = [one for one in languages if one in profile.LANGUAGES] if isinstance(languages, list) else []
    return (country if country in profile.ZONES else "BE"), tuple(known) or profile.LANGUAGES


def _texts(folder: Path, languages: tuple[str, ...], faults: list[Fault]) -> dict[str, dict[str, str]]:
    """The operator's own words, the same keys in each of its languages."""
    found: dict[str, dict[str, str]] = {}
    for lang in languages:
        problems: list[Fault] = []
        tables = parse(folder / f"{lang}.toml", problems)
        faults += [Fault(f"texts/{one.file}", one.key, one.reason) for one in problems]
        wrong = [key for key, text in tables.items() if not isinstance(text, str)]
        faults += [Fault(f"texts/{lang}.toml", key, "a text is wanted") for key in wrong]
        found[lang] = {key: text for key, text in tables.items() if isinstance(text, str)}
    keys = sorted({key for texts in found.values() for key in texts})
    for lang, texts in found.items():
        missing = [key for key in keys if not texts.get(key, "").strip()]
        faults += [Fault(f"texts/{lang}.toml", key, "the translation is missing") for key in missing]
    return found


def _unknown_files(path: Path) -> list[Fault]:
    known = {*FILES, *(f"texts/{lang}.toml" for lang in profile.LANGUAGES)}
    names = sorted(str(one.relative_to(path)) for one in path.rglob("*.toml"))
    return [Fault(name, "", "unknown file") for name in names if name not in known and not _is_deck(name)]


def _is_deck(name: str) -> bool:
    """Whether it is one of rates/*.toml."""
    folder, _, rest = name.partition("/")
    return folder == decks.FOLDER and "/" not in rest


def _digest(path: Path) -> str:
    """A digest of all files, so that a second load of the same folder is seen to change nothing."""
    total = hashlib.sha256()
    for one in sorted(path.rglob("*.toml")):
        total.update(f"{one.relative_to(path)}\0".encode() + one.read_bytes() + b"\0")
    return total.hexdigest()
