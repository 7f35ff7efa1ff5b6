"""The virtualenvs of the fault DAGs: Airflow with the clients whose errors are wanted, and dbt."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = Path(__file__).resolve().parent


def venv(name: str = "faults", requirements: str = "requirements.in") -> Path:
    """A virtualenv's Python; it is made where it is missing or made from other requirements."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dagaudit" / name
    python, stamp = cache / "bin" / "python", cache / "requirements.sha256"
    digest = hashlib.sha256((HERE / requirements).read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(cache)], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), "-r", str(HERE / requirements)]
        subprocess.run(install, check=True)
        stamp.write_text(digest)
    return python


def dbt() -> Path:
    """The dbt command."""
    return venv("faults-dbt", "dbt_requirements.in").parent / "dbt"
