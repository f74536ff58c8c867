"""Settling what waits in suspense: tried again after the line was entered, or written off with a reason."""

import io
from datetime import date, timedelta

import pytest
from tests import cast

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import queries
from ligneclaire.domains.usage.models import IntakeFile, Session, Suspended
from ligneclaire.domains.usage.tests import giving_up
from ligneclaire.domains.usage.tests.detail_files import EVENT, block

AT = EVENT + timedelta(hours=2)
LATER = EVENT + timedelta(days=3)
NEW_LINE = "roche.atelier@hauteligne.example"

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def anna(database: None) -> cast.Customer:
    return cast.anna(kit_on=None, connected_at=None)


def take_in(anna: cast.Customer, content: str) -> IntakeFile:
    stream = io.BytesIO(content.encode())
    return usage.take_in_detail_file(
        operator_id=anna.operator.pk, name="detail", stream=stream, at=AT, actor=cast.ACTOR
    )


def retry(anna: cast.Customer) -> usage.Retried:
    return usage.retry_suspended(operator_id=anna.operator.pk, at=LATER, actor=cast.ACTOR)


def order(anna: cast.Customer, on: date) -> None:
    lines.order_line(account=anna.account, kind="internet", identifier=NEW_LINE, on=on, at=AT, actor=cast.ACTOR)


def waiting(anna: cast.Customer) -> list[queries.Waiting]:
    with anna.acting():
        return queries.suspense(anna.scope.staff(anna.operator.pk))


def test_a_record_is_kept_once_its_line_is_known(anna: cast.Customer) -> None:
    take_in(anna, block(NEW_LINE) + block("nobody", "8f22"))
    assert retry(anna) == usage.Retried(0, 0, 2)
    order(anna, date(2026, 11, 20))
    assert retry(anna) == usage.Retried(1, 0, 1)
    assert retry(anna) == usage.Retried(0, 0, 1)
    with anna.acting():
        kept = Session.objects.get()
        settled = Suspended.objects.get(settled_as="kept")
        assert (kept.event_at, kept.line.identifier) == (EVENT, NEW_LINE)
        assert (settled.settled_at, settled.settled_by) == (LATER, cast.ACTOR)
        assert AuditEntry.objects.get(act="retry_suspended").detail == {"kept": 1, "duplicates": 0}


def test_a_line_that_is_entered_with_a_later_day_changes_the_reason(anna: cast.Customer) -> None:
    take_in(anna, block(NEW_LINE))
    order(anna, date(2026, 11, 22))
    assert retry(anna) == usage.Retried(0, 0, 1)
    assert [(one.reason, one.detail) for one in waiting(anna)] == [("before-the-line", "2026-11-22")]


def test_a_record_that_came_again_in_the_meantime_is_a_duplicate(anna: cast.Customer) -> None:
    take_in(anna, block(NEW_LINE))
    order(anna, date(2026, 11, 20))
    assert take_in(anna, block(NEW_LINE)).kept == 1
    assert retry(anna) == usage.Retried(0, 1, 0)
    with anna.acting():
        assert (Session.objects.count(), Suspended.objects.get().settled_as) == (1, "duplicate")


def test_what_cannot_become_usable_is_not_tried_again(anna: cast.Customer) -> None:
    take_in(anna, block(cast.ANNA_LINE, kind="Failed"))
    assert retry(anna) == usage.Retried(0, 0, 0)
    assert len(waiting(anna)) == 1


def test_a_record_that_was_written_off_stays_so_when_it_comes_again(anna: cast.Customer) -> None:
    take_in(anna, block("nobody"))
    (record,) = waiting(anna)
    giving_up.by_two(anna.operator.pk, record.public_id, at=AT, why="A test of the access server.")
    with anna.acting():
        settled = Suspended.objects.get()
        assert (settled.settled_as, settled.settled_why) == ("written-off", "A test of the access server.")
    again = take_in(anna, block("nobody"))
    assert (again.duplicates, again.suspended) == (1, 0)
    assert waiting(anna) == []


def test_a_record_of_radius_is_not_mended_with_others(anna: cast.Customer) -> None:
    take_in(anna, block("nobody"))
    with anna.acting():
        (group,) = queries.groups(anna.scope.staff(anna.operator.pk))
    assert group.alike.same == "line=nobody"
    with pytest.raises(usage.NotMended):
        usage.mend_alike(operator_id=anna.operator.pk, alike=group.alike, fields={"line": "x"}, at=AT, actor="eva")


def test_writing_off_is_of_the_operator_alone(anna: cast.Customer) -> None:
    take_in(anna, block("nobody"))
    (record,) = waiting(anna)
    other = cast.operator("lessor").pk
    with pytest.raises(usage.NotInSuspense):
        usage.ask_write_off(operator_id=other, of=record.public_id, why="A test.", at=AT, actor="eva")
    assert len(waiting(anna)) == 1
