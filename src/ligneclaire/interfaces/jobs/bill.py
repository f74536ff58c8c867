"""`ligneclaire bill run|show|release|discard|credit`: the bills of a month from the command line."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ligneclaire.interfaces.jobs.start import Wrong, counted, operator_of

SUMMARY = "run the bills of a month, show them, release them, credit an invoice"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The act, the operator, and what the act needs."""
    parser.add_argument("act", choices=["run", "show", "release", "discard", "credit"])
    parser.add_argument("--operator", required=True, metavar="CODE")
    parser.add_argument("--month", metavar="YYYY-MM", help="the month that is billed in advance")
    parser.add_argument("--as-of", metavar="TIMESTAMP", help="what was recorded later is not seen (default: now)")
    parser.add_argument("--on", metavar="DATE", help="date of the invoices (default: the operator's day of the month)")
    parser.add_argument("--actor", default=f"command:{getpass.getuser()}", help="who does it; a second one releases")
    parser.add_argument("--chunk", type=int, default=1000, metavar="N", help="accounts of one transaction")
    parser.add_argument("--threads", type=int, default=2, metavar="N", help="chunks that are worked on at once")
    parser.add_argument("--knowingly", action="store_true", help="release over suspended usage and accounts put aside")
    parser.add_argument("--invoice", metavar="NUMBER", help="the invoice to credit")
    parser.add_argument("--lines", metavar="N[,N]", help="its lines to credit (default: all that is left)")
    parser.add_argument("--reason", default="", metavar="WORDS")


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 1 when the act is refused (the reason on standard error); 2 when the command is wrong."""
    asked = _Asked(args)
    from ligneclaire.kernel.refusal import Refusal

    try:
        return _ACTS[args.act](asked)
    except Refusal as refused:
        print(f"ligneclaire bill: {refused.message('en')}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nligneclaire bill: interrupted; what is committed stays, run it again to go on", file=sys.stderr)
        return 130


class _Asked:
    """The arguments, read and looked up."""

    def __init__(self, args: argparse.Namespace) -> None:
        self.args, self.operator = args, operator_of(args.operator)
        self.now = datetime.now(ZoneInfo(self.operator.timezone))

    @property
    def month(self) -> date:
        try:
            return date.fromisoformat(f"{self.args.month}-01")
        except ValueError:
            raise Wrong(f"--month wants YYYY-MM, not {self.args.month!r}") from None

    @property
    def as_of(self) -> datetime:
        if not self.args.as_of:
            return self.now
        try:
            at = datetime.fromisoformat(self.args.as_of)
        except ValueError:
            raise Wrong(f"--as-of wants a timestamp, not {self.args.as_of!r}") from None
        return at if at.tzinfo else at.replace(tzinfo=self.now.tzinfo)

    def bill_on(self) -> date:
        from ligneclaire.domains.billing.policies import BillingCalendar
        from ligneclaire.domains.rulebook import queries as rulebook

        if self.args.on:
            try:
                return date.fromisoformat(self.args.on)
            except ValueError:
                raise Wrong(f"--on wants a date, not {self.args.on!r}") from None
        with self.acting():
            calendar = rulebook.book_of(self.operator.pk).in_force(BillingCalendar, self.month)
        if calendar is None:
            raise Wrong(f"no billing calendar is in force in {self.args.month}")
        return self.month.replace(day=calendar.value.invoice_day)

    def acting(self) -> Any:
        from ligneclaire.domains.operators.acting import acting_for

        return acting_for(self.operator.pk)

    def run(self) -> Any:
        """The run of the month that is not discarded, or None."""
        from ligneclaire.domains.billing.models import BillRun

        with self.acting():
            runs = BillRun.objects.filter(operator=self.operator, month=self.month).exclude(state="discarded")
            return runs.order_by("-pk").first()

    def known_run(self) -> Any:
        found = self.run()
        if found is None:
            raise Wrong(f"there is no bill run for {self.args.month}")
        return found


def _progress(what: str) -> Callable[[int, int], None]:
    def show(done: int, of: int) -> None:
        print(f"\r{what}: {done} of {of} chunks", end="\n" if done == of else "", file=sys.stderr, flush=True)

    return show


def _run(asked: _Asked) -> int:
    from ligneclaire.domains.billing import operations as billing
    from ligneclaire.domains.operators.models import LegalEntity

    found = asked.run()
    if found is None:
        with asked.acting():
            entity = LegalEntity.objects.get(operator=asked.operator)
        found = billing.start_run(
            operator_id=asked.operator.pk, legal_entity_id=entity.pk, month=asked.month, as_of=asked.as_of,
            bill_on=asked.bill_on(), at=asked.now, actor=asked.args.actor, chunk_size=asked.args.chunk,
        )  # fmt: skip
    billing.draft(
        run=found, at=asked.now, actor=asked.args.actor, progress=_progress("drafted"), threads=asked.args.threads
    )
    return _show(asked)


def _show(asked: _Asked) -> int:
    from ligneclaire.domains.billing import queries
    from ligneclaire.kernel.scope import Scope

    found = asked.known_run()
    with asked.acting():
        shown = queries.pre_bill(Scope.staff(asked.operator.pk), found)
    print(json.dumps({"run": found.public_id, "digest": found.digest, **_plain(shown)}, default=_text, indent=2))
    return 0


def _plain(value: Any) -> dict[str, Any]:
    return {one.name: getattr(value, one.name) for one in fields(value)}


def _text(value: object) -> object:
    from ligneclaire.kernel.money import Money

    return str(value) if isinstance(value, Money | date) else _plain(value)


def _release(asked: _Asked) -> int:
    from ligneclaire.domains.billing import operations as billing
    from ligneclaire.domains.billing.models import Invoice

    found = asked.known_run()
    if found.state == "released":
        print(f"the run for {asked.args.month} was released already, {_released(asked, found)}: nothing is issued")
        return 0
    billing.release(
        run=found, at=asked.now, actor=asked.args.actor, knowingly=asked.args.knowingly, progress=_progress("issued"),
        threads=asked.args.threads,
    )  # fmt: skip
    with asked.acting():
        print(f"{counted(Invoice.objects.filter(run=found).count(), 'document')} issued")
    return 0


def _released(asked: _Asked, run: Any) -> str:
    """When, and by whom."""
    from ligneclaire.journeys import desk_staff
    from ligneclaire.kernel.scope import Scope

    with asked.acting():
        names = desk_staff.names_of(Scope.staff(asked.operator.pk), {run.released_by})
    at = run.released_at.astimezone(asked.now.tzinfo)
    return f"on {at:%Y-%m-%d} at {at:%H:%M} by {names.get(run.released_by) or run.released_by}"


def _discard(asked: _Asked) -> int:
    from ligneclaire.domains.billing import operations as billing

    billing.discard(run=asked.known_run(), at=asked.now, actor=asked.args.actor)
    print(f"the run for {asked.args.month} is discarded")
    return 0


def _credit(asked: _Asked) -> int:
    from ligneclaire.domains.billing import operations as billing
    from ligneclaire.domains.billing.models import Invoice

    with asked.acting():
        found = Invoice.objects.filter(operator=asked.operator, number=asked.args.invoice).first()
    if found is None:
        raise Wrong(f"there is no invoice {asked.args.invoice!r}")
    if not asked.args.reason:
        raise Wrong("--reason says why")
    wanted = None
    if asked.args.lines:
        if not all(one.isdigit() for one in asked.args.lines.split(",")):
            raise Wrong(f"--lines wants numbers, not {asked.args.lines!r}")
        wanted = dict.fromkeys(int(one) for one in asked.args.lines.split(","))
    note = billing.credit_invoice(
        invoice=found, reason=asked.args.reason, at=asked.now, actor=asked.args.actor, lines=wanted
    )
    print(f"{note.number}: {note.total} {note.currency} of {found.number} credited")
    return 0


_ACTS = {"run": _run, "show": _show, "release": _release, "discard": _discard, "credit": _credit}
