"""FMP-11, shown to bind: whichever one query loses its scope, the walk of `test_the_wall` finds something of Bram's
part. Where it cannot, `cannot_leak` names the place, and what is said of it there is shown too."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests import unscoped, walled_today
from tests.cannot_leak import ANOTHER, DESK, NOBODY, SECOND_LOCKS, THE_SAME
from tests.unscoped import Place
from tests.wall_walk import Verdict, Walk, named, walked

MANAGER, OF_ANOTHER = "the manager", "a manager of another company"
# The others see no more than one of these.
READERS = (MANAGER, OF_ANOTHER, "another employee", "staff, for the employer")


@pytest.mark.soak
@pytest.mark.rule("FMP-11", "SPL-08")
@pytest.mark.usefixtures("database")
def test_each_query_without_its_scope_is_found_by_the_walk(tmp_path: Path) -> None:
    known = walled_today.lived(tmp_path)
    with walked(known, READERS) as walk:
        verdicts = {place: walk.verdict(place) for place in unscoped.places()}
        firm = [name for name, first in SECOND_LOCKS.items() if _holds_back(walk, name, first)]
    walled_today.grown(known)
    with walked(known, [OF_ANOTHER]) as walk:  # of many contracts there are other pages
        verdicts |= {one: walk.verdict(one) for one, was in verdicts.items() if was is Verdict.NEVER}
    unlike = _unlike(verdicts)
    assert not unlike, "\n".join(f"{place}: {verdict}" for place, verdict in unlike.items())
    assert sorted(SECOND_LOCKS.keys() - set(firm)) == []


def _holds_back(walk: Walk, name: str, first: tuple[str, ...]) -> bool:
    second, *before = named([name, *first]).values()
    return walk.holds_back(second, *before)


def _unlike(verdicts: Mapping[Place, Verdict]) -> dict[str, str]:
    """The places of which something else is said than what became of the walk without them."""
    said = dict.fromkeys(THE_SAME, Verdict.SAME) | dict.fromkeys(ANOTHER, Verdict.OTHER)
    found = {}
    for place, verdict in verdicts.items():
        name = str(place)
        if name in SECOND_LOCKS:
            fits = verdict is not Verdict.FOUND
        elif name in said or not name.startswith((*NOBODY, *DESK)):
            fits = verdict is said.get(name, Verdict.FOUND)
        else:
            fits = verdict is Verdict.NEVER or (name.startswith(DESK) and verdict is Verdict.FOUND)
        if not fits:
            found[name] = verdict.value
    return found


def test_every_reason_is_of_a_place() -> None:
    names = [str(place) for place in unscoped.places()]
    assert len(names) > 250
    listed = [*SECOND_LOCKS, *THE_SAME, *ANOTHER]
    assert len(listed) == len(set(listed))
    assert sorted(set(listed) - set(names)) == []
    assert [one for one in (*NOBODY, *DESK) if not any(name.startswith(one) for name in names)] == []


def test_only_the_desk_opens_its_rooms() -> None:
    """Then the scope that comes into them is staff's, as its views have it."""
    inside = ("interfaces/desk/", "journeys/desk_")
    guests = {
        path.relative_to(unscoped.SOURCE).as_posix()
        for path in unscoped.SOURCE.rglob("*.py")
        if any(".desk_" in f".{one}" or ".interfaces.desk" in one for one in _imported(path))
    }
    outside = {one for one in guests if not one.startswith(inside) and "/tests/" not in one}
    assert {one for one in outside if not one.startswith(("config/", "interfaces/jobs/"))} == set()


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{one.name}" for one in node.names)
        elif isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
