"""The virtualenv of the fault DAGs: Airflow with the clients whose errors are wanted."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = Path(__file__).resolve().parent / "requirements.in"


def venv() -> Path:
    """Its Python; it is made where it is missing or made from other requirements."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dagaudit" / "faults"
    python, stamp = cache / "bin" / "python", cache / "requirements.sha256"
    digest = hashlib.sha256(REQUIREMENTS.read_bytes()).hexdigest()
    if not stamp.exists() or stamp.read_text() != digest:
        uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
        subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(cache)], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", str(python), "-r", str(REQUIREMENTS)]
        subprocess.run(install, check=True)
        stamp.write_text(digest)
    return python
