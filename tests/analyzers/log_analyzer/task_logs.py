"""Writes task logs as Airflow 3.3 does: one JSON record per line."""

import json
from datetime import UTC, datetime, timedelta
from itertools import count

from analyzers.log_analyzer.analyze import analyze
from tests.fakes import MemorySource

START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
PATH = "dag_id=shop/run_id=manual__1/task_id=load/attempt=1.log"
IDENTITY = {"dag_id": "shop", "run_id": "manual__1", "task_id": "load", "map_index": -1, "try_number": 1}
SITE = "/home/airflow/.local/lib/python3.11/site-packages"
AIRFLOW_FRAMES = [
    (f"{SITE}/airflow/sdk/execution_time/task_runner.py", "_run_task_and_map_outcome"),
    (f"{SITE}/airflow/sdk/bases/operator.py", "wrapper"),
    (f"{SITE}/airflow/providers/standard/operators/python.py", "execute_callable"),
]
OWN = ("/opt/airflow/dags/shop.py", "load")
PRE = {"event": "::group::Pre Execute"}
PARSED = {"event": "Worker startup parse complete", "dag_file": "shop.py", "lineno": 1073}
RUN = {"event": "::endgroup::", "lineno": 2232}
POST = {"event": "::group::Post Execute", "lineno": 1580}
END = {"event": "::endgroup::", "lineno": 2379}


def raised(kind, message="", frames=(OWN,), *, is_cause=False, inside=AIRFLOW_FRAMES, members=None):
    """One exception of an `error_detail`."""
    return {
        "exc_type": kind,
        "exc_value": message,
        "exc_notes": [],
        "syntax_error": None,
        "is_cause": is_cause,
        "frames": [
            {"filename": f, "lineno": 10 + i, "name": n} for i, (f, n) in enumerate([*inside, *frames])
        ],
        "is_group": members is not None,
        "exceptions": members or [],
    }


def failure(*chain):
    """The runner's failure record; the last raised exception first."""
    return {"event": "Task failed with exception", "level": "error", "error_detail": list(chain)}


def stdout(text):
    return {"event": text, "logger": "task.stdout", "plain": True}


def stderr(text):
    return {"event": text, "logger": "task.stderr", "level": "error", "plain": True}


def supervisor(event, level="error", **fields):
    return {"event": event, "level": level, "plain": True, "logger": "task", **fields}


def child(text):
    """A line that a bash command wrote."""
    hook = "airflow.task.hooks.airflow.providers.standard.hooks.subprocess.SubprocessHook"
    return {"event": text, "logger": hook, "filename": "subprocess.py"}


def user(text, level="info", **fields):
    return {"event": text, "level": level, "logger": "shop.etl", "filename": "shop.py", **fields}


def lines(*records):
    """The log's text; records are a tenth of a second apart unless they say `at` seconds."""
    clock = count()
    written = []
    for record in records:
        fields = dict(record)
        at = fields.pop("at", None)
        moment = START + timedelta(seconds=next(clock) / 10 if at is None else at)
        plain = fields.pop("plain", False)
        whole = {
            "timestamp": moment.isoformat().replace("+00:00", "Z"),
            "level": fields.pop("level", "info"),
            "event": fields.pop("event"),
            **({} if plain else IDENTITY),
            "logger": fields.pop("logger", "task"),
            **({} if plain else {"filename": fields.pop("filename", "task_runner.py")}),
            **fields,
        }
        written.append(json.dumps(whole))
    return "\n".join(written) + "\n"


def failed(*inner):
    """A whole log of a failed attempt whose middle is given."""
    return lines(PRE, PARSED, RUN, *inner, {**POST, "lineno": 1677}, END)


def succeeded(*inner):
    """A whole log of a successful attempt."""
    return lines(PRE, PARSED, RUN, *inner, POST, END)


def section(files):
    """The analysis of logs by path."""
    return analyze(MemorySource(files))


def attempt(text, path=PATH):
    """The only attempt of one log."""
    return section({path: text}).attempts[0]
