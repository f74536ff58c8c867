"""`GET /api/invoices` and `GET /api/invoices/ID`: what the customer's pages show, as JSON, for who is signed in."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.utils import timezone, translation
from ninja import Router
from ninja.security import django_auth

from ligneclaire.domains.customers.queries import NotFound
from ligneclaire.domains.lines import queries as lines
from ligneclaire.journeys import customer_pages, invoice_data, invoices

router = Router(tags=["invoices"], auth=django_auth)


@router.get("", summary="The invoices and credit notes that the login may see, the newest first")
def list_invoices(request: HttpRequest) -> JsonResponse:
    """Public id, number, month, sums and state of each."""
    on = timezone.localdate()
    found = customer_pages.bills_of(lines.scope_of(request.user, on), on)  # type: ignore[arg-type]
    rows = [
        {
            "id": bill.public_id,
            "number": bill.number,
            "kind": bill.kind,
            "issued_on": bill.issued_on.isoformat(),
            "total": str(bill.total),
            "open": str(bill.open),
            "state": bill.state,
        }
        for bill in found.bills
    ]
    return JsonResponse(rows, safe=False)


@router.get("/{public_id}", summary="One invoice or credit note with its lines and their reasons")
def show_invoice(request: HttpRequest, public_id: str) -> JsonResponse:
    """404 when the login may not see it. Parameter: `lang` (fr, nl, en)."""
    scope = lines.scope_of(request.user, timezone.localdate())  # type: ignore[arg-type]
    try:
        row = customer_pages.invoice_of(scope, public_id)
    except NotFound:
        return JsonResponse({"error": "not found"}, status=404)
    asked = request.GET.get("lang")
    lang = asked if asked in ("fr", "nl", "en") else (translation.get_language() or "en")[:2]
    view = invoices.view_of(row, lang)
    return JsonResponse(invoice_data.as_json(view), json_dumps_params={"ensure_ascii": False})
