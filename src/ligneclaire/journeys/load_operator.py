"""Load an operator's folder into the database: whole or not at all, and as often as one likes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from ligneclaire.domains.audit import operations as audit
from ligneclaire.domains.catalogue import operations as catalogue
from ligneclaire.domains.operators import operations as operators
from ligneclaire.domains.operators.acting import acting_for
from ligneclaire.domains.operators.models import Operator
from ligneclaire.domains.operators.operations import Written
from ligneclaire.domains.rulebook import folders, policy_tables
from ligneclaire.domains.rulebook import operations as rulebook
from ligneclaire.domains.rulebook.folders import Folder
from ligneclaire.domains.rulebook.policy_tables import Fault
from ligneclaire.domains.rulebook.versions import Version
from ligneclaire.kernel.refusal import Refusal

OWNER = "owner"
REASON = "operator folder"


class _NotKept(Exception):
    """Undoes the transaction of a comparison."""


def load(path: Path, *, at: datetime, actor: str, keep: bool = True) -> list[Written]:
    """Bring the database to what a folder says, in one transaction; answers with what changed, nothing the second time.

    With `keep=False` it only compares. Raises FolderRefused with every fault, also when a published version or price
    would have to be edited; then nothing is written.
    """
    folder = folders.read(path)
    changes: list[Written] = []
    try:
        with transaction.atomic(using=OWNER):
            changes = _write(folder, at, actor)
            if not keep:
                raise _NotKept
    except _NotKept:
        pass
    except IntegrityError as error:
        reason = str(error).partition("\n")[0]
        raise folders.FolderRefused([Fault("profile.toml", "", f"the database refuses it: {reason}")]) from None
    return changes


def _write(folder: Folder, at: datetime, actor: str) -> list[Written]:
    profile = folder.profile
    operator, changes = operators.set_up_operator(
        code=profile.code,
        using=OWNER,
        host=profile.host,
        name=profile.name,
        country=profile.country,
        timezone=profile.timezone,
        languages=list(profile.languages),
        profile={
            "customers": profile.customers,
            "iccid_prefix": profile.iccid_prefix,
            "contact": dict(profile.contact),
        },
        look=dict(folder.look),
        texts={lang: dict(words) for lang, words in folder.texts.items()},
        folder_digest=folder.digest,
    )
    with acting_for(operator.pk, using=OWNER):
        changes += operators.set_up_legal_entity(operator=operator, values=profile.legal_entity, using=OWNER)
        faults: list[Fault] = []
        changes += _policies(operator, folder, at, actor, faults)
        changes += _catalogue(operator, folder, faults)
        if faults:
            raise folders.FolderRefused(faults)
        if changes:
            audit.record(
                operator_id=operator.pk,
                at=at,
                actor=actor,
                act="load_operator",
                subject=f"operator:{operator.code}",
                detail={"digest": folder.digest, "changes": len(changes)},
                using=OWNER,
            )
    return changes


def _catalogue(operator: Operator, folder: Folder, faults: list[Fault]) -> list[Written]:
    """Rate decks, then products with their prices and usage terms."""
    changes: list[Written] = []
    for deck in folder.decks:
        try:
            changes += catalogue.publish_deck(operator=operator, row=deck, using=OWNER)
        except Refusal as refusal:
            faults.append(Fault(deck.file, "", refusal.message("en")))
    for row in folder.products:
        try:
            changes += catalogue.publish_product(operator=operator, row=row, using=OWNER)
        except Refusal as refusal:
            faults.append(Fault("catalogue.toml", row.code, refusal.message("en")))
    return changes


def _policies(operator: Operator, folder: Folder, at: datetime, actor: str, faults: list[Fault]) -> list[Written]:
    """The common versions and the operator's own, oldest first."""
    changes: list[Written] = []
    for file, version in (*_of("common policies", policy_tables.common()), *_of("policies.toml", folder.versions)):
        try:
            made = rulebook.publish_policy(
                operator_id=operator.pk, version=version, reason=REASON, at=at, actor=actor, using=OWNER
            )
        except Refusal as refusal:
            faults.append(Fault(file, version.source, refusal.message("en")))
            continue
        if made is not None:
            changes.append(Written(f"policy {version.source}", True, ()))
    return changes


def _of(file: str, versions: Iterable[Version]) -> list[tuple[str, Version]]:
    return [(file, version) for version in sorted(versions, key=lambda one: one.effective_from)]
