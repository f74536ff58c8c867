"""Whole numbers of other parties are shown to staff for a reason, for a quarter of an hour, and it is written down."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from tests import cast

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage.models import Disclosure, Suspended
from ligneclaire.domains.usage.queries import disclosures
from ligneclaire.domains.usage.rules import secrecy
from ligneclaire.domains.usage.tests import usage_files
from ligneclaire.kernel.scope import Scope

MAY = date(2026, 5, 1)
AT = cast.moment(date(2026, 5, 20), 10)


@pytest.mark.usefixtures("database")
def test_a_reason_opens_one_line_and_month_to_one_person_for_a_quarter_of_an_hour() -> None:
    bora = cast.bora_mobile()
    operator, line = bora.operator.pk, bora.contract.line_id
    row = usage.disclose_line(
        operator_id=operator, line_id=line, month=date(2026, 5, 17), kind="complaint", words=" KL-2026-118 ", at=AT,
        actor="login:eva",
    )  # fmt: skip
    ends = AT + timedelta(minutes=15)
    with acting_for(operator):
        assert (row.month, row.words, row.until) == (MAY, "KL-2026-118", ends)
        ids, last = [row.public_id], ends - timedelta(seconds=1)
        assert [one.pk for one in disclosures.open_for(operator, "login:eva", ids, last)] == [row.pk]
        assert disclosures.open_for(operator, "login:eva", ids, ends) == ()
        assert disclosures.open_for(operator, "login:lien", ids, AT) == ()
        entry = AuditEntry.objects.get(act="disclose_numbers")
        assert entry.detail == {"kind": "complaint", "disclosure": row.public_id, "month": "2026-05"}
        assert entry.actor == "login:eva"
        assert [one.pk for one in disclosures.of_line(Scope.staff(operator), line, MAY)] == [row.pk]
        assert disclosures.of_line(Scope(operator, account_ids=frozenset([bora.account.pk])), line, MAY) == ()


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize(("kind", "words"), [("complaint", "  a "), ("curiosity", "KL-2026-118"), ("", "KL-2026-118")])
def test_without_a_reason_nothing_is_opened(kind: str, words: str) -> None:
    bora = cast.bora_mobile()
    operator, line = bora.operator.pk, bora.contract.line_id
    with pytest.raises(usage.NoGround):
        usage.disclose_line(
            operator_id=operator, line_id=line, month=MAY, kind=kind, words=words, at=AT, actor="login:eva"
        )
    with acting_for(operator):
        assert not Disclosure.objects.exists()
        assert not AuditEntry.objects.filter(act="disclose_numbers").exists()


@pytest.mark.usefixtures("database")
def test_a_record_that_waits_is_opened_for_a_reason_as_well(tmp_path: Path) -> None:
    bora = cast.bora_mobile()
    operator = bora.operator.pk
    path = usage_files.csv(tmp_path, [usage_files.call("1", line="32470000000")])
    usage.take_in_usage_file(operator_id=operator, path=path, at=AT, actor="test")
    with acting_for(operator):
        waits = Suspended.objects.get()
    told = {"operator_id": operator, "kind": "fault", "words": "KL-2026-118", "at": AT, "actor": "login:eva"}
    row = usage.disclose_record(public_id=waits.public_id, **told)
    assert row is not None
    assert row.suspended_id == waits.pk
    assert usage.disclose_record(public_id="none", **told) is None


def test_a_text_keeps_the_first_digits_of_what_could_be_a_number() -> None:
    told = '"","0470 12 34 56","+33.1.23.45.67.89",61'
    assert secrecy.of_text(told) == '"","0470•••","+33.1.2•••",61'
    assert secrecy.of_fields({"other": "33123456789", "quantity": "61"}) == {"other": "3312•••", "quantity": "61"}
    assert secrecy.of_fields({"row": "a;33123456789"}) == {"row": "a;3312•••"}
    assert secrecy.of_detail("no-zone", "99912345678") == "9991•••"
    assert secrecy.of_detail("unknown-line", "32470000000") == "32470000000"
