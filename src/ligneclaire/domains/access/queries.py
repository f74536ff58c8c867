"""What a login may do at the operator's own desk."""

from __future__ import annotations

from ligneclaire.domains.access.models import Login, StaffRole


def staff_roles(login: Login) -> frozenset[str]:
    """The roles of a login at the desk: "agent", "billing", "release", "policy". Empty for customers."""
    return frozenset(StaffRole.objects.filter(login=login).values_list("role", flat=True))
