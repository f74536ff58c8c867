"""What Spark needs on this machine beside the program. Light, because the settings ask it."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from pathlib import Path


def missing() -> str:
    """What is not installed here and has to be, with what to type; "" when nothing is."""
    home = os.environ.get("JAVA_HOME")
    if not (Path(home, "bin", "java").exists() if home else shutil.which("java")):
        return "Java 17, which is not installed. Type:  sudo apt-get install openjdk-17-jre-headless"
    if find_spec("pyspark") is None:
        return "the package pyspark, which is not installed. Type:  make spark"
    return ""
