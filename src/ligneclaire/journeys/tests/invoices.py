"""The invoices of the cast: Anna's first one (household, France) and a company that pays half in RES (Belgium)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from ligneclaire.journeys import payment_qr
from ligneclaire.journeys.invoice_view import (
    Brand,
    Buyer,
    Contact,
    Correction,
    Forecast,
    Group,
    InvoiceView,
    Kind,
    Line,
    Method,
    Part,
    Payment,
    Prices,
    Reason,
    Seller,
    Settlement,
    Tax,
    Usual,
)
from ligneclaire.kernel.money import Money, sum_money
from ligneclaire.kernel.periods import Period

euro = Money.of
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 26 26"><rect x="1.5" y="1.5" width="23" height="23" rx="6" '
    'fill="#cfe6c9" stroke="#17191f" stroke-width="2"/><path d="M5 19c3-9 5-12 8-12s5 3 8 12" fill="none" '
    'stroke="#17191f" stroke-width="2.4" stroke-linecap="round"/></svg>'
)
ANNAS = {
    "fr": {
        "activation": "Frais de mise en service",
        "june": "Internet radio 30, du premier jour à la fin de juin",
        "offer": "Internet radio 30",
        "july": "Internet radio 30, juillet",
        "once": "mise en service, une seule fois",
        "days": "vos 19 premiers jours, du 12 au 30 juin",
        "month": "juillet, votre mois normal",
        "first": "Première connexion enregistrée le 12 juin 2026 à 10 h 41.",
        "session": "journal du réseau, session 8f21",
        "kit": "Kit reçu le 9 juin ; sans connexion, la facturation aurait commencé le 9 juillet.",
        "clause": "conditions générales, article 6 : réception + 30 jours",
        "sum": "19 jours servis sur 30 : 29,90 € × 19 ÷ 30 = 18,94 €.",
        "price": "prix en vigueur depuis le 1er janvier 2026",
        "sunday": "Le 5 juillet est un dimanche, jour fermé aux banques : le prélèvement attend le lundi.",
        "hours": "du lundi au vendredi, de 8 h 30 à 12 h",
        "note": "Pas d’escompte pour paiement anticipé. En cas de litige : médiateur des communications électroniques.",
    },
    "nl": {
        "activation": "Activering",
        "june": "Internet via radio 30, van de eerste dag tot eind juni",
        "offer": "Internet via radio 30",
        "july": "Internet via radio 30, juli",
        "once": "activering, eenmalig",
        "days": "uw eerste 19 dagen, van 12 tot 30 juni",
        "month": "juli, uw gewone maand",
        "first": "Eerste verbinding geregistreerd op 12 juni 2026 om 10.41 uur.",
        "session": "logboek van het netwerk, sessie 8f21",
        "kit": "Kit ontvangen op 9 juni; zonder verbinding was de facturatie op 9 juli begonnen.",
        "clause": "algemene voorwaarden, artikel 6: ontvangst + 30 dagen",
        "sum": "19 van de 30 dagen: € 29,90 × 19 ÷ 30 = € 18,94.",
        "price": "prijs geldig sinds 1 januari 2026",
        "sunday": "5 juli is een zondag, dan zijn de banken gesloten: de inning wacht tot maandag.",
        "hours": "van maandag tot vrijdag, van 8.30 tot 12 uur",
        "note": "Geen korting voor contante betaling. Bij een geschil: de ombudsdienst voor telecommunicatie.",
    },
    "en": {
        "activation": "Activation",
        "june": "Radio internet 30, from the first day to the end of June",
        "offer": "Radio internet 30",
        "july": "Radio internet 30, July",
        "once": "activation, only once",
        "days": "your first 19 days, 12 to 30 June",
        "month": "July, your normal month",
        "first": "First connection recorded on 12 June 2026 at 10:41.",
        "session": "network log, session 8f21",
        "kit": "Kit received on 9 June; without a connection, billing would have started on 9 July.",
        "clause": "general terms, article 6: receipt + 30 days",
        "sum": "19 days of 30 served: €29.90 × 19 ÷ 30 = €18.94.",
        "price": "price in force since 1 January 2026",
        "sunday": "5 July is a Sunday, when banks are closed: the debit waits for Monday.",
        "hours": "Monday to Friday, 8:30 to 12:00",
        "note": "No discount for early payment. In a dispute: the ombudsman for electronic communications.",
    },
}


def annas_first(language: str = "fr") -> InvoiceView:
    """39.00 + 29.90 x 19 / 30 = 18.94 + 29.90 = 87.84, of which VAT 20 percent: 87.84 - 73.20 = 14.64."""
    say = ANNAS[language]
    june = Reason(say["sum"], "BIL-03", say["price"])
    start = (Reason(say["first"], "BIL-01", say["session"]), Reason(say["kit"], "BIL-02", say["clause"]), june)
    june_days, july = Period(date(2026, 6, 12), date(2026, 7, 1)), Period.month("2026-07")
    vat = Decimal(20)
    return InvoiceView(
        kind=Kind.INVOICE,
        number="HL-2026-000417",
        language=language,
        brand=Brand("Haute Ligne", "#2f6b3c", LOGO),
        seller=Seller(
            legal_name="Haute Ligne SAS",
            address=("4 place du Marché", "43000 Le Puy-en-Velay"),
            country="FR",
            vat_id="FR83404833048",
            registration="404833048",
            iban="FR7630006000011234567890189",
            bic="AGRIFRPP",
            creditor_id="FR72ZZZ123456",
            contacts=(
                Contact("phone", "04 71 00 00 00", say["hours"]),
                Contact("mail", "factures@haute-ligne.example"),
                Contact("web", "haute-ligne.example/factures"),
            ),
        ),
        buyer=Buyer("Anna Roche", ("Les Granges", "12 chemin du Lavoir", "43150 Laussonne"), "10023", "20023"),
        issued_on=date(2026, 7, 2),
        supply=Period(date(2026, 6, 12), date(2026, 8, 1)),
        payment=Payment(
            Method.DIRECT_DEBIT,
            date(2026, 7, 6),
            account_last4="2606",
            mandate="HL-M-10023-1",
            because=say["sunday"],
        ),
        prices=Prices.INCLUSIVE,
        lines=(
            Line(1, "activation", say["activation"], euro("39.00"), vat, Group.ONCE, reasons=start[:1]),
            Line(2, "pro-rata", say["june"], euro("18.94"), vat, Group.MONTH, period=june_days, reasons=start),
            Line(3, "month", say["july"], euro("29.90"), vat, Group.MONTH, period=july),
        ),
        taxes=(Tax("S", vat, euro("73.20"), euro("14.64")),),
        net=euro("73.20"),
        vat=euro("14.64"),
        total=euro("87.84"),
        paid=euro("0.00"),
        credited=euro("0.00"),
        open=euro("87.84"),
        bar=(
            Part(say["once"], euro("39.00"), Group.ONCE),
            Part(say["days"], euro("18.94"), Group.DAYS),
            Part(say["month"], euro("29.90"), Group.MONTH),
        ),
        month=date(2026, 7, 1),
        first=True,
        usual=Usual(
            euro("29.90"),
            (Part(say["once"], euro("39.00"), Group.ONCE), Part(say["days"], euro("18.94"), Group.DAYS)),
            say["offer"],
        ),
        next_invoice=Forecast(date(2026, 8, 1), euro("29.90")),
        notes=(say["note"],),
    )


LESSORS = {
    "fr": (
        "Téléphonie, site de Gand",
        "Location du matériel",
        "Licences de bureau",
        "25 postes",
        "matériel",
        "TVA 21 %",
    ),
    "nl": (
        "Telefonie, vestiging Gent",
        "Huur van de toestellen",
        "Kantoorlicenties",
        "25 toestellen",
        "huur",
        "btw 21 %",
    ),
    "en": ("Telephony, Ghent site", "Leased equipment", "Office licences", "25 handsets", "equipment", "VAT 21%"),
}
ELIGIBLE = {
    "fr": "Le matériel et les logiciels se règlent en euros seulement.",
    "nl": "Materiaal en software worden alleen in euro betaald.",
    "en": "Hardware and software are paid in euro only.",
}
LATE = {
    "fr": "À défaut de paiement à l’échéance, l’intérêt légal et une indemnité de 40 € sont dus (loi du 2 août 2002).",
    "nl": "Bij laattijdige betaling zijn de wettelijke intrest en € 40 verschuldigd (wet van 2 augustus 2002).",
    "en": "Late payment: the legal interest and €40 are due (law of 2 August 2002).",
}


def lessors_half_in_res(language: str = "nl") -> InvoiceView:
    """Net 600 + 250 + 150 = 1000, VAT 21 percent 210.00, total 1210.00.

    Half of the eligible net (600) in RES is 300.00; the rest, with all VAT, is 910.00 euro (C11, PAY-11, PAY-12).
    """
    phone, lease, licences, handsets, short, vat_label = LESSORS[language]
    vat, month = Decimal(21), Period.month("2026-10")
    seller = Seller(
        legal_name="Zuiderlijn NV",
        address=("Kaai 18", "9000 Gent"),
        country="BE",
        vat_id="BE0428759497",
        registration="0403170701",
        iban="BE68539007547034",
        bic="GKCCBEBB",
        contacts=(Contact("mail", "finance@zuiderlijn.example"), Contact("phone", "09 000 00 00", "8.30 – 12.00")),
    )
    reference, due = "+++010/8068/17183+++", euro("910.00")
    return InvoiceView(
        kind=Kind.INVOICE,
        number="Z-2026-010806",
        language=language,
        brand=Brand("Zuiderlijn", "#17567f"),
        seller=seller,
        buyer=Buyer("Bora NV", ("Stationsstraat 5", "9300 Aalst"), "30007", "40007", "BE0417497106", "PO 2026/77"),
        issued_on=date(2026, 10, 2),
        supply=month,
        payment=Payment(
            Method.TRANSFER,
            date(2026, 11, 1),
            reference=reference,
            qr=payment_qr.epc_payload(
                name=seller.legal_name, iban=seller.iban, bic=seller.bic, amount=due, reference=reference
            ),
        ),
        prices=Prices.EXCLUSIVE,
        lines=(
            Line(1, "month", handsets, euro("600.00"), vat, Group.MONTH, Decimal(25), euro("24.00"), month, phone),
            Line(
                2,
                "lease",
                lease,
                euro("250.00"),
                vat,
                Group.MONTH,
                period=month,
                reasons=(Reason(ELIGIBLE[language], "PAY-12"),),
            ),
            Line(3, "licences", licences, euro("150.00"), vat, Group.MONTH, period=month),
        ),
        taxes=(Tax("S", vat, euro("1000.00"), euro("210.00")),),
        net=euro("1000.00"),
        vat=euro("210.00"),
        total=euro("1210.00"),
        paid=euro("0.00"),
        credited=euro("0.00"),
        open=euro("1210.00"),
        bar=(
            Part(handsets, euro("600.00"), Group.MONTH),
            Part(short, euro("250.00"), Group.OPTION),
            Part(licences, euro("150.00"), Group.OPTION),
            Part(vat_label, euro("210.00"), Group.VAT),
        ),
        month=date(2026, 10, 1),
        usual=Usual(euro("1000.00")),
        next_invoice=Forecast(date(2026, 11, 1), euro("1210.00"), complementary=euro("300.00")),
        settlement=Settlement("RES", Decimal(50), euro("300.00"), euro("300.00"), due, due, euro("600.00")),
        notes=(LATE[language],),
    )


def annas_credit(language: str = "fr") -> InvoiceView:
    """Two days without a connection: 29.90 x 2 / 31 = 1.93, given back on her account; VAT 1.93 - 1.61 = 0.32."""
    said = {
        "fr": ("Panne du 14 au 16 juillet", "Deux jours sans connexion, du 14 au 16 juillet."),
        "nl": ("Storing van 14 tot 16 juli", "Twee dagen zonder verbinding, van 14 tot 16 juli."),
        "en": ("Outage of 14 to 16 July", "Two days without a connection, 14 to 16 July."),
    }[language]
    vat = Decimal(20)
    return replace(
        annas_first(language),
        kind=Kind.CREDIT_NOTE,
        number="HL-A-2026-000009",
        issued_on=date(2026, 7, 20),
        supply=Period(date(2026, 7, 14), date(2026, 7, 16)),
        payment=Payment(Method.REFUND, date(2026, 7, 24), account_last4="2606"),
        lines=(Line(1, "outage", said[0], euro("1.93"), vat, Group.CREDIT, reasons=(Reason(said[1], "OUT-02"),)),),
        taxes=(Tax("S", vat, euro("1.61"), euro("0.32")),),
        net=euro("1.61"),
        vat=euro("0.32"),
        total=euro("1.93"),
        open=euro("1.93"),
        bar=(Part(said[0], euro("1.93"), Group.CREDIT),),
        first=False,
        usual=None,
        next_invoice=None,
        corrects=Correction("HL-2026-000417", date(2026, 7, 2), said[1]),
        notes=(),
    )


def with_lines(view: InvoiceView, amounts: list[str], label: str = "Appel vers un numéro spécial") -> InvoiceView:
    """The view with so many lines instead of its own, at its one rate, and without bar or offer."""
    vat = view.taxes[0].rate
    lines = tuple(
        Line(position, "call", f"{label} {position}", euro(amount), vat, Group.OUTSIDE_BUNDLE)
        for position, amount in enumerate(amounts, start=1)
    )
    total = sum_money(line.amount for line in lines)
    net = total.share_in_cents(100, 100 + int(vat)) if view.prices == Prices.INCLUSIVE else total
    tax = total - net if view.prices == Prices.INCLUSIVE else total.percent_in_cents(vat)
    return replace(
        view,
        lines=lines,
        taxes=(Tax("S", vat, net, tax),),
        net=net,
        vat=tax,
        total=net + tax,
        open=net + tax,
        bar=(),
        usual=None,
        settlement=None,
    )
