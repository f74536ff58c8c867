"""Invented people and companies of the demo, always the same for the same seed."""

from __future__ import annotations

import random
import tomllib
from dataclasses import dataclass
from pathlib import Path

from schwifty import IBAN

WORDS = tomllib.loads((Path(__file__).parent / "names.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Household:
    """A household of the rural operator."""

    number: str
    given_name: str
    family_name: str
    email: str
    phone: str
    street: str
    postcode: str
    city: str
    iban: str


@dataclass(frozen=True, slots=True)
class Company:
    """A company that leases its telephony."""

    number: str
    name: str
    vat_number: str
    email: str
    street: str
    postcode: str
    city: str
    language: str
    workers: int


def household(rng: random.Random, index: int) -> Household:
    """The household of that index; 0 is Anna."""
    postcode, city = rng.choice(WORDS["villages"])
    street = f"{rng.randint(1, 60)} {rng.choice(WORDS['streets'])}"
    iban = str(IBAN.random(country_code="FR", random=rng))
    given, family = rng.choice(WORDS["given"]), rng.choice(WORDS["family"])
    number, phone = f"H{1000 + index}", f"+3360000{index:04d}"
    email = f"{number.lower()}@example.org"
    if index == 0:
        given, family, email, iban = "Anna", "Roche", "anna@example.org", "FR1420041010050500013M02606"
        street, postcode, city = "4 chemin des Vignes", "23500", "Felletin"
    return Household(number, given, family, email, phone, street, postcode, city, iban)


def company(rng: random.Random, index: int) -> Company:
    """The company of that index; 0 is Wim's."""
    postcode, city, language = rng.choice(WORDS["towns"])
    owner = WORDS["owners"][index % len(WORDS["owners"])]
    name = f"{rng.choice(WORDS['trades'])} {owner} {'BV' if language == 'nl' else 'SRL'}"
    number = f"C{2000 + index}"
    email = "wim@example.org" if index == 0 else f"{number.lower()}@example.org"
    street = f"{rng.choice(WORDS['business_streets'][language])} {rng.randint(1, 120)}"
    vat = belgian_vat(4_000_011 + 31_000 * index)
    return Company(number, name, vat, email, street, postcode, city, language, rng.choice((3, 6, 9, 14, 40)))


def fleet_company(rng: random.Random, index: int) -> Company:
    """The company of that index with a fleet of telephones; 0 is Bora NV."""
    postcode, city, language = rng.choice(WORDS["towns"])
    owner = WORDS["owners"][(index * 7 + index // 15) % len(WORDS["owners"])]
    name = f"{owner} {rng.choice(WORDS['fleet_trades'])} {'NV' if language == 'nl' else 'SA'}"
    if index == 0:
        postcode, city, language, name = "2800", "Mechelen", "nl", "Bora NV"
    number = f"F{3000 + index}"
    street = f"{rng.choice(WORDS['business_streets'][language])} {rng.randint(1, 120)}"
    vat = belgian_vat(6_500_023 + 27_000 * index)
    email = f"{number.lower()}@example.org"
    return Company(number, name, vat, email, street, postcode, city, language, rng.choice((14, 40, 80, 150)))


def belgian_vat(first_eight: int) -> str:
    """A Belgian VAT number with right check digits: 97 less the remainder of its first eight digits."""
    digits = f"{first_eight:08d}"[:8]
    return f"BE{digits}{97 - int(digits) % 97:02d}"
