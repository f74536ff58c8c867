"""Sign-in by e-mail address or mobile number; the number is read as people write it in the operator's country."""

from __future__ import annotations

from typing import Any

import phonenumbers
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from ligneclaire.domains.access.models import Login


class SignInForm(LoginForm):  # type: ignore[misc]
    """ "0470 12 34 56" and "+32 470 12 34 56" are the same login."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        login, password = self.fields["login"], self.fields["password"]
        login.label = _("E-mail address or mobile number")
        login.widget.attrs = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        password.label, password.help_text = _("Password"), ""
        password.widget.attrs = {"autocomplete": "current-password"}
        login.error_messages["required"] = _("Please write your e-mail address or mobile number.")
        password.error_messages["required"] = _("Please write your password.")

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

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("This address and this password do not belong together."),
        "phone_password_mismatch": _("This number and this password do not belong together."),
        "too_many_login_attempts": _("Too many attempts. Please wait five minutes and try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # people come by an order or an invitation

    def get_user_by_phone(self, phone: str) -> Login | None:
        return Login.objects.filter(phone=phone).first() if phone else None

    def get_phone(self, user: Login) -> tuple[str, bool] | None:
        return (user.phone, True) if user.phone else None

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """No message on signing in or out: the page says where one is."""
