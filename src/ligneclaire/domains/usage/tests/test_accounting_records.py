"""What an accounting record says, and why one can't be used."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from ligneclaire.domains.usage.rules import accounting
from ligneclaire.domains.usage.rules.accounting import KnownLine
from ligneclaire.domains.usage.rules.suspense import Reason, Unusable
from ligneclaire.kernel import texts

RECEIVED = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EVENT = datetime(2026, 11, 21, 9, 41, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
START = {
    "User-Name": "anna@hauteligne.example",
    "Acct-Session-Id": "8f21",
    "Acct-Status-Type": "Start",
    "NAS-IP-Address": "192.0.2.1",
    "Event-Timestamp": str(int(EVENT.timestamp())),
    "Timestamp": str(int(EVENT.timestamp()) + 7),
}


def read(**changes: str | None) -> accounting.Accounting:
    changed = {name.replace("_", "-"): value for name, value in changes.items()}
    attributes = {name: value for name, value in {**START, **changed}.items() if value is not None}
    return accounting.read(attributes, RECEIVED)


def refused(**changes: str | None) -> tuple[Reason, str]:
    with pytest.raises(Unusable) as fault:
        read(**changes)
    return fault.value.reason, fault.value.detail


@pytest.mark.rule("BIL-01")
def test_a_start_is_dated_by_the_network_not_by_its_arrival() -> None:
    record = read()
    assert (record.event_at, record.started_at) == (EVENT, EVENT)
    assert record.arrived_at == EVENT + timedelta(seconds=7)
    assert record.event_key == "start 2026-11-21T09:41:00+00:00 192.0.2.1 8f21"


@pytest.mark.rule("BIL-01")
def test_a_session_began_its_seconds_before_the_update() -> None:
    record = read(Acct_Status_Type="Interim-Update", Acct_Session_Time="3600")
    assert record.kind == "interim"
    assert record.started_at == datetime(2026, 11, 21, 8, 41, tzinfo=UTC)


def test_gigawords_count_2_to_the_32_octets() -> None:
    record = read(
        Acct_Status_Type="Stop", Acct_Input_Octets="5", Acct_Input_Gigawords="2", Acct_Output_Octets="4294967295"
    )
    assert (record.octets_in, record.octets_out) == (2 * 4_294_967_296 + 5, 4_294_967_295)


def test_without_its_own_clock_a_record_is_dated_by_arrival_less_delay() -> None:
    record = read(Event_Timestamp=None, Acct_Delay_Time="5")
    assert record.event_at == EVENT + timedelta(seconds=2)


def test_an_arrival_that_cannot_be_is_replaced_by_the_delivery() -> None:
    assert read(Timestamp="12").arrived_at == RECEIVED
    assert read(Timestamp=str(int(RECEIVED.timestamp()) + 900)).arrived_at == RECEIVED


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Nov 21 2026 10:41:00 CET", datetime(2026, 11, 21, 9, 41, tzinfo=UTC)),
        ("Jun 21 2026 02:00:00 CEST", datetime(2026, 6, 21, 0, 0, tzinfo=UTC)),
        ("Nov  5 2026 10:41:00 UTC", datetime(2026, 11, 5, 10, 41, tzinfo=UTC)),
        ("Nov 21 2026 13:41:00 +04", datetime(2026, 11, 21, 9, 41, tzinfo=UTC)),
        ("Nov 20 2026 23:11:00 -0330", datetime(2026, 11, 21, 2, 41, tzinfo=UTC)),
        # The hour that comes twice when summer ends: the zone tells which.
        ("Oct 25 2026 02:30:00 CEST", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),
        ("Oct 25 2026 02:30:00 CET", datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        ("1795254060", datetime(2026, 11, 21, 9, 41, tzinfo=UTC)),
    ],
)
def test_instants_as_freeradius_writes_them(written: str, expected: datetime) -> None:
    assert accounting.read_instant(written, "Event-Timestamp") == expected


@pytest.mark.parametrize(
    "written",
    [
        "",
        "yesterday",
        "Nov 21 2026 10:41:00",
        "Nov 21 2026 10:41:00 IST",
        "Nov 31 2026 10:41:00 CET",
        "Nov 21 2026 24:41:00 CET",
        "Nov 21 2026 10:41:00 +99",
        "21 Nov 2026 10:41:00 CET",
        "1e9",
        "99999999999999999999",
        "١٧٩٥٢٥٤٠٦٠",
    ],
)
def test_times_that_cannot_be_read(written: str) -> None:
    assert refused(Event_Timestamp=written) == (Reason.UNREADABLE_TIME, "Event-Timestamp")


@pytest.mark.parametrize(
    ("changes", "reason", "detail"),
    [
        ({"Event_Timestamp": "0"}, Reason.DATED_1970, "Event-Timestamp"),
        ({"Event_Timestamp": "Jan  1 1970 01:00:12 CET"}, Reason.DATED_1970, "Event-Timestamp"),
        ({"Event_Timestamp": "-5"}, Reason.DATED_1970, "Event-Timestamp"),
        ({"Event_Timestamp": "1826790060"}, Reason.IN_THE_FUTURE, "2027-11-21T09:41:00Z"),
        ({"Event_Timestamp": None, "Timestamp": None}, Reason.MISSING_ATTRIBUTE, "Event-Timestamp"),
        ({"User_Name": None}, Reason.MISSING_ATTRIBUTE, "User-Name"),
        ({"User_Name": ""}, Reason.MISSING_ATTRIBUTE, "User-Name"),
        ({"User_Name": "an\x00na"}, Reason.WRONG_ENCODING, "User-Name"),
        ({"Acct_Session_Id": None}, Reason.MISSING_ATTRIBUTE, "Acct-Session-Id"),
        ({"Acct_Session_Id": "8" * 129}, Reason.TOO_LONG, "Acct-Session-Id"),
        ({"Acct_Status_Type": None}, Reason.MISSING_ATTRIBUTE, "Acct-Status-Type"),
        ({"Acct_Status_Type": "Tunnel-Start"}, Reason.UNKNOWN_STATUS, "Tunnel-Start"),
        ({"NAS_IP_Address": None}, Reason.MISSING_ATTRIBUTE, "NAS-IP-Address"),
        ({"NAS_IP_Address": "192.0.2.999"}, Reason.UNREADABLE_LINE, "NAS-IP-Address"),
        ({"Acct_Session_Time": "-1"}, Reason.NEGATIVE_NUMBER, "Acct-Session-Time"),
        ({"Acct_Session_Time": "999999999"}, Reason.ABSURD_NUMBER, "Acct-Session-Time"),
        ({"Acct_Session_Time": "1.5"}, Reason.ABSURD_NUMBER, "Acct-Session-Time"),
        ({"Acct_Input_Octets": "-40"}, Reason.NEGATIVE_NUMBER, "Acct-Input-Octets"),
        ({"Acct_Output_Gigawords": "4294967295"}, Reason.ABSURD_NUMBER, "Acct-Output-Gigawords"),
        ({"Event_Timestamp": "946684801", "Acct_Session_Time": "60"}, Reason.ABSURD_NUMBER, "Acct-Session-Time"),
    ],
)
def test_what_makes_a_record_unusable(changes: dict[str, str | None], reason: Reason, detail: str) -> None:
    assert refused(**changes) == (reason, detail)


def test_an_hour_ahead_is_a_clock_and_more_is_the_future() -> None:
    arrival = str(int(EVENT.timestamp()))
    assert read(Event_Timestamp=str(int(EVENT.timestamp()) + 3600), Timestamp=arrival).kind == "start"
    reason, _ = refused(Event_Timestamp=str(int(EVENT.timestamp()) + 3601), Timestamp=arrival)
    assert reason is Reason.IN_THE_FUTURE


def test_a_whole_access_server_needs_neither_user_nor_session() -> None:
    record = read(
        Acct_Status_Type="Accounting-On", User_Name=None, Acct_Session_Id=None, NAS_IP_Address="2001:db8:0::1"
    )
    assert (record.kind, record.nas, record.session_id) == ("on", "2001:db8::1", "")


def test_a_name_of_an_access_server_cannot_pass_for_a_session() -> None:
    one = read(NAS_IP_Address=None, NAS_Identifier="bng 1", Acct_Session_Id="8f21")
    other = read(NAS_IP_Address=None, NAS_Identifier="bng", Acct_Session_Id="1 8f21")
    assert one.event_key != other.event_key


def test_long_names_give_keys_that_fit_and_differ() -> None:
    one = read(NAS_IP_Address=None, NAS_Identifier="n" * 128, Acct_Session_Id="8" * 128)
    other = read(NAS_IP_Address=None, NAS_Identifier="n" * 128, Acct_Session_Id="8" * 127 + "9")
    assert len(one.event_key) <= accounting.LONGEST_KEY
    assert one.event_key != other.event_key


def test_a_line_exists_from_the_local_day_of_its_order() -> None:
    late = read(Event_Timestamp=str(int(datetime(2026, 11, 20, 22, 59, 59, tzinfo=UTC).timestamp())))
    in_time = read(Event_Timestamp=str(int(datetime(2026, 11, 20, 23, 0, tzinfo=UTC).timestamp())))
    line = KnownLine(7, date(2026, 11, 21))
    assert accounting.check_line(in_time, line, PARIS) is line
    with pytest.raises(Unusable) as fault:
        accounting.check_line(late, line, PARIS)
    assert (fault.value.reason, fault.value.detail) == (Reason.BEFORE_THE_LINE, "2026-11-21")


def test_nobody_has_the_line() -> None:
    with pytest.raises(Unusable) as fault:
        accounting.check_line(read(), None, PARIS)
    assert (fault.value.reason, fault.value.detail) == (Reason.UNKNOWN_LINE, "anna@hauteligne.example")


@pytest.mark.parametrize("lang", texts.LANGUAGES)
def test_every_reason_has_words(lang: str) -> None:
    assert all(texts.say(f"usage.reason.{reason}", lang) for reason in Reason)
