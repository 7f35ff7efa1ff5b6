"""Real Airflow for tests: a virtualenv for each release, made once for each user, and scripts that run in it.

No server runs: reading DAGs needs none. Each script gets an AIRFLOW_HOME and an SQLite database of its own.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
BUILD_SECONDS = 900


@dataclass(frozen=True, slots=True)
class Release:
    """One release of Airflow, pinned with all that it needs."""

    version: str
    pins: Path
    reader: str
    """The file beside this one that reads DAG folders in its virtualenv."""


AIRFLOW_3 = Release("3.3.2", ROOT / "requirements" / "airflow-3.3.txt", "read_dags_3.py")
AIRFLOW_2 = Release("2.11.0", ROOT / "requirements" / "airflow-2.11.txt", "read_dags_2.py")


def venv(release: Release = AIRFLOW_3) -> Path:
    """The virtualenv; it is made where it is missing or made from other pins.

    Two processes that want it at once take turns: the second finds it made.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dagaudit"
    name = f"airflow-{release.version}-py{sys.version_info.major}.{sys.version_info.minor}"
    made = cache / name
    digest = hashlib.sha256(release.pins.read_bytes()).hexdigest()
    if _stamp(made) == digest:
        return made
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _stamp(made) != digest:
            _build(made, release.pins, digest)
    return made


def _stamp(made: Path) -> str | None:
    stamp = made / "pins.sha256"
    return stamp.read_text().strip() if stamp.exists() else None


def _build(made: Path, pins: Path, digest: str) -> None:
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    python = made / "bin" / "python"
    sync = [uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", str(pins)]
    make = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(made)]
    # Programs in a virtualenv know their own place, so it is made where it stays; the stamp comes last.
    for command in [sync] if python.exists() else [make, sync]:
        done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    (made / "pins.sha256").write_text(digest)


def packages(release: Release = AIRFLOW_3) -> Path:
    """Where the virtualenv keeps its packages: Airflow's own example DAGs among them."""
    return next((venv(release) / "lib").glob("python3*/site-packages"))


def run_airflow_python(
    script: str, home: Path, *arguments: str, seconds: int = 300, release: Release = AIRFLOW_3
) -> Any:
    """Run a script in the virtualenv and return the JSON document that it printed last.

    Its AIRFLOW_HOME is `home`, whose database is made first.
    """
    environment = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__UNIT_TEST_MODE": "False",
        "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
        "HOME": str(home),
        "PATH": os.environ.get("PATH", ""),
        "TZ": "UTC",
        "PYTHONWARNINGS": "ignore",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    home.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [str(venv(release) / "bin" / "python"), "-c", script, *arguments],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env=environment,
        cwd=home,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


def read_dags(home: Path, *roots: Path, release: Release = AIRFLOW_3, seconds: int = 300) -> dict[str, Any]:
    """What Airflow makes of DAG folders: by folder `dags` (by id) and `errors` (by file)."""
    script = (Path(__file__).parent / release.reader).read_text()
    folders = [str(root) for root in roots]
    found: dict[str, Any] = run_airflow_python(script, home, *folders, seconds=seconds, release=release)
    return found


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for one Airflow."""
    return tmp_path_factory.mktemp("airflow")
