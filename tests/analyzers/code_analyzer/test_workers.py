"""Several processes find what one finds; a dead one costs its file."""

import os
import random
import signal
from datetime import date

import psutil
import pytest

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.rule import Profile
from analyzers.code_analyzer.workers import pool
from dagaudit.errors import SourceUnreadable
from dagaudit.section import SectionStatus
from tests.fakes import MemorySource

OPTIONS = CodeOptions(profile=Profile.STRICT, today=date(2026, 11, 21))
DAG = """
from airflow.sdk import DAG
from airflow.providers.standard.operators.bash import BashOperator
from common.settings import RETRIES

with DAG("{dag_id}", schedule="@daily", catchup=True):
    BashOperator(task_id="a", bash_command="{command}", retries=RETRIES)  # noqa: DGA999
"""
FILES = {
    "common/settings.py": "RETRIES = 3\n",
    "broken.py": "from airflow import DAG\nDAG(\n",
    "load.sh": "echo {{ execution_date }}\n",
    "null.py": b"from airflow import DAG\0\n",
    **{
        f"dag_{number:02}.py": DAG.format(dag_id=f"dag_{number // 2}", command="load.sh")
        for number in range(40)
    },
}


class Kept(dict):
    def put(self, key, data):
        self[key] = data


@pytest.fixture(autouse=True)
def many_workers(monkeypatch):
    monkeypatch.setattr(pool, "FILES_PER_WORKER", 2)


def audited(files, jobs, **more):
    return analyze([MemorySource(files)], OPTIONS, jobs=jobs, **more)


def test_they_find_what_one_finds():
    alone = audited(FILES, 1)
    shuffled = list(FILES.items())
    random.Random(7).shuffle(shuffled)

    found = [audited(dict(shuffled), jobs).model_dump_json() for jobs in (2, 3)]

    assert found == [alone.model_dump_json()] * 2
    assert {"DGA101", "DGA102", "DGA601"} <= {each.rule for each in alone.findings}


def test_they_fill_the_cache_as_one_does():
    kept, of_one = Kept(), Kept()
    audited(FILES, 3, audits=kept)
    audited(FILES, 1, audits=of_one)

    assert kept == of_one
    changed = FILES | {"common/settings.py": "RETRIES = 0\n"}
    assert audited(changed, 3, audits=kept) == audited(changed, 1)


def test_file_that_cannot_be_read_is_told_by_them_too():
    files = {path: text for path, text in FILES.items() if path != "common/settings.py"}
    broken = {"common/settings.py": SourceUnreadable("common/settings.py is locked; unlock it")}
    found = [analyze([MemorySource(files, broken)], OPTIONS, jobs=jobs) for jobs in (1, 2)]

    assert found[0] == found[1]
    assert "is locked" in found[0].failures[0].message


class Deadly(MemorySource):
    """Kills the worker, the only one, when it asks for one file."""

    def read(self, file):
        if file.path == "load.sh":
            (worker,) = psutil.Process().children()
            os.kill(worker.pid, signal.SIGKILL)
        return super().read(file)


def test_dead_worker_costs_its_file_only(monkeypatch):
    monkeypatch.setattr(pool, "FEWEST", 1)
    files = {path: text.replace("load.sh", "echo") for path, text in FILES.items() if path.startswith("dag")}
    files |= {"load.sh": "echo\n", "common/settings.py": "RETRIES = 3\n"}
    files["dag_11.py"] = DAG.format(dag_id="deadly", command="load.sh")

    section = analyze([Deadly(files)], OPTIONS, jobs=1)

    (failure,) = section.failures
    assert (failure.path, failure.part) == ("dag_11.py", "interpreter")
    assert "SIGKILL" in failure.message
    assert section.status is SectionStatus.PARTIAL
    assert len({dag.path for dag in section.dags}) == 39


def test_no_process_is_left():
    audited(FILES, 2)

    assert psutil.Process().children() == []
