"""BIL-08: who answers when."""

import pytest

from ligneclaire.domains.rulebook.tests.asking import ask, faults, steps


@pytest.mark.parametrize(
    ("operator", "desk", "at", "is_open", "next_opening"),
    [
        ("lessor", "billing", "2026-07-20T08:30:00+02:00", True, None),
        ("lessor", "billing", "2026-07-20T08:29:59+02:00", False, "2026-07-20T08:30:00+02:00"),
        ("lessor", "billing", "2026-07-20T11:59:59+02:00", True, None),
        # noon is closed, and the next day is Belgium's national holiday
        ("lessor", "billing", "2026-07-20T12:00:00+02:00", False, "2026-07-22T08:30:00+02:00"),
        ("rural", "billing", "2026-07-21T09:00:00+02:00", True, None),
        ("rural", "billing", "2026-07-14T09:00:00+02:00", False, "2026-07-15T08:30:00+02:00"),
        ("lessor", "billing", "2026-07-20T07:00:00Z", True, None),  # 9:00 in Brussels
        ("lessor", "helpdesk", "2026-07-25T12:59:59+02:00", True, None),  # a Saturday
        ("lessor", "helpdesk", "2026-07-25T13:00:00+02:00", False, "2026-07-27T08:00:00+02:00"),
        # over the change to winter time: 26 October 2026, +01:00
        ("rural", "sales", "2026-10-24T10:00:00+02:00", False, "2026-10-26T09:00:00+01:00"),
    ],
)
@pytest.mark.rule("BIL-08")
def test_a_desk_answers(operator: str, desk: str, at: str, is_open: bool, next_opening: str | None) -> None:
    answer = ask("opening-hours", {"desk": desk, "at": at}, operator)
    assert (answer["open"], answer["next_opening"]) == (is_open, next_opening)
    assert steps(answer)[-1] is is_open


@pytest.mark.rule("BIL-08")
def test_hours_are_a_policy() -> None:
    desks = [{"name": "billing", "hours": [{"days": [7], "opens": "10:00", "closes": "11:00"}]}]
    facts = {"desk": "billing", "at": "2026-07-19T10:30:00+02:00", "policy": {"desks": desks}}
    assert ask("opening-hours", facts, "rural")["open"] is True
    broken = [{"name": "billing", "hours": [{"days": [8], "opens": "10:00", "closes": "11:00"}]}]
    assert faults("opening-hours", facts | {"policy": {"desks": broken}}, "rural") == [("bad-policy", "policy.desks")]
    assert faults("opening-hours", {"desk": "it", "at": "2026-07-19T10:30:00Z"}, "rural") == [("not-allowed", "desk")]
