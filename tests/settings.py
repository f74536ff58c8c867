"""The program's settings, with passwords that take no time to hash: tests make a thousand of them.

The scheme stays, so that a process with the settings of every day checks them as well.
"""

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from ligneclaire.config.settings import *  # noqa: F403


class Quick(PBKDF2PasswordHasher):
    """One round."""

    iterations = 1


PASSWORD_HASHERS = ["tests.settings.Quick"]
