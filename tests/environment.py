"""The tests' own server and databases, named before Django reads its settings: pytest loads this first (`-p`)."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings

# The same examples at each run, and no deadline: a busy machine must not turn a test red. LC_EXPLORE=1 draws new ones.
settings.register_profile(
    "repeatable", derandomize=os.environ.get("LC_EXPLORE") != "1", deadline=None, max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)  # fmt: skip
settings.load_profile("repeatable")

worker = os.environ.get("PYTEST_XDIST_WORKER")
if worker is None and "LC_TEST_FOLDER" not in os.environ:
    folder = Path(tempfile.mkdtemp(prefix="lc-"))
    folder.chmod(0o711)
    os.environ["LC_TEST_FOLDER"] = str(folder)
    os.environ["LC_TEST_CONTROLLER"] = str(os.getpid())
    os.environ["LIGNECLAIRE_STATE"] = str(folder / "state")
    os.environ["LIGNECLAIRE_DURABLE"] = "0"
# Processes that tests start know tests.settings.
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH"))))
os.environ["LIGNECLAIRE_DATABASE"] = f"lc_test_{worker or 'main'}"
