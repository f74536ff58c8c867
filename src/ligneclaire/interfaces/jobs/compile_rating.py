"""`ligneclaire compile-rating`: compile the rating engine now, so that the first pass does not wait for it."""

from __future__ import annotations

import argparse

SUMMARY = "compile the rating engine, once for each version of it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Nothing to choose."""


def run(args: argparse.Namespace) -> int:
    """About twenty seconds after a change of the engine, else two; programs of older versions are deleted."""
    from ligneclaire.domains.usage.rules.compiled import jit, program

    program.warm()
    jit.forget_older()
    return 0
