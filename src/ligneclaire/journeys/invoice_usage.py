"""Usage on an invoice: whose it is, and the last part, where all that lay beside the bundles stands with the warnings
that were sent (SPL-07, W-07). Of a line with split bill the company's invoice tells the employer's part alone (FMP-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from ligneclaire.domains.billing.models import Invoice, InvoiceLine
from ligneclaire.domains.billing.rules.usage_lines import EMPLOYERS, KIND, USAGE, WHOLE
from ligneclaire.domains.lines.models import Line
from ligneclaire.domains.usage.models import Alert
from ligneclaire.domains.usage.queries import notices
from ligneclaire.domains.usage.rules import spending
from ligneclaire.journeys import formats
from ligneclaire.journeys.usage_view import Cost, Outside, UsedOn
from ligneclaire.kernel import texts
from ligneclaire.kernel.money import Money

_Key = tuple[int, date]


def lines_of(invoice: Invoice, rows: Iterable[InvoiceLine]) -> Mapping[int, UsedOn]:
    """Whose usage each row bills, by its position; read by one statement, none when no row does."""
    wanted = [(row, _key(row)) for row in rows if row.line_id and row.usage_month]
    if not wanted:
        return {}
    country = invoice.operator.country
    known = {
        pk: (public_id, formats.phone(identifier if identifier.startswith("+") else f"+{identifier}", country))
        for pk, public_id, identifier in Line.objects.filter(pk__in={key[0] for _row, key in wanted}).values_list(
            "pk", "public_id", "identifier"
        )
    }
    return {
        row.position: UsedOn(*known[line], month, row.product_code.removeprefix(f"{USAGE}-"))
        for row, (line, month) in wanted
    }


def _key(row: InvoiceLine) -> _Key:
    if row.line_id is None or row.usage_month is None:
        raise ValueError(f"line {row.position} bills no usage")
    return row.line_id, row.usage_month


def outside_of(
    invoice: Invoice, rows: Sequence[InvoiceLine], used: Mapping[int, UsedOn], lang: str
) -> tuple[Outside, ...]:
    """What each number cost beside what is included, month by month."""
    found: dict[_Key, list[InvoiceLine]] = {}
    for row in rows:
        if row.position in used:
            found.setdefault(_key(row), []).append(row)
    whole = {key for key, some in found.items() if any(_has(row, WHOLE) for row in some)}
    warned = _warnings(invoice, whole, lang)
    return tuple(
        Outside(
            used[some[0].position].number,
            key[1],
            tuple(cost for row in some for cost in _costs(row, invoice.currency, lang)),
            tuple(warned.get(key, ())),
        )
        for key, some in sorted(found.items(), key=lambda pair: (pair[1][0].position, pair[0]))
    )


def _has(row: InvoiceLine, code: str) -> bool:
    return any(one["code"] == code for one in row.because)


def _costs(row: InvoiceLine, currency: str, lang: str) -> Iterable[Cost]:
    """Kind by kind as rated; a line that tells no kinds is its own."""
    kinds = [one["params"] for one in row.because if one["code"] == KIND]
    for one in kinds:
        code = f"billing.usage.{one['kind']}"
        label = texts.say(code, lang) if texts.knows(code) else str(one["kind"])
        yield Cost(label, int(one["records"]), Money.of(one["amount"], currency))
    if not kinds:
        yield Cost(row.names.get(lang) or next(iter(row.names.values())), 0, Money(row.amount, currency))
    for one in row.because:
        if one["code"] == EMPLOYERS and kinds and Decimal(one["params"]["employer"]):
            pays = -Money.of(one["params"]["employer"], currency)
            yield Cost(texts.say("billing.outside.employer", lang), 0, pays, is_employers=True)


def _warnings(invoice: Invoice, keys: set[_Key], lang: str) -> dict[_Key, list[str]]:
    if not keys:
        return {}
    zone = ZoneInfo(invoice.operator.timezone)
    # what had left when the document was issued: a later message changes nothing of it
    until = invoice.issued_at or datetime.max.replace(tzinfo=UTC)
    alerts = notices.sent({line for line, _month in keys}, {month for _line, month in keys}, until)
    services = notices.services_of(one for one, _left in alerts)
    found: dict[_Key, list[str]] = {}
    for one, left in alerts:
        if one.line_id is None:
            continue
        service = services.get(notices.whose(one), "data")
        at, warned = (each.astimezone(zone).replace(microsecond=0).isoformat() for each in (one.event_at, left))
        said = _warning(one, service, {"at": at, "warned": warned}, lang)
        found.setdefault((one.line_id, one.month), []).append(said)
    return {key: said for key, said in found.items() if key in keys}


def _warning(one: Alert, service: str, times: Mapping[str, str], lang: str) -> str:
    known = {**times, "threshold": str(one.threshold)}
    if spending.ceiling_of(one.counter):
        limit = f"{Decimal(one.allowance).scaleb(-6):.2f}"
        return texts.say("billing.outside.spend", lang, {**known, "limit": limit})
    allowance = formats.quantity(one.allowance, service, lang)
    return texts.say("billing.outside.bundle", lang, {**known, "allowance": allowance})
