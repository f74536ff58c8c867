"""Sign-in by e-mail address or mobile number; the number is read as people write it in the operator's country."""

from __future__ import annotations

from typing import Any

import phonenumbers
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.http import HttpRequest

from ligneclaire.domains.access.models import Login


class SignInForm(LoginForm):  # type: ignore[misc]
    """"0470 12 34 56" and "+32 470 12 34 56" are the same login."""

    def clean_login(self) -> Any:
        written = self.cleaned_data["login"].strip()
        if "@" in written:
            return written.lower()
        try:
            number = phonenumbers.parse(written, self.request.operator.country)
        except phonenumbers.NumberParseException:
            return written
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class SignIn(DefaultAccountAdapter):  # type: ignore[misc]
    """What allauth asks of us. Row security leaves only the operator's own logins to be found."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # people come by an order or an invitation

    def get_user_by_phone(self, phone: str) -> Login | None:
        return Login.objects.filter(phone=phone).first() if phone else None

    def get_phone(self, user: Login) -> tuple[str, bool] | None:
        return (user.phone, True) if user.phone else None
