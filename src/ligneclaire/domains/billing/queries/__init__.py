"""What may be read of billing: invoices and how they stand, the pre-bill of a run, the forecast."""

from ligneclaire.domains.billing.queries.forecast import forecast_after, forecasts
from ligneclaire.domains.billing.queries.invoices import (
    Beside,
    InvoiceState,
    OpenInvoice,
    beside,
    collectable,
    disputed_and_credited,
    disputed_sums,
    invoices_of,
    open_invoices,
)
from ligneclaire.domains.billing.queries.pre_bill import Anomaly, PreBill, pre_bill
from ligneclaire.domains.billing.queries.usage import open_suspense

__all__ = [
    "Anomaly",
    "Beside",
    "InvoiceState",
    "OpenInvoice",
    "PreBill",
    "beside",
    "collectable",
    "disputed_and_credited",
    "disputed_sums",
    "forecast_after",
    "forecasts",
    "invoices_of",
    "open_invoices",
    "open_suspense",
    "pre_bill",
]
