"""Records: keys point down the stack, nothing is deleted by cascade, tables are named after the thing."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from ligneclaire.domains.operators.models import Key, Operator, OperatorRow

STACK = [
    "operators", "audit", "outbox", "rulebook", "access", "customers", "promises", "accounts", "ledger", "coverage",
    "catalogue", "lines", "contracts", "devices", "orders", "usage", "billing", "payments", "collections",
    "assistance", "privacy",
]  # fmt: skip


def ours() -> list[type[models.Model]]:
    return [model for model in apps.get_models() if model.__module__.startswith("ligneclaire.")]


def keys() -> list[Any]:
    return [field for model in ours() for field in model._meta.local_fields if isinstance(field, models.ForeignKey)]


def test_there_is_something_to_check() -> None:
    assert len(ours()) > 30
    assert len(keys()) > 60


def test_keys_point_down_the_stack() -> None:
    upward = [
        str(field)
        for field in keys()
        if STACK.index(field.remote_field.model._meta.app_label) > STACK.index(field.model._meta.app_label)
    ]
    assert upward == []


def test_keys_protect_and_leave_no_name_on_the_other_side() -> None:
    assert [str(field) for field in keys() if field.remote_field.on_delete is not models.PROTECT] == []
    assert [str(field) for field in keys() if field.remote_field.related_name != "+"] == []


def test_every_record_belongs_to_an_operator_and_so_do_its_keys() -> None:
    assert [model.__name__ for model in ours() if not issubclass(model, OperatorRow) and model is not Operator] == []
    plain = [f for f in keys() if not isinstance(f, Key) and f.remote_field.model is not Operator]
    assert [str(field) for field in plain] == []


def test_no_many_to_many_and_no_generic_key() -> None:
    assert [str(field) for model in ours() for field in model._meta.many_to_many] == []
    assert [str(f) for model in ours() for f in model._meta.private_fields] == []


def test_tables_are_named_after_the_thing() -> None:
    named = {model._meta.db_table for model in ours()}
    assert [
        name for name in named if any(name.startswith(f"{label}_") and name.count("_") > 2 for label in STACK)
    ] == []
    assert [model.__name__ for model in ours() if "db_table" not in model._meta.original_attrs] == []


def test_money_is_stored_as_decimals_and_moments_with_their_zone() -> None:
    fields = [field for model in ours() for field in model._meta.local_fields]
    assert [str(field) for field in fields if isinstance(field, models.FloatField)] == []
    amounts = [f for f in fields if isinstance(f, models.DecimalField)]
    assert [str(f) for f in amounts if f.decimal_places not in (2, 6)] == []
    automatic = [f for f in fields if getattr(f, "auto_now", False) or getattr(f, "auto_now_add", False)]
    assert [str(f) for f in automatic] == [], "the clock is read in interfaces alone"


def test_constraints_have_readable_names() -> None:
    constraints = [(model, constraint) for model in ours() for constraint in model._meta.constraints]
    assert [c.name for model, c in constraints if not c.name.islower() or c.name[-1].isdigit()] == []
    assert [str(model) for model in ours() if model._meta.unique_together] == []
