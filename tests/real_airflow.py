"""Real Airflow 3.3.2 for tests: a virtualenv of its own, made once for each user, and scripts that run in it.

No server runs: reading DAGs needs none. Each script gets an AIRFLOW_HOME and an SQLite database of its own.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
PINS = ROOT / "requirements" / "airflow-3.3.txt"
VERSION = "3.3.2"
BUILD_SECONDS = 900


def venv() -> Path:
    """The virtualenv; it is made where it is missing or made from other pins.

    Two processes that want it at once take turns: the second finds it made.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "dagaudit"
    name = f"airflow-{VERSION}-py{sys.version_info.major}.{sys.version_info.minor}"
    made = cache / name
    digest = hashlib.sha256(PINS.read_bytes()).hexdigest()
    if _stamp(made) == digest:
        return made
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _stamp(made) != digest:
            _build(made, digest)
    return made


def _stamp(made: Path) -> str | None:
    stamp = made / "pins.sha256"
    return stamp.read_text().strip() if stamp.exists() else None


def _build(made: Path, digest: str) -> None:
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    python = made / "bin" / "python"
    sync = [uv, "pip", "sync", "--quiet", "--python", str(python), "--require-hashes", str(PINS)]
    make = [uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(made)]
    # Programs in a virtualenv know their own place, so it is made where it stays; the stamp comes last.
    for command in [sync] if python.exists() else [make, sync]:
        done = subprocess.run(command, capture_output=True, text=True, timeout=BUILD_SECONDS, check=False)
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
    (made / "pins.sha256").write_text(digest)


def packages() -> Path:
    """Where the virtualenv keeps its packages: Airflow's own example DAGs among them."""
    return next((venv() / "lib").glob("python3*/site-packages"))


def run_airflow_python(script: str, home: Path, *arguments: str, seconds: int = 300) -> Any:
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
        [str(venv() / "bin" / "python"), "-c", script, *arguments],
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
        env=environment,
        cwd=home,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


# Reads DAG files as Airflow's DAG processor does and prints what it found.
READ_DAGS = """
import json, sys
from datetime import timedelta
from pathlib import Path

from airflow.utils import db
db.initdb()
from airflow.dag_processing.dagbag import DagBag
from airflow.sdk.definitions.asset import Asset, AssetAlias, AssetAll, AssetAny, AssetRef


def asset_text(asset, inner=False):
    if isinstance(asset, AssetAlias):
        return f"alias({asset.name})"
    if isinstance(asset, (AssetAll, AssetAny)):
        joint = " & " if isinstance(asset, AssetAll) else " | "
        text = joint.join(asset_text(one, True) for one in asset.objects)
        return f"({text})" if inner and len(asset.objects) > 1 else text
    return getattr(asset, "name", None) or asset.uri


def schedule(dag):
    given = dag.schedule
    if given is None or isinstance(given, str):
        return given
    if isinstance(given, timedelta):
        return {"timedelta_seconds": given.total_seconds()}
    if isinstance(given, (Asset, AssetAlias, AssetAll, AssetAny, AssetRef)):
        return {"assets": asset_text(given)}
    if isinstance(given, (list, tuple, set)):
        return {"assets": asset_text(AssetAll(*given))}
    return {"timetable": type(given).__name__}


def group_of(task):
    group = task.task_group
    return group.group_id if group is not None else None


def described(dag):
    tasks = {
        task.task_id: {
            "operator": task.task_type,
            "trigger_rule": str(getattr(task.trigger_rule, "value", task.trigger_rule)),
            "retries": task.retries,
            "is_mapped": type(task).__name__.endswith("MappedOperator"),
            "is_setup": bool(task.is_setup),
            "is_teardown": bool(task.is_teardown),
            "group": group_of(task),
        }
        for task in dag.tasks
    }
    edges = sorted([task.task_id, down] for task in dag.tasks for down in task.downstream_task_ids)
    start = dag.start_date
    return {
        "tasks": tasks,
        "edges": edges,
        "schedule": schedule(dag),
        "catchup": bool(dag.catchup),
        "start_date": start.isoformat() if start is not None else None,
        "tags": sorted(dag.tags),
        "params": sorted(dag.params),
    }


found = {}
for root in sys.argv[1:]:
    # As the DAG processor does for every bundle.
    sys.path.insert(0, root)
    bag = DagBag(dag_folder=root, bundle_path=Path(root), bundle_name="test")
    found[root] = {
        "dags": {
            dag.dag_id: {"path": str(Path(dag.fileloc).relative_to(root)), **described(dag)}
            for dag in bag.dags.values()
        },
        "errors": {path: error.strip().splitlines()[-1] for path, error in bag.import_errors.items()},
    }
print(json.dumps(found))
"""


def read_dags(home: Path, *roots: Path) -> dict[str, Any]:
    """What Airflow makes of DAG folders: by folder `dags` (by id) and `errors` (by file)."""
    found: dict[str, Any] = run_airflow_python(READ_DAGS, home, *[str(root) for root in roots])
    return found


@pytest.fixture(scope="session")
def airflow_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for one Airflow."""
    return tmp_path_factory.mktemp("airflow")
