"""Every declared policy at the desk: it has words, it can be tried as it stands, and no page shows a code."""

from __future__ import annotations

import re
from datetime import date
from html import unescape
from html.parser import HTMLParser

import pytest
from django.urls import reverse
from django.utils import translation
from tests import cast

from ligneclaire.domains.billing.models import Invoice
from ligneclaire.interfaces.desk import policy_words
from ligneclaire.interfaces.desk.tests.scene import client, scene
from ligneclaire.journeys import formats, leave
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.policy import declared
from ligneclaire.kernel.texts import LANGUAGES

OPERATORS = ("fleet", "lessor", "rural")
CODES = {"accumulated", "operator folder", "helpdesk", "True", "False", "true", "false"}


class Form(HTMLParser):
    """The fields of the form of a new version, as a browser would send them."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.given: dict[str, str] = {}
        self.chosen = self.written = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        name = known.get("name") or ""
        if tag == "input" and known.get("type") != "hidden":
            self.given[name] = known.get("value") or ""
        elif tag == "select":
            self.chosen = name
        elif tag == "option" and "selected" in known:
            self.given[self.chosen] = known.get("value") or ""
        elif tag == "textarea":
            self.written = name
            self.given[name] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.written = ""

    def handle_data(self, data: str) -> None:
        if self.written:
            self.given[self.written] += data


def shown(html: str) -> str:
    """The words of a page: without tags, with what fields hold."""
    main = html[html.index("<main") : html.index("</main>")]
    held = " ".join(re.findall(r'<input type="text"[^>]* value="([^"]*)"', main))
    return unescape(re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script).*?</\1>", " ", main, flags=re.S)) + held)


@pytest.mark.parametrize("operator", OPERATORS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.usefixtures("database")
def test_every_policy_can_be_tried_as_it_stands_and_is_in_words(operator: str, language: str) -> None:
    browser = client(cast.eva(operator), language, f"{operator}.localhost")
    raw = CODES | set(declared()) | {name for known in declared().values() for name in known.rules}
    pages = {"policies": browser.get(reverse("desk:policies"))}
    for key in declared():
        pages[key] = browser.get(reverse("desk:policy", args=[key]))
        form = Form(pages[key].content.decode())
        assert set(declared()[key].rules) <= set(form.given), (key, form.given)
        pages[f"{key}, tried"] = browser.get(reverse("desk:policy-try", args=[key]), form.given)
    for name, answer in pages.items():
        html = answer.content.decode()
        assert answer.status_code == 200, (name, re.findall(r'class="fault"[^>]*>([^<]*)', html))
        found = [code for code in raw if re.search(rf"(?<![\w.]){re.escape(code)}(?![\w.])", shown(html))]
        assert found == [], (name, found)


def test_every_policy_and_value_has_a_name_and_a_kind() -> None:
    fields = {name: known for known in declared().values() for name in known.rules}
    assert set(policy_words.KEYS) == set(declared())
    assert set(policy_words.FIELDS) == set(fields)
    for language in LANGUAGES:
        with translation.override(language):
            names = [policy_words.key_name(key) for key in declared()]
            assert len(set(names)) == len(names)
            assert not [name for name in fields if policy_words.field_name(name) in ("", name)]


@pytest.mark.rule("L-FR-01", "L-BE-01")
@pytest.mark.parametrize(
    ("operator", "rate", "said"),
    [
        ("rural", "20", ("at most 0% for consumers and small firms, L-FR-01", "For them the law makes 0% of your 20%")),
        ("rural", "0", ("at most 0% for consumers and small firms, L-FR-01", "20% with a subsidised device")),
        ("fleet", "20", ("at most 6 months for consumers and small firms, L-BE-01", "law makes 0% of your 20%")),
    ],
)
@pytest.mark.usefixtures("database")
def test_the_law_on_leaving_early_stands_beside_the_values(operator: str, rate: str, said: tuple[str, str]) -> None:
    browser = client(cast.eva(operator), "en", f"{operator}.localhost")
    given = {"full_months": "12", "reduced_rate": rate, "effective_from": "2026-12-01"}
    tried = browser.get(reverse("desk:policy-try", args=["contracts.early_termination"]), given).content.decode()
    for words in said:
        assert words in shown(tried)
    assert ("For them the law makes 0%" in shown(tried)) == (rate == "20")
    stands = browser.get(reverse("desk:policy", args=["contracts.early_termination"])).content.decode()
    assert said[0] in shown(stands)
    assert "No law bounds" not in stands


@pytest.mark.usefixtures("database")
def test_what_is_entered_after_a_run_does_not_change_what_it_was() -> None:
    """Anna's end in mid-July, entered after July was released: as it was is what was issued, and the page says why."""
    known = scene()
    leave.leave(
        contract=known.anna.contract, received_on=date(2026, 7, 6), wanted_on=date(2026, 7, 16), channel="form",
        requester=known.anna.person, at=cast.moment(date(2026, 7, 6)), actor=cast.ACTOR,
    )  # fmt: skip
    given = {"debit_day": "5", "notice_days": "3", "effective_from": "2099-01-01"}
    tried = client(known.eva).get(reverse("desk:policy-try", args=["accounts.debit"]), given).content.decode()
    with known.anna.acting():
        issued = Invoice.objects.filter(run=known.run)
        sums = formats.money(sum_money(Money.of(one.total) for one in issued), "en")
        documents = issued.count()
    assert f"{documents} documents of July 2026 made once more: {sums} as it was, {sums} as tried." in shown(tried)
    assert "Of 1 document more is known since" in shown(tried)


@pytest.mark.parametrize("key", ["usage.late", "usage.ceilings", "usage.correction"])
@pytest.mark.usefixtures("database")
def test_what_changes_the_cost_of_usage_does_not_pass_for_dates_alone(key: str) -> None:
    browser = client(cast.eva("fleet"), "en", "fleet.localhost")
    form = Form(browser.get(reverse("desk:policy", args=[key])).content.decode()).given
    tried = shown(browser.get(reverse("desk:policy-try", args=[key]), form).content.decode())
    assert "It changes what usage costs, so sums on invoices." in tried
    assert "dates and deadlines" not in tried
