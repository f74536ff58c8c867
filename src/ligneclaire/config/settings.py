"""Every setting, read once and typed; a wrong one stops the program at start with its name."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

from ligneclaire.adapters.postgres.roles import connection, files_folder
from ligneclaire.adapters.postgres.server import APP_ROLE, CHECKOUT, OWNER_ROLE, make_state_folder, secret
from ligneclaire.adapters.spark import needs


class WrongSetting(Exception):
    """A setting of the environment that cannot be used; the message names it."""


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "1" if default else "0")
    if value not in ("0", "1"):
        raise WrongSetting(f"{name} must be 0 or 1, not {value!r}")
    return value == "1"


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit():
        raise WrongSetting(f"{name} must be a whole number, not {value!r}")
    return int(value)


PACKAGE = Path(__file__).resolve().parents[1]
STATE = make_state_folder()
DEBUG = _flag("LIGNECLAIRE_DEBUG", False)
SECRET_KEY = os.environ.get("LIGNECLAIRE_SECRET_KEY") or secret("secret-key")
PORT = _number("PORT", 8000)
SECURE = _flag("LIGNECLAIRE_HTTPS", False)
OPERATORS_FOLDER = Path(os.environ.get("LIGNECLAIRE_OPERATORS", str(CHECKOUT / "operators")))
FILES = files_folder()  # made documents, kept by hash; mail of the stand-in

# Hosts are the operators' own; the middleware refuses every other with 404.
ALLOWED_HOSTS = ["*"]
ROOT_URLCONF = "ligneclaire.config.urls"
WSGI_APPLICATION = "ligneclaire.config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "django_htmx",
    "procrastinate.contrib.django",
    "ligneclaire.domains.operators",
    "ligneclaire.domains.audit",
    "ligneclaire.domains.outbox",
    "ligneclaire.domains.rulebook",
    "ligneclaire.domains.access",
    "ligneclaire.domains.customers",
    "ligneclaire.domains.promises",
    "ligneclaire.domains.accounts",
    "ligneclaire.domains.ledger",
    "ligneclaire.domains.catalogue",
    "ligneclaire.domains.lines",
    "ligneclaire.domains.contracts",
    "ligneclaire.domains.usage",
    "ligneclaire.domains.billing",
    "ligneclaire.domains.payments",
    "ligneclaire.domains.collections",
    "ligneclaire.interfaces",
    "ligneclaire.interfaces.home",
    "ligneclaire.interfaces.desk",
    "ligneclaire.interfaces.fleet",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ligneclaire.interfaces.operator_host.operator_host",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ligneclaire.interfaces.language.reader_language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ligneclaire.interfaces.odd_addresses.odd_addresses",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [PACKAGE / "interfaces" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ligneclaire.interfaces.look.look",
            ],
            "builtins": ["ligneclaire.interfaces.templatetags.ligneclaire"],
        },
    }
]


_NAMED = {"dbname", "user", "password", "host", "port"}  # the rest (sslmode …) goes to the driver as it is


def _database(role: str) -> dict[str, object]:
    known = connection(role)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": known["dbname"],
        "USER": known["user"],
        "PASSWORD": known.get("password") or "",
        "HOST": str(known.get("host", "")),
        "PORT": str(known.get("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {key: value for key, value in known.items() if key not in _NAMED},
    }


# "default" is the application's role, walled by row security; "owner" migrates, loads operators and backs up.
DATABASES = {"default": _database(APP_ROLE), "owner": _database(OWNER_ROLE)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # logins are unique within an operator, which the database enforces

AUTH_USER_MODEL = "access.Login"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/sign-in/"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "ligneclaire.interfaces.sign_in.SignIn"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PHONE_VERIFICATION_ENABLED = False
ACCOUNT_FORMS = {"login": "ligneclaire.interfaces.sign_in.SignInForm"}
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "invitation": "60/5m/ip", "register": "20/5m/ip"}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

SESSION_COOKIE_AGE = 14 * 86400
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
CSRF_FAILURE_VIEW = "ligneclaire.interfaces.faults.refused"
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
LANGUAGES = [("fr", "Français"), ("nl", "Nederlands"), ("en", "English")]
LOCALE_PATHS = [PACKAGE / "interfaces" / "locale"]

STATIC_URL = "/static/"
STATIC_ROOT = STATE / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [PACKAGE / "interfaces" / "static"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG

_smtp = urlsplit(os.environ.get("SMTP_URL", ""))
if os.environ.get("SMTP_URL") and _smtp.scheme not in ("smtp", "smtps"):
    raise WrongSetting("SMTP_URL must look like smtp://user:password@host:port")
# Without SMTP_URL the stand-in writes each message into FILES/mail, where a person can read it.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _smtp.hostname else 'filebased'}.EmailBackend"
EMAIL_FILE_PATH = FILES / "mail"
EMAIL_HOST, EMAIL_PORT = _smtp.hostname or "", _smtp.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _smtp.username or "", _smtp.password or ""
EMAIL_USE_SSL = _smtp.scheme == "smtps"
EMAIL_TIMEOUT = 10  # seconds; a silent server must not hold up the worker

# Without SMS_URL the stand-in writes each message into FILES/sms.
SMS_URL = os.environ.get("SMS_URL", "")
SMS_FOLDER = FILES / "sms"
if SMS_URL and (urlsplit(SMS_URL).scheme not in ("smpp", "http", "https") or not urlsplit(SMS_URL).hostname):
    raise WrongSetting("SMS_URL must look like smpp://user:password@host:port or https://user:password@host/path")

# What rates the records of many groups, and how many of them at once.
SPARK_MASTER = os.environ.get("LIGNECLAIRE_SPARK", "")
if SPARK_MASTER and (_missing := needs.missing()):
    raise WrongSetting(f"LIGNECLAIRE_SPARK needs {_missing}")
_engine = "journeys.rating_on_spark" if SPARK_MASTER else "domains.usage.rules.compiled"
RATING_ENGINE, RATING_AT_ONCE = f"ligneclaire.{_engine}.rate_groups", 2_000

PROCRASTINATE_IMPORT_PATHS = ["ligneclaire.interfaces.jobs.tasks"]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LIGNECLAIRE_LOG", "WARNING")},
}
