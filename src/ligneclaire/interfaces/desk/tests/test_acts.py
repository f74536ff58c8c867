"""What staff does: each act does what its page says, and is refused by name where it cannot be done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connections
from django.urls import reverse
from tests import cast, rated

from ligneclaire.domains.billing import operations as billing
from ligneclaire.domains.billing.models import BillRun, Charge, DisputeAnswer, Draft, Invoice
from ligneclaire.domains.billing.refusals import AccountsChanged
from ligneclaire.domains.contracts import operations as contracts
from ligneclaire.domains.contracts.models import Contract, Item
from ligneclaire.domains.lines import operations as lines
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.payments.models import Payment
from ligneclaire.domains.usage.models import Suspended
from ligneclaire.interfaces.desk.tests.scene import AUGUST, Scene, bill, client, scene
from ligneclaire.interfaces.jobs import tasks
from ligneclaire.kernel.money import Money
from ligneclaire.kernel.scope import Scope

pytestmark = pytest.mark.usefixtures("database")


def text(answer) -> str:
    return " ".join(answer.content.decode().replace("\u00a0", " ").replace("\u2060", "").split())


@pytest.fixture
def known(database: None) -> Scene:
    return scene()


@pytest.mark.rule("W-47")
def test_a_customer_is_found_by_name_number_telephone_mail_and_line(known: Scene) -> None:
    eva = client(known.eva)
    for asked in ("roche", "anna r", "H1", "06 39 98 12 34", "+33639981234", "anna@example", "anna.roche@hauteligne"):
        found = text(eva.get(reverse("desk:customers"), {"q": asked}))
        assert "Anna Roche" in found, asked
    assert "Nobody begins like “zz”." in text(eva.get(reverse("desk:customers"), {"q": "zz"}))
    part = eva.get(reverse("desk:customers"), {"q": "roche"}, headers={"HX-Request": "true"})
    assert "<html" not in text(part)
    assert "Anna Roche" in text(part)


def test_a_payment_by_hand_and_its_refusals(known: Scene) -> None:
    eva, page = client(known.eva), reverse("desk:payment", args=[known.anna.account.public_id])
    with acting_for(known.operator_id):
        communication = known.invoice.structured_communication
    good = {
        "amount": "87,84", "received_on": "2026-07-08", "method": "transfer", "reference": "BANK-1",
        "structured_communication": communication,
    }  # fmt: skip
    for wrong, said in (
        ({"amount": "87,845"}, "at most two decimals"),
        ({"amount": "0"}, "more than zero"),
        ({"structured_communication": "RF00NONE"}, "RF00NONE"),
        ({"reference": ""}, "Please give the bank"),
        ({"method": "complementary"}, "Select a valid choice"),
    ):
        answer = eva.post(page, {**good, **wrong})
        assert (answer.status_code, said in text(answer)) == (422, True), (wrong, said)
    assert "Complementary currency" not in text(eva.get(page))
    with acting_for(known.operator_id):
        assert not Payment.objects.exists()
    done = eva.post(page, good, follow=True)
    assert "€87.84 are booked." in text(done)
    assert "Anna Roche owes nothing" in text(done)
    again = eva.post(page, good)
    assert again.status_code == 422
    with acting_for(known.operator_id):
        assert [one.amount for one in Payment.objects.all()] == [Money.of("87.84").amount]


def test_kit_and_options_of_a_contract(known: Scene) -> None:
    eva = client(known.eva)
    with acting_for(known.operator_id):
        nina = Contract.objects.get(number="H3-1-1").public_id
    assert "is signed and has not started" in text(eva.get(reverse("desk:contract", args=[nina])))
    early = eva.post(reverse("desk:kit", args=[nina]), {"kit_on": "2026-06-01", "source": "carrier 1"})
    assert (early.status_code, "signed on 20 June 2026" in text(early)) == (422, True)
    done = eva.post(reverse("desk:kit", args=[nina]), {"kit_on": "2026-06-25", "source": "carrier 1"}, follow=True)
    assert "has run since 25 July 2026" in text(done)
    assert "rule BIL-02" in text(done)
    mine = known.anna.contract.public_id
    added = eva.post(
        reverse("desk:add-option", args=[mine]), {"option": "ip-fixe", "option_on": "2026-07-10"}, follow=True
    )
    assert "Changed from 10 July 2026" in text(added)
    twice = eva.post(reverse("desk:add-option", args=[mine]), {"option": "ip-fixe", "option_on": "2026-07-11"})
    assert twice.status_code == 422
    eva.post(reverse("desk:remove-option", args=[mine]), {"option": "ip-fixe", "option_on": "2026-07-20"})
    with acting_for(known.operator_id):
        item = Item.objects.get(contract__public_id=mine, product__code="ip-fixe")
        assert (item.from_on, item.to_on) == (date(2026, 7, 10), date(2026, 7, 20))


@pytest.mark.rule("W-25")
def test_the_quote_of_leaving_is_what_is_charged(known: Scene) -> None:
    eva, page = client(known.eva), reverse("desk:end", args=[known.anna.contract.public_id])
    asked = {"channel": "form", "received_on": "2026-07-20", "wanted_on": ""}
    quoted = text(eva.get(page, asked))
    assert "Ending it on 30 July 2026 costs the customer €348.00" in quoted  # 10 × 29.90 + 49.00
    with acting_for(known.operator_id):
        assert Contract.objects.get(pk=known.anna.contract.pk).last_day is None
    done = eva.post(page, asked, follow=True)
    assert "ended on 30 July 2026" in text(done)
    assert "came in by the termination form" in text(done)
    with acting_for(known.operator_id):
        charged = sum(one.amount for one in Charge.objects.filter(contract=known.anna.contract))
        assert Money.of(charged) == Money.of("348.00")
    again = eva.post(page, asked)
    assert (again.status_code, "30 July 2026" in text(again)) == (422, True)


def test_a_last_day_that_cannot_be_is_said_in_words_at_its_field(known: Scene) -> None:
    page = reverse("desk:end", args=[known.anna.contract.public_id])
    asked = {"channel": "form", "received_on": "2026-07-20", "wanted_on": "2026-07-01"}
    refused = client(known.eva).get(page, asked)
    assert refused.status_code == 422
    assert "This day lies before the receipt on 20 July 2026." in text(refused)
    assert "wanted_on:" not in text(refused)


@pytest.mark.rule("W-51")
def test_credit_and_reissue_is_shown_before_it_is_done(known: Scene) -> None:
    eva, page = client(known.eva), reverse("desk:credit", args=[known.invoice.public_id])
    asked = {"what": "reissue", "reason": "Mise en service offerte", "amount-1": "0"}
    shown = text(eva.get(page, asked))
    assert "€48.84 would take the place of €87.84" in shown
    with acting_for(known.operator_id):
        assert Invoice.objects.filter(credits=known.invoice).count() == 0
    done = text(eva.post(page, asked, follow=True))
    with acting_for(known.operator_id):
        note, new = Invoice.objects.filter(credits=known.invoice).order_by("pk")
        assert (note.kind, Money.of(note.total), new.kind, Money.of(new.total)) == (
            "credit-note", Money.of("87.84"), "invoice", Money.of("48.84"),
        )  # fmt: skip
    assert f"Issued: {note.number}, {new.number}" in done
    old = text(eva.get(reverse("desk:invoice", args=[known.invoice.public_id])))
    assert f'Credited by <a href="/desk/invoices/{note.public_id}/">{note.number}</a>' in old
    again = eva.post(page, {"what": "whole", "reason": "Encore"})
    assert (again.status_code, "Nothing is left to credit" in text(again)) == (422, True)


def test_some_lines_are_credited_never_more_than_they_are(known: Scene) -> None:
    eva, page = client(known.eva), reverse("desk:credit", args=[known.invoice.public_id])
    much = eva.get(page, {"what": "lines", "reason": "Geste", "amount-1": "40"})
    assert (much.status_code, "€39.00 at most" in text(much)) == (422, True)
    assert "would get €10.00 back" in text(eva.get(page, {"what": "lines", "reason": "Geste", "amount-1": "10,00"}))
    eva.post(page, {"what": "lines", "reason": "Geste", "amount-1": "10,00"})
    with acting_for(known.operator_id):
        assert Money.of(Invoice.objects.get(credits=known.invoice).total) == Money.of("10.00")


@pytest.mark.parametrize("outcome", ["credited", "refused"])
def test_a_dispute_is_answered_in_words(known: Scene, outcome: str) -> None:
    eva, page = client(known.eva), reverse("desk:promise", args=[known.dispute.promise.public_id])
    assert eva.post(page, {"words": "", "outcome": outcome}).status_code == 422
    assert eva.post(page, {"words": "Oui.", "outcome": "perhaps"}).status_code == 422
    done = text(eva.post(page, {"words": "Vous avez raison.", "outcome": outcome}, follow=True))
    assert "The customer has your answer." in done
    assert "Your answer</h2>" not in done
    with acting_for(known.operator_id):
        answer = DisputeAnswer.objects.get(dispute=known.dispute)
        assert (answer.outcome, answer.answered_by) == (outcome, f"login:{known.eva.public_id}")
        assert (answer.credit_note is not None) == (outcome == "credited")
    assert "Disputed line" not in text(eva.get(reverse("desk:today")))


@pytest.mark.rule("W-43")
def test_records_of_the_network_are_tried_again_or_written_off(known: Scene) -> None:
    eva = client(known.eva)
    with acting_for(known.operator_id):
        record = Suspended.objects.get()
    page = reverse("desk:suspended", args=[record.public_id])
    assert "nobody@hauteligne.example" in text(eva.get(page))
    assert eva.post(page, {"reason": "x"}).status_code == 422
    still = text(eva.post(reverse("desk:retry"), follow=True))
    assert "0 records are kept now, 1 still waits." in still
    with acting_for(known.operator_id):
        lines.order_line(
            account=known.anna.account, kind="internet", identifier="nobody@hauteligne.example", on=date(2026, 6, 1),
            at=cast.moment(date(2026, 6, 1)), actor=cast.ACTOR,
        )  # fmt: skip
    kept = text(eva.post(reverse("desk:retry"), follow=True))
    assert "1 record is kept now, 0 still wait." in kept
    assert "Every record of the network is accounted for" in kept
    assert eva.post(page, {"reason": "Nobody's"}).headers["Location"] == reverse("desk:network")


@pytest.mark.rule("W-45")
def test_a_run_is_reviewed_and_released_by_a_second_person(known: Scene) -> None:
    run = bill(known.operator_id, AUGUST, known.eva, None)
    eva, lien = client(known.eva), client(known.lien)
    page, release = reverse("desk:run", args=[run.public_id]), reverse("desk:release", args=[run.public_id])
    reviewed = text(eva.get(page))
    assert "August 2026 would bring €59.80" in reviewed
    assert "You started this run, so somebody else releases it." in reviewed
    assert "Release €59.80" not in reviewed
    assert eva.post(release).status_code == 403
    assert "Release €59.80" in text(lien.get(page))
    contracts.add_option(
        contract=known.anna.contract, option_code="ip-fixe", on=date(2026, 7, 15), at=cast.moment(date(2026, 8, 2), 11),
        actor=cast.ACTOR,
    )  # fmt: skip
    refused = lien.post(release)
    assert refused.status_code == 409
    assert "1 accounts changed since the drafts were made: H1-1." in text(refused)
    with acting_for(known.operator_id):
        assert BillRun.objects.get(pk=run.pk).state == "ready"
        assert not Invoice.objects.filter(run=run).exists()
    lien.post(reverse("desk:redraft", args=[run.public_id]))
    going = text(eva.get(page))
    assert "The drafts of August 2026 are being made" in going
    assert '<noscript><meta http-equiv="refresh"' in going
    part = eva.get(page, headers={"HX-Request": "true"})
    assert 'role="progressbar"' in text(part)
    assert "<html" not in text(part)


@pytest.mark.rule("W-45")
def test_before_the_day_of_the_invoices_the_second_person_reads_when(known: Scene) -> None:
    run = bill(known.operator_id, AUGUST, known.eva, None)
    with acting_for(known.operator_id):
        BillRun.objects.filter(pk=run.pk).update(bill_on=cast.today() + timedelta(days=1))
    lien = client(known.lien)
    page = text(lien.get(reverse("desk:run", args=[run.public_id])))
    assert ("You are the second person, and can release it from" in page, "Release €59.80" in page) == (True, False)
    refused = lien.post(reverse("desk:release", args=[run.public_id]))
    assert (refused.status_code, "release them on that day or later" in text(refused)) == (409, True)


@pytest.mark.rule("RAT-15", "W-45")
def test_a_run_over_suspended_usage_is_released_knowingly(known: Scene) -> None:
    run = bill(known.operator_id, AUGUST, known.eva, None)
    lien, release = client(known.lien), reverse("desk:release", args=[run.public_id])
    page = text(lien.get(reverse("desk:run", args=[run.public_id])))
    assert "knowingly" not in page  # what RADIUS could not say of a session costs nothing
    rated.suspend(known.operator_id, [1, 2])
    page = text(lien.get(reverse("desk:run", args=[run.public_id])))
    assert "2 usage records could not be used and are not billed" in page
    assert "I know that 2 suspended usage records are not billed" in page
    assert "Suspended, so not billed: 2 usage records." in text(lien.post(release))
    done = text(lien.post(release, {"knowingly": "yes"}, follow=True))
    assert "The invoices of August 2026 are being issued" in done


@pytest.mark.rule("W-15", "W-45")
def test_a_run_without_an_account_that_was_put_aside_is_released_knowingly(known: Scene) -> None:
    billing.add_charge(
        account=known.anna.account, contract=None, code="one-off", product_code="leaflet", names={"fr": "Guide"},
        category="internet", service_on=date(2026, 7, 20), amount=Money.of("10.55"), source="ticket:1",
        at=cast.moment(date(2026, 7, 20)), tax_code="19.6",
    )  # fmt: skip
    run = bill(known.operator_id, AUGUST, known.eva, None)
    lien, release = client(known.lien), reverse("desk:release", args=[run.public_id])
    page = text(lien.get(reverse("desk:run", args=[run.public_id])))
    assert "1 account is put aside: a tax rate is missing" in page
    assert "Accounts that are put aside" in page
    assert "I know that 1 account that is put aside is not billed this time" in page
    why = text(lien.get(reverse("desk:draft", args=[run.public_id, known.anna.account.public_id])))
    assert "Anna Roche is put aside: a tax rate is missing" in why
    assert "There is no tax rate 19.6 in FR on 2 August 2026." in why
    assert "the next run bills it once the rate exists" in why
    assert "put aside: a tax rate is missing" in text(lien.get(reverse("desk:drafts", args=[run.public_id])))
    assert "Put aside, so not billed in this run: 1" in text(lien.post(release))
    done = text(lien.post(release, {"knowingly": "yes"}, follow=True))
    assert "The invoices of August 2026 are being issued" in done


def test_what_stopped_the_worker_is_said_until_somebody_goes_on(known: Scene) -> None:
    run = bill(known.operator_id, AUGUST, known.eva, None)
    lien, page = client(known.lien), reverse("desk:run", args=[run.public_id])
    lien.post(reverse("desk:release", args=[run.public_id]))
    assert "The invoices of August 2026 are being issued" in text(lien.get(page))
    contracts.add_option(
        contract=known.anna.contract, option_code="ip-fixe", on=date(2026, 7, 15), at=cast.moment(date(2026, 8, 2), 11),
        actor=cast.ACTOR,
    )  # fmt: skip
    with pytest.raises(AccountsChanged):  # as the worker runs it
        tasks.release_bill_run(operator_id=known.operator_id, run_id=run.pk, actor=f"login:{known.lien.public_id}")
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'failed' WHERE task_name LIKE '%release_bill_run'")
    assert "1 accounts changed since the drafts were made: H1-1." in text(lien.get(page))
    assert "ont changé depuis les projets de facture" in text(client(known.lien, "fr").get(page))
    lien.post(reverse("desk:redraft", args=[run.public_id]))
    assert "changed since the drafts" not in text(lien.get(page))


def test_drafts_are_searched_and_thrown_away(known: Scene) -> None:
    run = bill(known.operator_id, AUGUST, known.eva, None)
    eva = client(known.eva)
    found = text(eva.get(reverse("desk:drafts", args=[run.public_id]), {"q": "roche"}))
    assert "1 account fits “roche”" in found
    assert "last month €87.84" in found
    draft = text(eva.get(reverse("desk:draft", args=[run.public_id, known.anna.account.public_id])))
    assert "August 2026, the whole month, in advance: €29.90." in draft
    done = text(eva.post(reverse("desk:discard", args=[run.public_id]), follow=True))
    assert "The drafts of August 2026 are thrown away." in done
    with acting_for(known.operator_id):
        assert not Draft.objects.filter(run=run).exists()
    assert 'value="2026-08"' in text(eva.get(reverse("desk:runs")))


@pytest.mark.rule("W-24")
def test_every_amount_names_its_rule_and_its_policy_version(known: Scene) -> None:
    page = text(client(known.eva).get(reverse("desk:invoice", args=[known.invoice.public_id])))
    assert "RADIUS 8f21" in page
    assert "rule BIL-02" in page
    assert '<a href="/desk/policies/contracts.service_start/">Start of service</a>, version of 1 January 2015' in page
    assert '<a href="/desk/policies/accounts.debit/">Direct debit</a>' in page


def test_the_scope_of_staff_is_its_operator(known: Scene) -> None:
    from ligneclaire.domains.customers.queries import NotFound
    from ligneclaire.journeys import desk_customers, desk_runs

    with acting_for(known.operator_id):
        foreign = Scope.staff(known.operator_id + 1)
        with pytest.raises(NotFound):
            desk_customers.customer_page(foreign, known.anna.party.public_id, date(2026, 7, 8))
        with pytest.raises(NotFound):
            desk_runs.run_page(foreign, known.run.public_id)


@pytest.mark.parametrize(("received", "said"), [("2026-06-01", "was signed on"), ("2099-01-01", "is still to come")])
def test_a_request_of_an_impossible_day_is_refused_before_anything_is_quoted(
    known: Scene, received: str, said: str
) -> None:
    given = {"channel": "form", "received_on": received, "wanted_on": ""}
    answer = client(known.eva).get(reverse("desk:end", args=[known.anna.contract.public_id]), given)
    html = answer.content.decode()
    assert (answer.status_code, "Why this much" in html) == (422, False)
    assert said in html
