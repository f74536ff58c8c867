"""What waits, by what is the same in it: mended, mapped and tried again in one act, written off by two people."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path

import pytest
from django.db import IntegrityError, connections, transaction
from tests import cast

from ligneclaire.domains.audit.models import AuditEntry
from ligneclaire.domains.usage import operations as usage
from ligneclaire.domains.usage import queries, store
from ligneclaire.domains.usage.models import Group, IntakeFile, Suspended, WriteOff
from ligneclaire.domains.usage.queries import alike as groups
from ligneclaire.domains.usage.rules.alike import Alike, same
from ligneclaire.domains.usage.rules.suspense import Reason
from ligneclaire.domains.usage.tests import mobile
from ligneclaire.domains.usage.tests.mobile import AT, BRAM, MARCH, NORA, Fleet
from ligneclaire.domains.usage.tests.usage_files import call, csv
from ligneclaire.kernel.scope import Scope

LATER = AT + timedelta(days=2)
NEW = "32470777777"
EVA, LIEN = "login:eva", "login:lien"

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def fleet(database: None) -> Fleet:
    return mobile.fleet()


def take_in(fleet: Fleet, path: Path, hours: int = 0) -> IntakeFile:
    at = AT + timedelta(hours=hours)
    return usage.take_in_usage_file(operator_id=fleet.operator_id, path=path, at=at, actor=cast.ACTOR)


def waiting(fleet: Fleet) -> list[queries.Group]:
    with fleet.customer.acting():
        return queries.groups(Scope.staff(fleet.operator_id))


def seen(fleet: Fleet) -> list[tuple[str, str, str, int]]:
    """(reason, what is the same, the file, how many) of each group."""
    return [(one.alike.reason, one.alike.same, one.file, one.number) for one in waiting(fleet)]


def mend(fleet: Fleet, alike: Alike, **fields: str) -> usage.Retried:
    return usage.mend_alike(operator_id=fleet.operator_id, alike=alike, fields=fields, at=LATER, actor=EVA)


def would_become(fleet: Fleet, alike: Alike, **fields: str) -> dict[str, int]:
    with fleet.customer.acting():
        return dict(queries.would_become(Scope.staff(fleet.operator_id), alike, fields))


def audited(fleet: Fleet, act: str) -> list[dict[str, object]]:
    with fleet.customer.acting():
        return list(AuditEntry.objects.filter(act=act).order_by("id").values_list("detail", flat=True))


def abroad(numbers: Iterable[int], country: str, **more: str) -> list[dict[str, str]]:
    return [call(n, visited=country, start=f"2026-03-04T{n:02}:00:00Z", **more) for n in numbers]


@pytest.mark.parametrize(
    ("reason", "detail", "raw", "expected"),
    [
        (Reason.UNKNOWN_LINE, "+32470777777", "{}", "line=32470777777"),
        (Reason.UNKNOWN_LINE, "nobody@hauteligne.example", "Mon Jul  6\n\tUser-Name", "line=nobody@hauteligne.example"),
        (Reason.AFTER_THE_LINE, "line", '{"line": "+32470777777"}', "line=32470777777"),
        (Reason.BEFORE_THE_LINE, "2026-11-22", "Mon Jul  6\n\tUser-Name", "line"),
        (Reason.UNKNOWN_COUNTRY, "visited", '{"visited": "UK"}', "visited=UK"),
        (Reason.UNKNOWN_SERVICE, "service", '{"service": "' + "x" * 90 + '"}', "service=" + "x" * 64),
        (Reason.NO_ZONE, "999123456", '{"service": "voice", "other": "999123456"}', "service=voice"),
        (Reason.NO_TIME_ZONE, "start", '{"start": "2026-03-04"}', "start"),
        (Reason.WRONG_NUMBER, "other", '{"other": "32 2"}', "other"),
        (Reason.HALF_BLOCK, "", '{"row": "msc1,1,324"}', ""),
        (Reason.MISSING_COLUMN, "9 / 10", '{"row": "a"}', ""),
        (Reason.UNREADABLE_LINE, "", "[1]", ""),
    ],
)
def test_what_records_share(reason: Reason, detail: str, raw: str, expected: str) -> None:
    assert same(reason, detail, raw) == expected


def test_what_waits_is_grouped_by_what_is_the_same(fleet: Fleet, tmp_path: Path) -> None:
    first = [*abroad([1, 2], "UK"), call(3, line=NEW), call(4, line=f"+{NEW}"), call(5, quantity="-1")]
    take_in(fleet, csv(tmp_path, first, name="first.csv"))
    take_in(
        fleet, csv(tmp_path, [*abroad([6], "UK"), *abroad([7], "XX"), call(8, quantity="-1")], name="second.csv"), 1
    )
    assert seen(fleet) == [
        ("unknown-country", "visited=UK", "", 3),
        ("unknown-line", f"line={NEW}", "", 2),
        ("negative-number", "quantity", "first.csv", 1),
        ("negative-number", "quantity", "second.csv", 1),
        ("unknown-country", "visited=XX", "", 1),
    ]
    uk, *others = waiting(fleet)
    assert (uk.files, uk.oldest_at, uk.alike.column, uk.alike.value) == (2, AT, "visited", "UK")
    assert len({one.name for one in waiting(fleet)}) == 5
    assert all(NEW not in one.name for one in others)
    with fleet.customer.acting():
        staff = Scope.staff(fleet.operator_id)
        assert queries.group(staff, uk.name) == uk
        assert queries.group(staff, "none") is None
        assert queries.groups(fleet.customer.scope) == []
        assert not queries.would_become(fleet.customer.scope, uk.alike, {"visited": "GB"})
        found = queries.waiting(staff, groups.rows_of(fleet.operator_id, uk.alike), 5)
        assert [one.place for one in found] == [2, 3, 2]


def test_a_list_of_a_group_tells_nobody_whom_somebody_called(fleet: Fleet, tmp_path: Path) -> None:
    file, called = take_in(fleet, csv(tmp_path, [call(1)])), "999123456"
    with fleet.customer.acting():
        Suspended.objects.create(
            operator_id=fleet.operator_id, file=file, place=2, reason="no-zone", detail=called, same="service=voice",
            raw="{}", fingerprint="msc1/1",
        )  # fmt: skip
        staff = Scope.staff(fleet.operator_id)
        (group,) = queries.groups(staff)
        (one,) = queries.waiting(staff, groups.rows_of(fleet.operator_id, group.alike), 5)
        assert (one.detail, queries.waiting(fleet.customer.scope, Suspended.objects.all(), 5)) == ("9991•••", [])
        whole = queries.waiting_record(staff, one.public_id)
        assert whole is not None
        assert whole.detail == called
        assert queries.waiting_record(fleet.customer.scope, one.public_id) is None


def test_what_waited_before_the_upgrade_is_grouped_alike(fleet: Fleet, tmp_path: Path) -> None:
    rows = [*abroad([1, 2], "UK"), call(3, line=f"+{NEW}"), call(4, quantity="-1"), call(5, service="telex"),
            call(6, direction="up"), call(7, start="2026-03-04"), call(8, start="2026-01-01T12:00:00Z")]  # fmt: skip
    take_in(fleet, csv(tmp_path, [*rows, "msc1;1;32470654321\n"]))
    with fleet.customer.acting():
        written = dict(Suspended.objects.values_list("pk", "same"))
        Suspended.objects.update(same="")
    upgrade = import_module("ligneclaire.domains.usage.migrations.0006_giving_up")
    with connections["owner"].cursor() as cursor:
        cursor.execute(upgrade.SAME)
    with fleet.customer.acting():
        assert dict(Suspended.objects.values_list("pk", "same")) == written
    assert len(set(written.values())) == 8


@pytest.mark.rule("W-43", "RAT-15")
def test_a_wrong_country_is_mended_in_all_records_at_once(fleet: Fleet, tmp_path: Path) -> None:
    rows = abroad([1, 2, 3], "UK")
    path = csv(tmp_path, [*rows, *abroad([4], "XX"), call(1, visited="GB", start="2026-03-04T01:00:00Z")])
    file = take_in(fleet, path)
    assert (file.kept, file.suspended) == (1, 4)
    uk = waiting(fleet)[0].alike
    assert would_become(fleet, uk, visited="GB") == {"": 3}
    assert would_become(fleet, uk, visited="EN") == {"unknown-country": 3}
    assert mend(fleet, uk, visited="GB") == usage.Retried(2, 1, 0)
    assert seen(fleet) == [("unknown-country", "visited=XX", "", 1)]
    with fleet.customer.acting():
        found = store.records(fleet.operator_id, fleet.account_id, MARCH).to_pylist()
        assert [one["visited"] for one in found] == ["GB"] * 3
        assert Group.objects.get().records == 3
        mended = Suspended.objects.exclude(original=None).order_by("id")
        assert ['"visited": "UK"' in one.original for one in mended if one.original] == [True] * 3
        assert {(one.settled_as, one.settled_by) for one in mended} == {("kept", EVA), ("duplicate", EVA)}
    assert audited(fleet, "mend_alike") == [
        {"reason": "unknown-country", "changed": ["visited"], "kept": 2, "duplicates": 1, "still": 0}
    ]
    again = take_in(fleet, path)
    assert (again.kept, again.duplicates, again.suspended) == (0, 5, 0)


def test_an_unknown_number_is_mapped_to_a_known_line(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, csv(tmp_path, [call(n, line="0470123456", start=f"2026-03-0{n}T12:00:00Z") for n in (1, 2, 3)]))
    (group,) = waiting(fleet)
    assert mend(fleet, group.alike, line=NORA) == usage.Retried(3, 0, 0)
    with fleet.customer.acting():
        found = store.records(fleet.operator_id, fleet.account_id, MARCH).to_pylist()
        assert {one["line"] for one in found} == {fleet.nora.pk}
    assert NORA not in str(audited(fleet, "mend_alike"))


def test_what_is_still_wrong_waits_for_the_next_reason(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, csv(tmp_path, [*abroad([1, 2], "UK", line=NEW), *abroad([3], "UK")]))
    (uk,) = waiting(fleet)
    assert would_become(fleet, uk.alike, visited="GB") == {"": 1, "unknown-line": 2}
    assert mend(fleet, uk.alike, visited="XX") == usage.Retried(0, 0, 3)
    assert seen(fleet) == [("unknown-country", "visited=XX", "", 3)]
    assert mend(fleet, waiting(fleet)[0].alike, visited="GB") == usage.Retried(1, 0, 2)
    assert seen(fleet) == [("unknown-line", f"line={NEW}", "", 2)]


def test_what_came_after_the_page_was_shown_is_not_changed(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, csv(tmp_path, abroad([1, 2], "UK"), name="first.csv"))
    (shown,) = waiting(fleet)
    take_in(fleet, csv(tmp_path, abroad([3], "UK"), name="second.csv"), 1)
    assert mend(fleet, shown.alike, visited="GB") == usage.Retried(2, 0, 0)
    assert seen(fleet) == [("unknown-country", "visited=UK", "", 1)]
    assert mend(fleet, shown.alike, visited="GB") == usage.Retried(0, 0, 0)


def test_a_group_of_which_fields_are_not_changed(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, csv(tmp_path, [*abroad([1], "UK"), "msc1;1;32470654321\n"]))
    whole, row = sorted(waiting(fleet), key=lambda one: one.alike.same, reverse=True)
    assert would_become(fleet, row.alike, line=BRAM) == {"missing-column": 1}
    assert mend(fleet, row.alike, line=BRAM) == usage.Retried(0, 0, 1)
    assert audited(fleet, "mend_alike") == []
    for alike, fields in ((whole.alike, {}), (whole.alike, {"account": "1"})):
        with pytest.raises(usage.NotMended):
            mend(fleet, alike, **fields)
    assert len(waiting(fleet)) == 2


def test_a_group_is_tried_again_alone(fleet: Fleet, tmp_path: Path) -> None:
    other = "32470888888"
    take_in(fleet, csv(tmp_path, [call(1, line=NEW), call(2, line=NEW), call(3, line=other)]))
    mobile.order(fleet.customer, NEW, date(2026, 3, 4))
    mobile.order(fleet.customer, other, date(2026, 3, 4))
    new = waiting(fleet)[0].alike
    done = usage.retry_suspended(operator_id=fleet.operator_id, at=LATER, actor=EVA, alike=new)
    assert done == usage.Retried(2, 0, 0)
    assert seen(fleet) == [("unknown-line", f"line={other}", "", 1)]


def ask(fleet: Fleet, of: Alike | str, why: str = "A test of the switch.") -> WriteOff:
    return usage.ask_write_off(operator_id=fleet.operator_id, of=of, why=why, at=LATER, actor=EVA)


def confirm(fleet: Fleet, row: WriteOff, actor: str = LIEN) -> WriteOff:
    return usage.confirm_write_off(operator_id=fleet.operator_id, public_id=row.public_id, at=LATER, actor=actor)


def refuse(fleet: Fleet, row: WriteOff, why: str = "They are Nora's.", actor: str = LIEN) -> WriteOff:
    return usage.refuse_write_off(
        operator_id=fleet.operator_id, public_id=row.public_id, why=why, at=LATER, actor=actor
    )


@pytest.mark.rule("W-43")
def test_a_group_is_given_up_by_two_people(fleet: Fleet, tmp_path: Path) -> None:
    path = csv(tmp_path, [call(1, line=NEW), call(2, line=NEW), call(3, service="telex")])
    take_in(fleet, path)
    row = ask(fleet, waiting(fleet)[0].alike, " A test of the switch. ")
    assert [(one.number, one.asked, one.unasked) for one in waiting(fleet)] == [(2, 2, 0), (1, 0, 1)]
    with pytest.raises(usage.SamePerson):
        confirm(fleet, row, EVA)
    with pytest.raises(usage.SamePerson):
        refuse(fleet, row, actor=EVA)
    with fleet.customer.acting():
        assert Suspended.objects.filter(settled_at=None).count() == 3
    done = confirm(fleet, row)
    assert (done.decision, done.written_off, done.why) == ("confirmed", 2, "A test of the switch.")
    assert (done.asked_by, done.decided_by) == (EVA, LIEN)
    assert seen(fleet) == [("unknown-service", "service=telex", "", 1)]
    with pytest.raises(usage.NotAsked):
        refuse(fleet, row)
    with fleet.customer.acting():
        (fate,) = queries.fates(Scope.staff(fleet.operator_id))
        assert (fate.suspense, fate.written_off) == (1, 2)
    again = take_in(fleet, path)
    assert (again.duplicates, again.suspended) == (3, 0)
    counted = [{"reason": "unknown-line", "count": 2}]
    assert audited(fleet, "ask_write_off") == audited(fleet, "confirm_write_off") == counted


def test_what_is_refused_waits_and_may_be_asked_again(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, csv(tmp_path, [call(1, line=NEW), call(2, line=NEW)]))
    row = ask(fleet, waiting(fleet)[0].alike)
    with pytest.raises(usage.NothingToGiveUp):
        ask(fleet, waiting(fleet)[0].alike)
    with pytest.raises(usage.NoReasonGiven):
        refuse(fleet, row, " ")
    refused = refuse(fleet, row)
    assert (refused.decision, refused.decided_why, refused.written_off) == ("refused", "They are Nora's.", 0)
    assert [one.unasked for one in waiting(fleet)] == [2]
    assert audited(fleet, "refuse_write_off") == [{"reason": "unknown-line", "count": 2}]
    confirm(fleet, ask(fleet, waiting(fleet)[0].alike))
    with fleet.customer.acting():
        decided = queries.asked(Scope.staff(fleet.operator_id), decided=True)
        assert [(one.row.decision, one.open) for one in decided] == [("confirmed", 0), ("refused", 0)]
        assert queries.asked(Scope.staff(fleet.operator_id)) == []


def test_who_confirms_gives_up_only_what_still_waits_for_the_same(fleet: Fleet, tmp_path: Path) -> None:
    rows = [*abroad([1], "UK"), *abroad([2], "UK", line=NEW), *abroad([3], "UK")]
    take_in(fleet, csv(tmp_path, rows))
    with fleet.customer.acting():
        first, second, _third = queries.suspense(Scope.staff(fleet.operator_id))
    row = ask(fleet, waiting(fleet)[0].alike)
    for record, line in ((first, BRAM), (second, NEW)):
        fields = {**call(record.place - 1, start="2026-03-04T01:00:00Z"), "line": line}
        usage.mend_suspended(
            operator_id=fleet.operator_id, public_id=record.public_id, fields=fields, at=LATER, actor=EVA
        )
    with fleet.customer.acting():
        (asked,) = queries.asked(Scope.staff(fleet.operator_id))
    assert (asked.row.records, asked.open) == (3, 1)
    assert confirm(fleet, row).written_off == 1
    assert seen(fleet) == [("unknown-line", f"line={NEW}", "", 1)]


def test_one_record_is_given_up_by_two_people_as_well(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, csv(tmp_path, [call(1, line=NEW), call(2, line=NEW)]))
    with fleet.customer.acting():
        one = queries.suspense(Scope.staff(fleet.operator_id))[0]
    with pytest.raises(usage.NoReasonGiven):
        ask(fleet, one.public_id, "x")
    row = ask(fleet, one.public_id)
    with pytest.raises(usage.NothingToGiveUp):
        ask(fleet, one.public_id)
    assert confirm(fleet, row).written_off == 1
    for known in (one.public_id, "none"):
        with pytest.raises(usage.NotInSuspense):
            ask(fleet, known)


def test_another_operator_decides_nothing(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, csv(tmp_path, [call(1, line=NEW)]))
    row = ask(fleet, waiting(fleet)[0].alike)
    other = cast.operator("lessor").pk
    for act in (usage.confirm_write_off, lambda **known: usage.refuse_write_off(why="A test.", **known)):
        with pytest.raises(usage.NotAsked):
            act(operator_id=other, public_id=row.public_id, at=LATER, actor=LIEN)
    assert [one.number for one in waiting(fleet)] == [1]


def test_the_database_itself_asks_for_a_second_person(fleet: Fleet, tmp_path: Path) -> None:
    take_in(fleet, csv(tmp_path, [call(1, line=NEW)]))
    row = ask(fleet, waiting(fleet)[0].alike)
    with (
        fleet.customer.acting(),
        pytest.raises(IntegrityError, match="decided_by_a_second_person"),
        transaction.atomic(),
    ):
        WriteOff.objects.filter(pk=row.pk).update(decision="confirmed", decided_by=EVA, decided_at=LATER)
