"""The migrated database that tests copy is made anew when anything changes that migrations are made of."""

from __future__ import annotations

import ast

from tests import template
from tests.architecture.source import PACKAGE, ROOT, imported


def test_whatever_a_migration_imports_decides_which_database_is_kept() -> None:
    covered = {path for pattern in template.SOURCES for path in ROOT.glob(pattern)}
    found = {}
    for migration in sorted(PACKAGE.rglob("migrations/*.py")):
        for name in imported(ast.parse(migration.read_text())):
            module = ROOT / "src" / name.replace(".", "/")
            found |= {path: migration for path in (module.with_suffix(".py"), module / "__init__.py") if path.exists()}
    assert PACKAGE / "domains/operators/secure.py" in found
    assert {str(path): str(migration) for path, migration in found.items() if path not in covered} == {}
