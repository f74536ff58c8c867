"""The walk of the wall as it is, then again where a scope was taken away: only at the addresses that pass there."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum

from tests import leaks, unscoped
from tests.hidden import Hidden, secrets
from tests.leaks import Reader
from tests.unscoped import Place, Watch
from tests.walled import Scene

Step = tuple[int, str]  # which reader asks for which address


class Verdict(StrEnum):
    """What becomes of the walk when a place has lost its scope."""

    FOUND = "it finds something of Bram's part"
    SAME = "it reads the same to the letter"
    OTHER = "it reads something else, but nothing of Bram's part"
    NEVER = "nobody but staff at large passes there"


@dataclass
class Walk:
    """What each reader reads at each address (`told`), and at which of them each place gets a scope that is less than
    staff's."""

    readers: list[Reader]
    hidden: Hidden
    watch: Watch
    told: dict[Step, str] = field(default_factory=dict)
    passing: dict[Place, list[Step]] = field(default_factory=dict)

    def verdict(self, place: Place) -> Verdict:
        """What becomes of it without the scope of this place."""
        verdict = Verdict.SAME if place in self.passing else Verdict.NEVER
        with self.watch.without(place):
            for step in self.passing.get(place, ()):
                told = self._read(step)
                if self._found(step, told):
                    return Verdict.FOUND
                if told != self.told[step]:
                    verdict = Verdict.OTHER
        return verdict

    def holds_back(self, second: Place, *first: Place) -> bool:
        """Whether a lock still holds something back when those before it are gone."""
        steps = dict.fromkeys(step for place in (*first, second) for step in self.passing.get(place, ()))
        for step in steps:
            both = self._without(step, *first, second)
            if both and both - self._without(step, *first):
                return True
        return False

    def _without(self, step: Step, *taken: Place) -> set[str]:
        with self.watch.without(*taken):
            return self._found(step, self._read(step))

    def _read(self, step: Step) -> str:
        number, path = step
        return leaks.read(self.readers[number], path, "en")

    def _found(self, step: Step, told: str) -> set[str]:
        return self.hidden.found_in(told, outside=self.readers[step[0]].outside)

    def begin(self) -> Iterator[tuple[Step, str]]:
        """Read everything as it is; gives what leaks already."""
        for number, reader in enumerate(self.readers):
            for path in reader.paths():
                step = (number, path)
                with self.watch.noting() as narrow:
                    self.told[step] = self._read(step)
                for place in narrow:
                    self.passing.setdefault(place, []).append(step)
                yield from ((step, one) for one in self._found(step, self.told[step]))


@contextmanager
def walked(known: Scene, names: Collection[str]) -> Iterator[Walk]:
    """The walk of these readers, begun."""
    readers = [one for one in leaks.readers(known) if one.name in names]
    assert len(readers) == len(names)
    with unscoped.watched() as watch:
        walk = Walk(readers, secrets(known), watch)
        assert list(walk.begin()) == []
        yield walk
        assert all(one.client.get(one.home).status_code == one.at_home for one in readers), "signed out on the way"


def named(names: Iterable[str]) -> dict[str, Place]:
    """The places of these names. Raises KeyError for one that is no more."""
    known = {str(place): place for place in unscoped.places()}
    return {name: known[name] for name in names}
