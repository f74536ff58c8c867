"""The command `ligneclaire`: a dispatcher. A subcommand is a module here with SUMMARY, add_arguments and run."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from ligneclaire.adapters.postgres.server import CannotStart, NoPostgres
from ligneclaire.interfaces.jobs.start import Wrong, refuse

HERE = Path(__file__).resolve().parent
NOT_COMMANDS = {"__init__", "correcting", "erasing", "main", "replaying", "start", "tasks"}


def names() -> list[str]:
    """The subcommands: every module beside this one, with dashes for underscores."""
    modules = {path.stem for path in HERE.glob("*.py")} | {path.parent.name for path in HERE.glob("*/__init__.py")}
    return sorted(name.replace("_", "-") for name in modules - NOT_COMMANDS if name != "tests")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; its exit status is the program's. Only that subcommand's module is imported."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    known = names()
    if not given or given[0] in ("-h", "--help"):
        print(_overview(known))
        return 0 if given else 2
    if given[0] not in known:
        print(f"ligneclaire: there is no command {given[0]!r}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    module = importlib.import_module(f"ligneclaire.interfaces.jobs.{given[0].replace('-', '_')}")
    parser = argparse.ArgumentParser(prog=f"ligneclaire {given[0]}", description=module.SUMMARY)
    module.add_arguments(parser)
    try:
        return int(module.run(parser.parse_args(given[1:])))
    except Wrong as wrong:
        return refuse(given[0], str(wrong))
    except (CannotStart, NoPostgres) as refused:
        print(f"ligneclaire: {refused}", file=sys.stderr)
        return 2
    except BrokenPipeError:
        sys.stderr.close()
        return 1


def _overview(known: list[str]) -> str:
    lines = ["usage: ligneclaire COMMAND ...", ""]
    for name in known:
        module = importlib.import_module(f"ligneclaire.interfaces.jobs.{name.replace('-', '_')}")
        if hasattr(module, "SUMMARY"):
            lines.append(f"  {name:<18} {module.SUMMARY}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
