"""How the steps of the engine are compiled, and where the compiled program is kept.

numba looks at the file of a cached function alone: it would go on using an old program after a change in a step of
another file. So the folder is named by a digest of the whole engine and of the modules whose numbers are compiled in:
another source is another folder. It lies in the virtual environment, or in the user's own cache where that can't be
written.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numba

from ligneclaire.domains.catalogue.rules import tariff
from ligneclaire.domains.usage.rules import suspense, terms

F = TypeVar("F", bound=Callable[..., Any])
ELSEWHERE = (tariff, suspense, terms)  # modules with numbers that are compiled in


def sources() -> list[Path]:
    """The files that say what the compiled program does."""
    return [*sorted(Path(__file__).parent.glob("*.py")), *(Path(str(one.__file__)) for one in ELSEWHERE)]


def _digest() -> str:
    found = hashlib.sha256(f"{sys.version} {numba.__version__}".encode())
    for path in sources():
        found.update(path.read_bytes())
    return found.hexdigest()[:16]


def _places() -> list[Path]:
    own = os.environ.get("XDG_CACHE_HOME") or str(Path("~").expanduser() / ".cache")
    return [Path(sys.prefix) / "compiled", Path(own) / "ligneclaire" / "compiled"]


def _folder() -> Path | None:
    """Where this version of the engine is kept; None when there is no place, and each process compiles for itself."""
    if os.environ.get("NUMBA_CACHE_DIR"):
        return Path(os.environ["NUMBA_CACHE_DIR"])
    name = _digest()
    for place in _places():
        folder = place / name
        try:
            folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    return None


FOLDER = _folder()
if FOLDER is not None:
    numba.config.CACHE_DIR = str(FOLDER)  # type: ignore[attr-defined]


# Without counting references: the loop makes no arrays, and counting cost more than rating.
_OPTIONS: Any = {"error_model": "numpy", "_nrt": False}


def step(function: F) -> F:
    """A step of the rating loop: compiled into whatever calls it."""
    found: F = numba.njit(function, forceinline=True, **_OPTIONS)
    return found


def entry(function: F) -> F:
    """What Python calls: compiled once, kept, and free of the interpreter's lock."""
    found: F = numba.njit(function, nogil=True, cache=FOLDER is not None, **_OPTIONS)
    return found


def forget_older() -> None:
    """Delete the programs of other versions of the engine."""
    if FOLDER is not None and FOLDER.parent in _places():
        for other in FOLDER.parent.iterdir():
            if other != FOLDER:
                shutil.rmtree(other, ignore_errors=True)
