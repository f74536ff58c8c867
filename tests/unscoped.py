"""Each place where a query is given its scope, and a way to take the scope away from some of them while a test runs.

A place is a call with a scope among its arguments. Taken away means: the call gets a scope of staff, who see everything
of the operator. The code of every function with such a call is compiled anew once, and put back afterwards.
"""

from __future__ import annotations

import ast
import gc
import importlib
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from inspect import CO_NEWLOCALS
from pathlib import Path
from types import CodeType, FunctionType

from ligneclaire.kernel.scope import Scope

SOURCE = Path(__file__).resolve().parents[1] / "src" / "ligneclaire"
# Where something is told to somebody: queries, what makes pages of them, and the pages.
ROOMS = ("domains/*/queries.py", "domains/*/queries/**/*.py", "domains/usage/store/**/*.py", "journeys/**/*.py",
         "interfaces/home/**/*.py", "interfaces/fleet/**/*.py", "interfaces/desk/**/*.py",
         "interfaces/api/**/*.py")  # fmt: skip
OTHER_SCOPES = {"staff", "version"}  # whose `.scope` is everything by its class, or no reader's at all
NAME = "_unscoped"


@dataclass(frozen=True)
class Place:
    """A call that is given a scope: module, function, and what is called, with its number among equals."""

    file: str
    function: str
    callee: str
    number: int
    line: int
    column: int

    def __str__(self) -> str:
        count = f"#{self.number}" if self.number else ""
        return f"{self.file.removesuffix('.py').replace('/', '.')}:{self.function}:{self.callee}{count}"


@cache
def files() -> tuple[str, ...]:
    """Every module of these rooms, below src/ligneclaire."""
    found = {path.relative_to(SOURCE).as_posix() for room in ROOMS for path in SOURCE.glob(room)}
    return tuple(sorted(one for one in found if "/tests/" not in one))


@cache
def places() -> tuple[Place, ...]:
    """Every such call."""
    found: list[Place] = []
    for file in files():
        for function, call in _calls(_parsed(file)):
            callee = ast.unparse(call.func)
            known = sum((one.file, one.function, one.callee) == (file, function, callee) for one in found)
            found.append(Place(file, function, callee, known, call.lineno, call.col_offset))
    return tuple(found)


def _parsed(file: str) -> ast.Module:
    return ast.parse((SOURCE / file).read_text())


def _outermost(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The functions that stand by themselves or in a class."""
    inside: set[ast.AST] = set()
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function not in inside:
            inside |= set(ast.walk(function))
            yield function


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """The calls that are given a scope, with the outermost function that they stand in."""
    for function in _outermost(tree):
        named = _named(function)
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and any(_is_scope(one, named) for one in _arguments(node)):
                yield function.name, node


def _named(function: ast.FunctionDef) -> frozenset[str]:
    """The names of scopes in a function: by its annotations, and by what they were made of."""
    found = {"scope"}
    for node in ast.walk(function):
        if isinstance(node, ast.arg) and node.annotation and ast.unparse(node.annotation) == "Scope":
            found.add(node.arg)
        if isinstance(node, ast.Assign) and _makes_scope(node.value):
            found |= {one.id for one in node.targets if isinstance(one, ast.Name)}
    return frozenset(found)


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(one.value for one in call.keywords)]


def _is_scope(node: ast.expr, named: Collection[str]) -> bool:
    if isinstance(node, ast.Attribute):
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        return node.attr in ("scope", "_scope") and owner not in OTHER_SCOPES
    return (isinstance(node, ast.Name) and node.id in named) or _makes_scope(node)


def _makes_scope(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in _makers()


@cache
def _makers() -> frozenset[str]:
    """The functions that give a scope."""
    functions = (one for file in files() for one in ast.walk(_parsed(file)) if isinstance(one, ast.FunctionDef))
    made = (one.name for one in functions if one.returns and ast.unparse(one.returns) == "Scope")
    return frozenset({"Scope", *made})


@dataclass
class Watch:
    """Sees which places get a scope that is less than staff's. The places that are `taken` give everything."""

    taken: frozenset[Place] = frozenset()
    narrow: set[Place] = field(default_factory=set)

    def given(self, number: int, scope: object) -> object:
        """Called in place of each scope."""
        if not isinstance(scope, Scope):
            return scope
        place, everything = places()[number], Scope.staff(scope.operator_id)
        if scope != everything:
            self.narrow.add(place)
        return everything if place in self.taken else scope

    @contextmanager
    def without(self, *taken: Place) -> Iterator[None]:
        """These places without their scope."""
        self.taken = frozenset(taken)
        try:
            yield
        finally:
            self.taken = frozenset()

    @contextmanager
    def noting(self) -> Iterator[set[Place]]:
        """The places that get such a scope meanwhile."""
        self.narrow = set()
        yield self.narrow


@contextmanager
def watched() -> Iterator[Watch]:
    """All places under watch, in this process."""
    for file in {place.file for place in places()}:
        importlib.import_module(f"ligneclaire.{file.removesuffix('.py').removesuffix('/__init__').replace('/', '.')}")
    codes, watch = _codes_with_watch(), Watch()
    changed: list[tuple[FunctionType, CodeType]] = []
    for function in [one for one in gc.get_objects() if isinstance(one, FunctionType)]:
        if code := codes.get(_key(function.__code__)):
            changed.append((function, function.__code__))
            function.__globals__[NAME] = watch.given
            function.__code__ = code
    try:
        alone = {key for key in codes if "<locals>" not in key[1]}
        assert not (lost := sorted(alone - {_key(was) for _function, was in changed})), lost[:3]
        yield watch
    finally:
        for function, was in changed:
            function.__code__ = was


_Key = tuple[str, str, int]


def _key(code: CodeType) -> _Key:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _codes_with_watch() -> dict[_Key, CodeType]:
    """The new code of every function that has a place."""
    numbers: dict[str, dict[tuple[int, int], int]] = {}
    for number, place in enumerate(places()):
        numbers.setdefault(place.file, {})[place.line, place.column] = number
    found: dict[_Key, CodeType] = {}
    for file, of_file in numbers.items():
        tree = _parsed(file)
        for function in _outermost(tree):
            _Watched(of_file, _named(function)).visit(function)
        whole = compile(ast.fix_missing_locations(tree), str(SOURCE / file), "exec")
        found |= {_key(code): code for code in _codes(whole) if _is_function(code) and _is_watched(code)}
    return found


def _codes(code: CodeType) -> Iterator[CodeType]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const
            yield from _codes(const)


def _is_function(code: CodeType) -> bool:
    """Not the body of a class, nor of a comprehension, which is in the code of its function."""
    return bool(code.co_flags & CO_NEWLOCALS) and not code.co_name.startswith("<")


def _is_watched(code: CodeType) -> bool:
    return any(NAME in one.co_names for one in (code, *_codes(code)))


class _Watched(ast.NodeTransformer):
    """Wraps the scopes of all places of a function."""

    def __init__(self, numbers: dict[tuple[int, int], int], named: frozenset[str]) -> None:
        self.numbers, self.named = numbers, named

    def visit_Call(self, node: ast.Call) -> ast.AST:
        number = self.numbers.get((node.lineno, node.col_offset))
        of_scope = [_is_scope(one, self.named) for one in _arguments(node)]
        self.generic_visit(node)
        if number is not None and any(of_scope):
            given = [_wrapped(one, number) if is_ else one for one, is_ in zip(_arguments(node), of_scope, strict=True)]
            node.args = given[: len(node.args)]
            for keyword, one in zip(node.keywords, given[len(node.args) :], strict=True):
                keyword.value = one
        return node


def _wrapped(node: ast.expr, number: int) -> ast.expr:
    return ast.Call(ast.Name(NAME, ast.Load()), [ast.Constant(number), node], [])
