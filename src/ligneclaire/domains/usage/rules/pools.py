"""What lines of an account share within a month, out of what their contracts contain (RAT-05).

A pool of a cost centre is called by its code and the centre: "data-pool@12" (0: the lines that belong to none).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from ligneclaire.domains.catalogue.rules.tariff import CENTRE, HOLDERS, Bundle
from ligneclaire.domains.usage.rules.plans import Held, Month, by_start, parts_of
from ligneclaire.domains.usage.rules.terms import Allowance, Pool

_OF = "@"


def centre_of(code: str) -> int | None:
    """The cost centre whose pool has this code; None of one of the whole account, and of lines that belong to none."""
    number = code.partition(_OF)[2]
    return int(number) or None if number else None


@dataclass(frozen=True, slots=True)
class Sharing:
    """An offer or option that adds to what lines share: of which line it is (None: of the account itself) and of which
    cost centre (None: of none)."""

    held: Held
    line: int | None
    centre: int | None


@dataclass(frozen=True, slots=True)
class Stay:
    """That a line belonged to a cost centre (None: to none), from an instant to an instant."""

    centre: int | None
    from_us: int
    to_us: int


@dataclass(slots=True)
class _Making:
    """A pool while it is put together."""

    parts: list[Allowance] = field(default_factory=list)
    takers: dict[int, set[tuple[int, int]]] = field(default_factory=dict)


def pools_of(items: Iterable[Sharing], stays: Mapping[int, Sequence[Stay]], month: Month) -> tuple[Pool, ...]:
    """What lines share within the month, by code. `stays` of all lines of the account, each at least once."""
    found: dict[str, _Making] = {}
    for one in items:
        for part in parts_of(one.held, month, shared=True):
            shared = part.bundle.shared
            code = f"{part.bundle.code}{_OF}{one.centre or 0}" if shared == CENTRE else part.bundle.code
            making = found.setdefault(code, _Making())
            making.parts.append(replace(part, bundle=_called(part.bundle, code)))
            if shared == HOLDERS and one.line is not None:
                making.takers.setdefault(one.line, set()).add((part.from_us, part.to_us))
            elif shared != HOLDERS and not making.takers:
                making.takers = {
                    line: {(stay.from_us, stay.to_us) for stay in some if shared != CENTRE or stay.centre == one.centre}
                    for line, some in stays.items()
                }
    return tuple(
        Pool(
            tuple(sorted(making.parts, key=by_start)),
            {line: tuple(sorted(times)) for line, times in sorted(making.takers.items()) if times},
        )
        for _, making in sorted(found.items())
    )


@lru_cache(maxsize=1024)
def _called(bundle: Bundle, code: str) -> Bundle:
    """A bundle with another code; one and the same object for both, by which engines know it again."""
    return bundle if bundle.code == code else replace(bundle, code=code)
