"""The invoice on paper, read back from the PDF: each figure is there, in three languages."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pypdf import PdfReader

from ligneclaire.journeys import formats
from ligneclaire.journeys.invoice_pdf import fingerprint, render_invoice
from ligneclaire.journeys.invoice_view import Group, InvoiceView, Line, Method, Part, Payment, Tax, Usual
from ligneclaire.journeys.tests.invoices import annas_credit, annas_first, lessors_half_in_res, with_lines
from ligneclaire.kernel.money import Money

euro = Money.of
LANGUAGES = ("fr", "nl", "en")


def pages(view: InvoiceView) -> list[str]:
    """The text of each page, with every kind of white space as one space."""
    reader = PdfReader(io.BytesIO(render_invoice(view)))
    return [re.sub(r"\s+", " ", page.extract_text()) for page in reader.pages]


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


FIVE_ANSWERS = {
    "fr": (
        "87,84 €",
        "Prélèvement le lundi 6 juillet 2026",
        "Sur votre compte •••• 2606",
        "Pourquoi plus que les 29,90 € de votre offre Internet radio 30 ?",
        "Cette fois s’y ajoutent 57,94 € : mise en service, une seule fois (39,00 €) ; "
        "vos 19 premiers jours, du 12 au 30 juin (18,94 €).",
        "En août 2026, votre facture sera de 29,90 € TVA comprise, si rien ne change d’ici là.",
        "À payer, TVA comprise",
        "Le 5 juillet est un dimanche",
    ),
    "nl": (
        "€ 87,84",
        "Wij innen dit op maandag 6 juli 2026",
        "Van uw bankrekening •••• 2606",
        "Waarom meer dan de € 29,90 van uw abonnement Internet via radio 30?",
        "Deze keer komt daar € 57,94 bij: activering, eenmalig (€ 39,00); "
        "uw eerste 19 dagen, van 12 tot 30 juni (€ 18,94).",
        "In augustus 2026 bedraagt uw factuur € 29,90 btw inbegrepen, als er intussen niets verandert.",
        "Te betalen, btw inbegrepen",
        "5 juli is een zondag",
    ),
    "en": (
        "€87.84",
        "We collect it on Monday 6 July 2026",
        "From your bank account •••• 2606",
        "Why more than the €29.90 of your plan Radio internet 30?",
        "On top of it this time, €57.94: activation, only once (€39.00); your first 19 days, 12 to 30 June (€18.94).",
        "In August 2026 your invoice will be €29.90 VAT included, if nothing changes until then.",
        "To pay, VAT included",
        "5 July is a Sunday",
    ),
}


@pytest.mark.rule("PAY-09")
@pytest.mark.parametrize("language", LANGUAGES)
def test_page_one_answers_the_five_questions(language: str) -> None:
    first = pages(annas_first(language))[0]
    for answer in FIVE_ANSWERS[language]:
        assert answer in first
    assert "HL-M-10023-1" in first
    assert "FR72ZZZ123456" in first


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("make", [annas_first, lessors_half_in_res, annas_credit])
def test_every_figure_and_reason_is_printed(make: object, language: str) -> None:
    view: InvoiceView = make(language)  # type: ignore[operator]
    printed = pages(view)
    whole = " ".join(printed)
    assert len(printed) == 2
    figures = [
        view.total,
        view.vat,
        view.net,
        *(part.amount for part in view.bar),
        *(line.amount for line in view.lines),
    ]
    figures += [tax.gross for tax in view.taxes]
    for figure in figures:
        assert plain(formats.money(figure, language)) in whole
    for line in view.lines:
        assert line.label in printed[1]
        for reason in line.reasons:
            assert reason.sentence in printed[1]
            assert reason.source in printed[1]
    for note in view.notes:
        assert note in whole
    for number, page in enumerate(printed, start=1):
        assert view.number in page
        assert re.search(rf"(page|pagina) {number} (sur|van|of) 2", page)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_transfer_shows_where_how_much_and_what_to_write(language: str) -> None:
    first = pages(lessors_half_in_res(language))[0]
    assert "BE68 5390 0754 7034" in first
    assert "+++010/8068/17183+++" in first
    assert "GKCCBEBB" in first
    assert plain(formats.day(date(2026, 11, 1), language, weekday=True)) in first


@pytest.mark.rule("PAY-10", "PAY-11", "PAY-13", "C11")
def test_both_parts_of_a_settlement_are_told_apart() -> None:
    first = pages(lessors_half_in_res("nl"))[0]
    assert "Over te schrijven, in euro € 910,00 Samen € 1.210,00 met btw, waarvan 300,00 RES apart" in first
    assert "En apart, in RES 300,00 RES" in first
    assert "Te betalen in twee delen" in first
    assert "In RES 300,00 RES In euro, btw inbegrepen € 910,00" in first
    assert "Bedrag € 910,00" in first
    assert "Het deel in RES is 50 % van € 600,00" in first
    assert "RES is de munt die we met u afspraken: 1 RES = 1 euro." in first
    assert "met dezelfde gestructureerde mededeling." in first
    assert "hij bevat het bedrag (€ 910,00)" in first
    assert "€ 1.210,00 btw inbegrepen, waarvan 300,00 RES en € 910,00 in euro" in first


def test_a_part_that_is_settled_is_no_longer_asked() -> None:
    lessor, nothing = lessors_half_in_res("nl"), euro("0.00")
    assert lessor.settlement is not None
    in_res = replace(lessor.settlement, euro_open=nothing)
    first = pages(replace(lessor, settlement=in_res, paid=euro("910.00"), open=euro("300.00")))[0]
    assert "Te betalen 300,00 RES" in first
    in_euro = replace(lessor.settlement, complementary_open=nothing)
    first = pages(replace(lessor, settlement=in_euro, paid=euro("300.00"), open=euro("910.00")))[0]
    assert "Over te schrijven, in euro € 910,00" in first
    assert "En apart" not in first
    done = replace(in_res, complementary_open=nothing)
    first = pages(replace(lessor, settlement=done, paid=lessor.total, open=nothing))[0]
    assert "Betaald in twee delen" in first


def test_a_debit_asks_for_no_reference() -> None:
    anna = annas_first()
    quoted = replace(anna, payment=replace(anna.payment, reference="RF36F2026000150"))
    assert "RF36F2026000150" not in pages(quoted)[0]


def test_only_a_transfer_with_something_open_has_a_payment_code() -> None:
    lessor = lessors_half_in_res()
    nothing = euro("0.00")
    split = replace(lessor.settlement, complementary_open=nothing, euro_open=nothing) if lessor.settlement else None
    settled = replace(lessor, settlement=split, paid=lessor.total, open=nothing)
    code = "scan deze code met de app van uw bank"
    assert code in pages(lessor)[0]
    for view in (settled, replace(lessor, payment=replace(lessor.payment, qr="")), annas_first("nl")):
        assert code not in pages(view)[0]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_credit_note_says_what_it_corrects_and_where_the_money_goes(language: str) -> None:
    first = pages(annas_credit(language))[0]
    assert {"fr": "Votre avoir de juillet", "nl": "Uw creditnota van juli", "en": "Your credit note for July"}[
        language
    ] in first
    assert "HL-2026-000417" in first
    assert "•••• 2606" in first
    assert {"fr": "Remboursement le", "nl": "Wij storten dit terug op", "en": "We refund it on"}[language] in first


def test_a_credit_note_in_belgium_has_its_belgian_name() -> None:
    credit = annas_credit("fr")
    assert "Votre note de crédit de juillet" in pages(replace(credit, seller=replace(credit.seller, country="BE")))[0]


def test_a_credit_that_comes_off_the_next_invoice() -> None:
    first = pages(replace(annas_credit("en"), payment=Payment(Method.SET_OFF)))[0]
    assert "Comes off your next invoice" in first


@pytest.mark.rule("PAY-04")
def test_a_cheque_names_its_last_day_and_address() -> None:
    first = pages(replace(annas_first(), payment=Payment(Method.CHEQUE, date(2026, 7, 9))))[0]
    assert "Votre chèque doit nous arriver au plus tard le jeudi 9 juillet 2026" in first
    assert "4 place du Marché" in first


def test_what_is_paid_is_no_longer_asked() -> None:
    anna = annas_first()
    paid = pages(replace(anna, paid=anna.total, open=euro("0.00")))
    assert "Total de 87,84 €, déjà payé." in paid[0]
    assert "Prélèvement le" not in paid[0]
    partly = pages(replace(anna, paid=euro("40.00"), open=euro("47.84")))
    assert "47,84 €" in partly[0]
    assert "Déjà payé -40,00 € Reste à payer 47,84 €" in partly[1]


HOSTILE = (
    '#panic("x")',
    "#let a = 1; *fat* _thin_ `raw`",
    "$x^2$ <label> @ref // comment /* more */",
    'He said "no", \\ and {braces} [too] ~ -- ---',
    "= Heading",
    '#image("/etc/passwd")',
    "%PDF-1.7 </script>",
)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_a_customer_is_called_is_never_a_command(name: str) -> None:
    anna = annas_first()
    lines = (replace(anna.lines[0], label=name, reasons=(replace(anna.lines[0].reasons[0], source=name),)),)
    view = replace(
        anna, buyer=replace(anna.buyer, name=name, address=(name,)), lines=lines + anna.lines[1:], notes=(name,)
    )
    printed = [page.replace(" ", "") for page in pages(view)]
    assert printed[0].count(name.replace(" ", "")) == 2
    assert printed[1].count(name.replace(" ", "")) == 3


@pytest.mark.parametrize("name", ["Łukasz Ślęza", "Ανδρέας Παππάς", "Иван Петров", "Őrsi Ğül"])
def test_names_of_europe_are_printed(name: str) -> None:
    assert name in pages(replace(annas_first(), buyer=replace(annas_first().buyer, name=name)))[0]


@pytest.mark.parametrize("name", ["Anna 东京", "Anna 😀", "Anna\x00", "Anna \ud800", "Anna\u202e\ufffe"])
def test_a_sign_that_no_font_has_does_not_stop_the_invoice(name: str) -> None:
    first = pages(replace(annas_first(), buyer=replace(annas_first().buyer, name=name)))[0]
    assert "Anna" in first
    assert "87,84 €" in first


def test_lines_that_take_something_off() -> None:
    """39.00 + 18.94 + 29.90 - 12.00 = 75.84, of which VAT 12.64."""
    anna, less = annas_first(), Part("geste commercial", euro("-12.00"), Group.CREDIT)
    credit = Line(4, "credit", "Geste commercial", euro("-12.00"), Decimal(20), Group.CREDIT)
    view = replace(
        anna,
        lines=(*anna.lines, credit),
        taxes=(Tax("S", Decimal(20), euro("63.20"), euro("12.64")),),
        net=euro("63.20"),
        vat=euro("12.64"),
        total=euro("75.84"),
        open=euro("75.84"),
        bar=(*anna.bar, less),
        usual=Usual(euro("29.90"), (*anna.usual.differences, less) if anna.usual else ()),
    )
    first, second = pages(view)
    assert "geste commercial -12,00 €" in first
    assert "Cette fois en sont déduits 12,00 € : geste commercial." in first
    assert "Geste commercial -12,00 €" in second


def test_three_hundred_lines_run_over_pages_with_their_head() -> None:
    printed = pages(with_lines(annas_first(), ["1.20"] * 300))
    assert len(printed) > 5
    whole = " ".join(printed)
    assert all(f"Appel vers un numéro spécial {number} 1,20 €" in whole for number in range(1, 301))
    assert "360,00 €" in printed[0]
    assert all("Montant TTC" in page for page in printed[1:-1])
    assert f"page {len(printed)} sur {len(printed)}" in printed[-1]


def test_long_names_stay_on_page_one_and_lose_nothing() -> None:
    lessor = lessors_half_in_res("nl")
    name = "Koninklijke Maatschappij voor de Bevordering van de Elektronische Communicatie in de Kempen en omstreken NV"
    address = ("Gebouw zonder einde, verdieping 12, afdeling boekhouding en facturatie",) * 3
    bar = (
        *lessor.bar[:3],
        *(Part(f"deel {n} " + "met een lange naam " * 4, euro("21.00"), Group.OPTION) for n in range(10)),
    )
    printed = pages(replace(lessor, buyer=replace(lessor.buyer, name=name, address=address), bar=bar))
    assert name in printed[0]
    assert "+++010/8068/17183+++" in printed[0]
    assert "vanaf pagina 2" in printed[0]
    assert "Detail, lijn per lijn" in printed[1]


def test_it_is_a_tagged_archive_file_that_needs_nothing_from_outside() -> None:
    reader = PdfReader(io.BytesIO(render_invoice(annas_first())))
    root = reader.trailer["/Root"]
    xmp = root["/Metadata"].get_data().decode()
    assert re.search(r"<pdfaid:part>3</pdfaid:part>", xmp)
    assert re.search(r"<pdfaid:conformance>B</pdfaid:conformance>", xmp)
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert root["/Lang"] == "fr-FR"
    assert root["/MarkInfo"]["/Marked"]
    assert reader.metadata is not None
    assert reader.metadata.title == "Haute Ligne, Facture n° HL-2026-000417"
    assert reader.metadata.creation_date_raw == "D:20260702000000Z"
    for page in reader.pages:
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
        for font in page["/Resources"]["/Font"].values():
            descriptor = font["/DescendantFonts"][0]["/FontDescriptor"]
            assert "/FontFile2" in descriptor or "/FontFile3" in descriptor
            assert "AtkinsonHyperlegibleNext" in descriptor["/FontName"]


def test_the_same_view_gives_the_same_bytes() -> None:
    assert render_invoice(lessors_half_in_res()) == render_invoice(lessors_half_in_res())


def test_the_fingerprint_follows_what_is_printed() -> None:
    anna = annas_first()
    assert fingerprint(anna) == fingerprint(annas_first())
    others = [
        annas_first("nl"),
        replace(anna, number="HL-2026-000418"),
        replace(anna, issued_on=date(2026, 7, 3)),
        replace(anna, paid=euro("1.00"), open=euro("86.84")),
    ]
    assert len({fingerprint(view) for view in (anna, *others)}) == 5


def test_a_gallery_of_all(tmp_path: Path) -> None:
    """Writes every document of the cast; `pytest --basetemp=DIR` keeps them to be looked at."""
    cast = {"first": annas_first, "res": lessors_half_in_res, "credit": annas_credit}
    for name, make in cast.items():
        for language in LANGUAGES:
            (tmp_path / f"{name}-{language}.pdf").write_bytes(render_invoice(make(language)))
    written = sorted(path.name for path in tmp_path.glob("*.pdf"))
    assert len(written) == 9
    assert all((tmp_path / name).read_bytes().startswith(b"%PDF-1.7") for name in written)
