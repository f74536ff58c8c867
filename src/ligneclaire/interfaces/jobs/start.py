"""How a command begins that works with the database, and how it tells in one line that it can't do what was asked."""

from __future__ import annotations

import gc
import os
import sys
from datetime import date
from typing import TYPE_CHECKING

from ligneclaire.kernel.periods import Period

if TYPE_CHECKING:
    from ligneclaire.domains.operators.models import Operator


class Wrong(Exception):
    """Something on the command line that can't be: the dispatcher tells it, and ends with 2."""


def start() -> None:
    """Start the database server, where it is ours, and Django. Raises CannotStart and NoPostgres, which the dispatcher
    tells."""
    from ligneclaire.adapters.postgres import roles

    if server := roles.embedded_server():
        server.start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ligneclaire.config.settings")
    import django

    django.setup()
    tidy_seldom()


def tidy_seldom() -> None:
    """Look for garbage seldom: jobs make hundreds of thousands of objects, pages tens of thousands, and few of them in
    circles. It saves a fifth of the work of rating."""
    gc.set_threshold(50_000, 20, 100)


def operator_of(code: str) -> Operator:
    """Start, and find an operator. Raises Wrong, CannotStart, NoPostgres."""
    start()
    from ligneclaire.domains.operators.models import Operator

    found = Operator.objects.filter(code=code).first()
    if found is None:
        raise Wrong(f"there is no operator {code!r}")
    return found


def month_of(text: str) -> date:
    """The first day of a month like 2026-05. Raises Wrong."""
    try:
        return Period.month(text).start
    except ValueError:
        raise Wrong(f"{text!r} is no month like 2026-05") from None


def counted(count: int, noun: str) -> str:
    """How many of something: 1 line, 2 lines."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def refuse(command: str, message: str) -> int:
    """Tell why a command can't be done, in one line on standard error; its exit status, 2."""
    print(f"ligneclaire {command}: {' '.join(message.split())}", file=sys.stderr)
    return 2
