"""A pytest plugin for `test_parameters_bind`: one value of the policies or the law is another in this process."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest


def pytest_configure(config: pytest.Config) -> None:
    from ligneclaire.domains.rulebook import law, policy_tables

    change = json.loads(os.environ["LC_CHANGE"])
    rulebook, copy = policy_tables.COMMON.parent, Path(tempfile.mkdtemp(prefix="lc-change-"))
    shutil.copytree(rulebook / "law", copy / "law")
    shutil.copy(policy_tables.COMMON, copy / "common.toml")
    shutil.copytree(Path(config.rootpath) / "operators", copy / "operators")
    file = copy / change["file"]
    blocks = re.split(r"(?m)^(?=\[\[)", file.read_text())
    changed = [
        block.replace(change["old"], change["new"]) if block.startswith(f"[[{change['table']}]]") else block
        for block in blocks
    ]
    if changed == blocks:
        raise pytest.UsageError(f"{change['file']} holds no {change['old']!r} in [[{change['table']}]]")
    file.write_text("".join(changed))
    policy_tables.COMMON, law.FOLDER = copy / "common.toml", copy / "law"
    os.environ["LIGNECLAIRE_OPERATORS"] = str(copy / "operators")
    policy_tables.common.cache_clear()
    law.entries.cache_clear()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    rule = json.loads(os.environ["LC_CHANGE"])["rule"]
    items[:] = [item for item in items if any(rule in mark.args for mark in item.iter_markers("rule"))]
