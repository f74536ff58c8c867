"""Each place where a query is given its scope, and a way to take the scope away from one of them while a test runs.

A place is a call with `scope` (or `….scope`) among its arguments. Taken away means: the call gets a scope of staff, who
see everything of the operator. The code of the one function is compiled anew and put back afterwards.
"""

from __future__ import annotations

import ast
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType

from ligneclaire.kernel.scope import Scope

SOURCE = Path(__file__).resolve().parents[1] / "src"
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


def places(files: list[str]) -> list[Place]:
    """Every such call of these files (below src/ligneclaire)."""
    found: list[Place] = []
    for file in files:
        tree = ast.parse((SOURCE / "ligneclaire" / file).read_text())
        for function, call in _calls(tree):
            callee = ast.unparse(call.func)
            known = sum((one.file, one.function, one.callee) == (file, function, callee) for one in found)
            found.append(Place(file, function, callee, known, call.lineno, call.col_offset))
    return found


def _calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Call) and any(map(_is_scope, _arguments(node))):
                    yield function.name, node


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(one.value for one in call.keywords)]


def _is_scope(node: ast.expr) -> bool:
    named = node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
    of_staff = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "staff"
    return named == "scope" and not of_staff


@contextmanager
def called(files: list[str]) -> Iterator[set[tuple[str, str]]]:
    """Fills with (file, function) of what is called of these files meanwhile, in this thread."""
    paths = {str(SOURCE / "ligneclaire" / file): file for file in files}
    found: set[tuple[str, str]] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and (file := paths.get(frame.f_code.co_filename)):
            found.add((file, frame.f_code.co_name))

    sys.setprofile(note)
    try:
        yield found
    finally:
        sys.setprofile(None)


@contextmanager
def without_scope(place: Place) -> Iterator[int]:
    """The place without its scope, in this process; gives how many functions were changed (1, when all is well)."""
    path = SOURCE / "ligneclaire" / place.file
    tree = _Taken(place).visit(ast.parse(path.read_text()))
    code = dict(_codes(compile(ast.fix_missing_locations(tree), str(path), "exec")))
    changed: list[tuple[FunctionType, CodeType]] = []
    for function in [one for one in gc.get_objects() if isinstance(one, FunctionType)]:
        now = function.__code__
        if now.co_name == place.function and Path(now.co_filename) == path and now.co_qualname in code:
            changed.append((function, now))
            function.__globals__[NAME] = _everything
            function.__code__ = code[now.co_qualname]
    try:
        yield len(changed)
    finally:
        for function, was in changed:
            function.__code__ = was


def _everything(scope: Scope) -> Scope:
    return Scope.staff(scope.operator_id)


def _codes(code: CodeType) -> Iterator[tuple[str, CodeType]]:
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield const.co_qualname, const
            yield from _codes(const)


class _Taken(ast.NodeTransformer):
    """Wraps the scope of one call."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if (node.lineno, node.col_offset) == (self.place.line, self.place.column) and any(
            map(_is_scope, _arguments(node))
        ):
            node.args = [_wrapped(one) for one in node.args]
            for keyword in node.keywords:
                keyword.value = _wrapped(keyword.value)
        return node


def _wrapped(node: ast.expr) -> ast.expr:
    return ast.Call(ast.Name(NAME, ast.Load()), [node], []) if _is_scope(node) else node
