"""A real Airflow beside us: its own example DAGs, and what it makes of DAG files."""

import json
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from dagaudit.errors import SpecInvalid

_SECONDS = 600
_REMEDY = "give the Python of an Airflow 3"
_FOLDERS = ("airflow/example_dags", "airflow/providers/standard/example_dags")
_WHERE = """
import importlib.util, json
from pathlib import Path
spec = importlib.util.find_spec("airflow")
print(json.dumps(str(Path(list(spec.submodule_search_locations)[0]).parent)))
"""
_READ = """
import json, sys
from pathlib import Path
from airflow.utils import db
db.initdb()
from airflow.dag_processing.dagbag import DagBag

found = {}
for root in sys.argv[1:]:
    sys.path.insert(0, root)
    bag = DagBag(dag_folder=root, bundle_path=Path(root), bundle_name="bench")
    found |= {
        dag.dag_id: {
            "tasks": sorted(dag.task_ids),
            "edges": sorted([task.task_id, down] for task in dag.tasks for down in task.downstream_task_ids),
            "catchup": bool(dag.catchup),
            "tags": sorted(dag.tags),
        }
        for dag in bag.dags.values()
    }
print(json.dumps(found))
"""


def example_folders(python: str) -> list[Path]:
    """Where that Airflow keeps its example DAGs.

    Raises:
        SpecInvalid: it is no Python with Airflow 3.
    """
    site = Path(str(_run(python, _WHERE, [])))
    found = [site / folder for folder in _FOLDERS if (site / folder).is_dir()]
    if not found:
        raise SpecInvalid(f"--airflow {python}: no example DAGs in {site}; {_REMEDY}")
    return found


def real_structure(python: str, folders: list[Path]) -> dict[str, dict[str, Any]]:
    """DAG id to tasks, edges, catchup and tags, as that Airflow reads them: it runs these files.

    Raises:
        SpecInvalid: it does not answer.
    """
    found: dict[str, dict[str, Any]] = _run(python, _READ, [str(folder) for folder in folders])
    return found


def _run(python: str, program: str, arguments: list[str]) -> Any:  # noqa: ANN401 - JSON
    with tempfile.TemporaryDirectory(prefix="dagaudit-airflow-") as home:
        settings = {
            "AIRFLOW_HOME": home,
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__LOGGING__LOGGING_LEVEL": "ERROR",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{home}/airflow.db",
            "HOME": home,
            "PATH": "/usr/bin:/bin",
            "TZ": "UTC",
            "PYTHONWARNINGS": "ignore",
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        try:
            done = subprocess.run(
                [python, "-c", program, *arguments],
                capture_output=True, text=True, timeout=_SECONDS, check=True, env=settings, cwd=home,
            )  # fmt: skip
            return json.loads(done.stdout.splitlines()[-1])
        except subprocess.CalledProcessError as error:
            last = (error.stderr or "").strip().splitlines()[-1:]
            raise SpecInvalid(
                f"--airflow {python}: {' '.join(last)}; give the Python of an Airflow 3"
            ) from error
        except (OSError, subprocess.TimeoutExpired, ValueError, IndexError) as error:
            raise SpecInvalid(f"--airflow {python}: {error}; {_REMEDY}") from error
