"""The product's settings with the addresses of an empty page beside its own, for the server that is measured."""

from ligneclaire.config.settings import *  # noqa: F403

ROOT_URLCONF = "ligneclaire.interfaces.jobs.bench.empty_page"
