"""What the house asks of every module, found by reading the source."""

from __future__ import annotations

import ast

from tests.architecture.source import PACKAGE, ROOT, functions, imported, is_pure, modules

LONGEST_FUNCTION, LONGEST_FILE = 40, 400
# Longer ones, each with the reason why cutting it would make it harder to read. Empty is best.
LONG_FUNCTIONS: dict[str, str] = {}
LONG_FILES: dict[str, str] = {}
FRAMEWORKS = {"django", "psycopg", "procrastinate", "allauth"}
CLOCKS = {"now", "today", "utcnow", "time", "localdate", "localtime"}


def test_functions_are_short() -> None:
    long = {
        f"{path}:{function.name}": lines
        for path, tree in modules().items()
        for function in functions(tree)
        if (lines := _lines_of_body(function)) > LONGEST_FUNCTION
    }
    assert {name: lines for name, lines in long.items() if name not in LONG_FUNCTIONS} == {}
    assert set(LONG_FUNCTIONS) <= set(long), "no longer long: take it off the list"


def _lines_of_body(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Without signature and docstring: those are read, not followed."""
    begins = function.body[0].lineno
    if ast.get_docstring(function, clean=False) is not None:
        begins = (function.body[0].end_lineno or 0) + 1
    return (function.end_lineno or 0) - begins + 1


def test_files_are_short() -> None:
    files = [path for folder in ("src", "tests") for path in (ROOT / folder).rglob("*.py")]
    long = {
        str(path.relative_to(ROOT)): lines
        for path in files
        if "migrations" not in path.parts and (lines := len(path.read_text().splitlines())) > LONGEST_FILE
    }
    assert {name: lines for name, lines in long.items() if name not in LONG_FILES} == {}
    assert set(LONG_FILES) <= set(long), "no longer long: take it off the list"


def test_the_clock_is_read_in_interfaces_alone() -> None:
    assert {
        f"{path}:{node.lineno}": ast.unparse(node)
        for path, tree in modules().items()
        if not path.startswith("interfaces/")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _reads_clock(node.func)
    } == {}


def _reads_clock(called: ast.expr) -> bool:
    if not isinstance(called, ast.Attribute) or called.attr not in CLOCKS:
        return False
    owner = ast.unparse(called.value).rsplit(".", 1)[-1]
    return owner in {"datetime", "date", "timezone"} or (owner, called.attr) == ("time", "time")


def test_money_never_meets_a_float() -> None:
    """No float in a signature of domains, journeys or kernel, nor as a literal in the functional core."""
    found = {}
    for path, tree in modules().items():
        if path.startswith(("domains/", "journeys/", "kernel/")):
            for function in functions(tree):
                named = [ast.unparse(part) for part in _annotations(function) if part is not None]
                if any("float" in words for words in named):
                    found[f"{path}:{function.name}"] = named
        if is_pure(path):
            for node in ast.walk(tree):
                if isinstance(node, ast.Constant) and isinstance(node.value, float):
                    found[f"{path}:{node.lineno}"] = [str(node.value)]
    assert found == {}


def _annotations(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.expr | None]:
    arguments = function.args
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    return [function.returns, *(argument.annotation for argument in every)]


def test_the_functional_core_knows_no_framework() -> None:
    """Kernel, rules, policies and decisions import no Django, no driver, and no module that holds records."""
    strange = {}
    for path, tree in modules().items():
        if is_pure(path):
            names = imported(tree)
            outside = {
                name for name in names if name.split(".")[0] in {"django", "psycopg", "procrastinate", "allauth"}
            }
            records = {
                name
                for name in names
                if name.startswith("ligneclaire.domains.")
                and {"models", "queries", "operations"} & set(name.split(".")[3:])
            }
            if outside | records:
                strange[path] = sorted(outside | records)
    assert strange == {}


def test_inside_a_domain_imports_point_down() -> None:
    """operations > queries > models > rules > policies."""
    order = ["operations", "queries", "models", "rules", "policies"]
    upward = []
    for path, tree in modules().items():
        parts = path.removesuffix(".py").split("/")
        if parts[0] != "domains" or len(parts) < 3 or parts[2] not in order:
            continue
        above = set(order[: order.index(parts[2])])
        own = f"ligneclaire.domains.{parts[1]}."
        upward += [
            f"{path} -> {name}"
            for name in imported(tree)
            if name.startswith(own) and name.removeprefix(own).split(".")[0] in above
        ]
    assert upward == []


def test_names_say_what_a_module_is() -> None:
    """No utils, helpers, managers, services; no act that starts with do, handle, process or manage."""
    vague_files = {"utils", "helpers", "managers", "services", "misc", "common", "base"}
    vague_acts = ("do_", "handle_", "process_", "manage_")
    found = [path for path in modules() if path.rsplit("/", 1)[-1].removesuffix(".py") in vague_files]
    found += [
        f"{path}:{function.name}"
        for path, tree in modules().items()
        if path.startswith(("domains/", "journeys/"))
        for function in functions(tree)
        if function.name.startswith(vague_acts)
    ]
    assert found == []


def test_every_package_of_tests_can_be_imported() -> None:
    """A test file in a folder without __init__.py could shadow another of the same name."""
    folders = {path.parent for folder in ("src", "tests") for path in (ROOT / folder).rglob("test_*.py")}
    assert [str(folder.relative_to(ROOT)) for folder in folders if not (folder / "__init__.py").exists()] == []
    assert PACKAGE.is_dir()
