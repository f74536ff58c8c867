"""A test that proves a rule must turn red when the rule's parameter is another: here each is changed and tried."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOMAINS = "src/ligneclaire/domains"
COMMON, RURAL, LESSOR = "common.toml", "operators/rural/policies.toml", "operators/lessor/policies.toml"
FR, BE, EU = "law/fr.toml", "law/be.toml", "law/eu.toml"

# rule, file, table, the value there, another value, the domain whose tests must notice
CHANGES = [
    ("BIL-02", RURAL, "contracts.service_start", "= 30", "= 31", "billing"),
    ("BIL-05", RURAL, "billing.calendar", "invoice_day = 2", "invoice_day = 3", "billing"),
    ("PAY-02", RURAL, "accounts.debit", "debit_day = 5", "debit_day = 8", "billing"),
    ("PAY-04", RURAL, "accounts.cheque", "cheque_before = 10", "cheque_before = 11", "accounts"),
    ("PAY-05", RURAL, "accounts.bank_change", "= 25", "= 24", "accounts"),
    ("PAY-03", RURAL, "accounts.debit", "notice_days = 3", "notice_days = 4", "billing"),
    ("PAY-10", LESSOR, "accounts.complementary", "[50, 100]", "[40, 100]", "accounts"),
    ("PAY-12", LESSOR, "accounts.complementary", '"hardware", "software"', '"software"', "accounts"),
    ("BIL-08", "operators/lessor/profile.toml", "desks", 'opens = "08:30"', 'opens = "09:00"', "assistance"),
    ("SPL-04", COMMON, "billing.private_invoice", '"5.00"', '"5.01"', "billing"),
    ("SPL-05", COMMON, "billing.private_invoice", "private_skips = 2", "private_skips = 3", "billing"),
    ("SPL-05", COMMON, "billing.private_invoice", "zero_statement = true", "zero_statement = false", "billing"),
    ("CON-06", COMMON, "contracts.early_termination", "full_months = 12", "full_months = 11", "contracts"),
    ("CON-07", COMMON, "contracts.early_termination", "reduced_rate = 25", "reduced_rate = 24", "contracts"),
    ("MOV-01", COMMON, "contracts.relocation", "= 84", "= 85", "contracts"),
    ("MOV-01", COMMON, "contracts.relocation", "= 42", "= 41", "contracts"),
    ("RET-01", COMMON, "devices.returns", "= 30", "= 31", "devices"),
    ("RET-02", COMMON, "devices.returns", "= 40", "= 41", "devices"),
    ("RET-04", COMMON, "devices.returns", "RM-", "RX-", "devices"),
    ("CMP-01", COMMON, "assistance.complaints", "answer_days = 30", "answer_days = 31", "assistance"),
    ("CMP-03", COMMON, "assistance.complaints", "silence_months = 2", "silence_months = 1", "assistance"),
    ("PRV-06", COMMON, "privacy.retention", "customer_months = 120", "customer_months = 119", "privacy"),
    ("PRV-07", COMMON, "privacy.retention", "traffic_months = 24", "traffic_months = 23", "privacy"),
    ("USE-01", COMMON, "usage.alerts", "75, 90", "76, 90", "usage"),
    ("W-22", COMMON, "usage.ceilings", 'world_limit = "50.00"', 'world_limit = "51.00"', "usage"),
    ("RAT-13", COMMON, "usage.late", "late_usage_months = 3", "late_usage_months = 2", "usage"),
    ("W-41", COMMON, "usage.correction", "correction_charges = false", "correction_charges = true", "usage"),
    ("SPL-11", COMMON, "collections.private_reminders", "= 7", "= 8", "collections"),
    ("SPL-11", COMMON, "collections.private_reminders", "= 14", "= 15", "collections"),
    ("SPL-11", COMMON, "collections.private_reminders", "= 30", "= 31", "collections"),
    ("L-BE-10", BE, "L-BE-10", "min = 14", "min = 13", "collections"),
    ("L-FR-01", FR, "L-FR-01", "2023-01-01", "2023-01-02", "contracts"),
    ("L-FR-01", FR, "L-FR-01", 'reduced_rate_max = "25"', 'reduced_rate_max = "26"', "contracts"),
    ("L-FR-02", FR, "L-FR-02", "max = 10", "max = 11", "contracts"),
    ("L-FR-05", FR, "L-FR-05", "days = 14", "days = 13", "contracts"),
    ("L-FR-08", FR, "L-FR-08", "= 24", "= 25", "lines"),
    ("L-FR-12", FR, "L-FR-12", "billing_months = 12", "billing_months = 11", "privacy"),
    ("L-BE-01", BE, "L-BE-01", "workers_at_most = 9", "workers_at_most = 10", "contracts"),
    ("L-BE-01", BE, "L-BE-01", "free_after_months = 6", "free_after_months = 7", "contracts"),
    ("L-BE-05", BE, "L-BE-05", "3.00", "3.10", "lines"),
    ("L-BE-08", BE, "L-BE-08", "from_hours = 8", "from_hours = 9", "assistance"),
    ("L-BE-09", BE, "L-BE-09", "suspension_months = 4", "suspension_months = 5", "assistance"),
    ("L-BE-07", BE, "L-BE-07", 'ceiling_default = "50.00"', 'ceiling_default = "75.00"', "usage"),
    ("L-EU-02", EU, "L-EU-02", "warning_percent = 80", "warning_percent = 81", "usage"),
    ("L-EU-02", EU, "L-EU-02", 'limit_default = "50.00"', 'limit_default = "60.00"', "usage"),
    ("L-EU-05", EU, "L-EU-05", '"access_months", max = 1', '"access_months", max = 2', "privacy"),
]


@pytest.mark.soak
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: f"{change[0]}:{change[4]}")
def test_a_changed_parameter_turns_a_test_of_its_rule_red(change: tuple[str, ...]) -> None:
    rule, file, table, old, new, domain = change
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")  # a database of its own, not this worker's
    told = {"rule": rule, "file": file, "table": table, "old": old, "new": new}
    tried = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "tests.changed_parameter", f"{DOMAINS}/{domain}/tests"],
        env={**os.environ, "LC_CHANGE": json.dumps(told), "PYTEST_XDIST_WORKER": f"{worker}_changed"},
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert tried.returncode == 1, (
        f"no test of {rule} noticed {old} -> {new}:\n{tried.stdout[-2000:]}{tried.stderr[-500:]}"
    )
    assert "1 failed" in tried.stdout, tried.stdout[-2000:]
