"""`ligneclaire invoice show NUMBER`: an invoice or credit note as text, JSON or PDF, the same as on the page."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from ligneclaire.interfaces.jobs.start import operator_of

SUMMARY = "show an invoice: lines and reasons, as text, JSON or PDF"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to show, of whom, in which form."""
    acts = parser.add_subparsers(dest="act", required=True)
    show = acts.add_parser("show", help="one document, by its number")
    show.add_argument("number")
    show.add_argument("--operator", required=True, metavar="CODE")
    show.add_argument("--lang", choices=["fr", "nl", "en"], help="default: the customer's language")
    form = show.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="as JSON, as the API answers")
    form.add_argument("--pdf", metavar="FILE", help="write the PDF; - is standard output")


def run(args: argparse.Namespace) -> int:
    """Exit status 0; 1 when there is no such document, 2 when there is no such operator."""
    operator = operator_of(args.operator)
    from ligneclaire.domains.billing.models import Invoice
    from ligneclaire.domains.operators.acting import acting_for
    from ligneclaire.journeys import invoice_data, invoices

    with acting_for(operator.pk):
        mine = Invoice.objects.filter(operator=operator, number=args.number)
        row = mine.select_related("account__party", "credits").first()
        if row is None:
            print(f"{operator.name} has no document {args.number!r}", file=sys.stderr)
            return 1
        lang = args.lang or row.language
        if args.pdf:
            return _write(args.pdf, invoices.document(row, lang))
        view = invoices.view_of(row, lang)
    if args.json:
        print(json.dumps(invoice_data.as_json(view), indent=2, ensure_ascii=False))
    else:
        print(invoice_data.as_text(view))
    return 0


def _write(target: str, made: bytes) -> int:
    if target == "-":
        sys.stdout.buffer.write(made)
    else:
        Path(target).write_bytes(made)
    return 0
