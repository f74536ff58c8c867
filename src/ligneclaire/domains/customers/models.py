"""People, households and companies; who may act for whom; where they are; how a company divides its costs."""

from django.db import models

from ligneclaire.domains.access.models import Login
from ligneclaire.domains.operators.models import Key, OperatorRow, new_public_id


class Person(OperatorRow):
    """A human being. A login is optional, and a person's name is nobody's key."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    login = Key(Login, null=True)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=16, blank=True)
    language = models.CharField(max_length=2)

    class Meta:
        db_table = "person"
        constraints = [models.UniqueConstraint(fields=["operator", "login"], name="person_login")]


class Party(OperatorRow):
    """A customer: a household or a company."""

    public_id = models.CharField(max_length=22, default=new_public_id, unique=True)
    number = models.CharField(max_length=20, help_text="customer number")
    kind = models.CharField(max_length=10, choices=[("household", "household"), ("company", "company")])
    name = models.CharField(max_length=160)
    segment = models.CharField(max_length=10, choices=[("consumer", "consumer"), ("business", "business")])
    language = models.CharField(max_length=2)
    vat_number = models.CharField(max_length=20, blank=True)
    registration_number = models.CharField(max_length=32, blank=True)
    workers = models.PositiveIntegerField(null=True, help_text="absent = unknown = not protected as a small firm")
    since = models.DateField()

    class Meta:
        db_table = "party"
        constraints = [models.UniqueConstraint(fields=["operator", "number"], name="party_number")]


class PartyRole(OperatorRow):
    """What a person is to a party, from a day to a day (half-open)."""

    ROLES = [
        ("holder", "holder"),
        ("manager", "manager"),
        ("employee", "employee"),
        ("billing", "billing"),
        ("trusted", "trusted"),
    ]

    party = Key(Party)
    person = Key(Person)
    role = models.CharField(max_length=10, choices=ROLES)
    from_on = models.DateField()
    to_on = models.DateField(null=True)

    class Meta:
        db_table = "party_role"
        constraints = [
            models.UniqueConstraint(fields=["operator", "party", "person", "role", "from_on"], name="party_role_once"),
            models.CheckConstraint(
                name="party_role_starts_before_it_ends",
                condition=models.Q(to_on=None) | models.Q(to_on__gt=models.F("from_on")),
            ),
        ]


class Site(OperatorRow):
    """An address of a party: its home, an office, where equipment goes."""

    party = Key(Party)
    name = models.CharField(max_length=80, blank=True)
    street = models.CharField(max_length=120)
    postcode = models.CharField(max_length=12)
    city = models.CharField(max_length=80)
    country = models.CharField(max_length=2)
    is_billing = models.BooleanField(default=False)

    class Meta:
        db_table = "site"
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "party"], condition=models.Q(is_billing=True), name="site_one_billing"
            ),
        ]


class CostCentre(OperatorRow):
    """A company's own division of what it pays."""

    party = Key(Party)
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=80)

    class Meta:
        db_table = "cost_centre"
        constraints = [models.UniqueConstraint(fields=["operator", "party", "code"], name="cost_centre_code")]


class SearchKey(OperatorRow):
    """A word by which staff find a party: a part of its name, a number, an address, the name of a line. Plain letters
    without accents, because under row security only plain prefixes of a column can use an index."""

    party = Key(Party, db_index=False)
    key = models.CharField(max_length=160)

    class Meta:
        db_table = "search_key"
        constraints = [models.UniqueConstraint(fields=["operator", "party", "key"], name="search_key_once")]
        indexes = [models.Index(fields=["key"], opclasses=["text_pattern_ops"], name="search_key_prefix")]


class Consent(OperatorRow):
    """What a person agreed to, or took back, with the text that was read. Rows are only inserted; the last one of a
    purpose counts."""

    person = Key(Person)
    purpose = models.CharField(max_length=32, help_text="split-bill, personalisation …")
    given = models.BooleanField()
    text_version = models.CharField(max_length=16)
    text_digest = models.CharField(max_length=64, help_text="of the words, in the language in which they were read")
    language = models.CharField(max_length=2)
    at = models.DateTimeField()

    class Meta:
        db_table = "consent"
        indexes = [models.Index(fields=["operator", "person", "purpose", "at"], name="consent_of_person")]
