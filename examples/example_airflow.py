"""A real Airflow in a virtualenv of its own, in the user's cache."""

import os
import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "dagaudit"


def airflow_python() -> Path:
    """The interpreter of a virtualenv with Airflow in it, made where it is missing."""
    venv = CACHE / "airflow-3.3.2-py3.11"
    if not (venv / "bin" / "python").exists():
        uv = shutil.which("uv") or str(REPOSITORY / ".uv" / "bin" / "uv")
        pins = REPOSITORY / "requirements" / "airflow-3.3.txt"
        # Made aside and renamed, so that nobody ever meets half of it.
        aside = venv.with_name(f"{venv.name}.{os.getpid()}")
        subprocess.run([uv, "venv", "--quiet", "--relocatable", "--python", "3.11", aside], check=True)
        install = [uv, "pip", "install", "--quiet", "--python", aside / "bin" / "python"]
        subprocess.run([*install, "--require-hashes", "--requirements", pins], check=True)
        try:
            aside.rename(venv)
        except OSError:
            # Somebody else was first; theirs is as good.
            shutil.rmtree(aside)
    return venv / "bin" / "python"
