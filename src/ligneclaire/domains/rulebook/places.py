"""Where the operators of a decision come from: the database where they are loaded, else their folders."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from ligneclaire.domains.rulebook import policy_tables, profile
from ligneclaire.domains.rulebook.door import KnownOperator, Operators
from ligneclaire.domains.rulebook.plans import FolderPlans
from ligneclaire.kernel.decision import Fault, Refused

CHECKOUT = Path(__file__).resolve().parents[4]


def folders_root() -> Path:
    """The folder of operators' folders: `LIGNECLAIRE_OPERATORS`, else the checkout's."""
    return Path(os.environ.get("LIGNECLAIRE_OPERATORS") or CHECKOUT / "operators")


@dataclass(frozen=True, slots=True)
class FolderOperators:
    """Operators as folders of TOML. Only profile and policies are read."""

    root: Path

    def find(self, code: str) -> KnownOperator | None:
        """The operator of that code. Refused when its folder has faults."""
        folder = self.root / code
        if not folder.is_dir():
            return None
        return _known(folder)


@cache
def _known(folder: Path) -> KnownOperator:
    faults: list[policy_tables.Fault] = []
    found = profile.of_tables(policy_tables.parse(folder / "profile.toml", faults), folder.name, faults)
    tables = policy_tables.parse(folder / "policies.toml", faults)
    versions = policy_tables.versions_of(tables, "policies.toml", "operator", faults)
    if faults or found is None:
        raise Refused(*(Fault("rulebook.fault.bad-folder", "operator", {"reason": str(one)}) for one in faults))
    return KnownOperator(
        code=found.code,
        country=found.country,
        zone=ZoneInfo(found.timezone),
        languages=found.languages,
        customers=found.customers,
        versions=(*versions, *found.versions),
        plans=FolderPlans(folder),
    )


def operators() -> Operators:
    """Where this installation finds its operators."""
    return FolderOperators(folders_root())
