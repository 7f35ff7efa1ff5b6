"""The migration report against real Airflow 3.3.2, and what it counts."""

from pathlib import Path
from typing import Any

import pytest

from analyzers.code_analyzer.migration.as_text import markdown, text
from analyzers.code_analyzer.migration.migrate import migrate
from analyzers.code_analyzer.provider_names import package_of
from dagaudit.adapters import open_dag_source
from dagaudit.errors import SpecInvalid
from dagaudit.migration import Effect, MigrationReport, Verdict
from tests.analyzers.code_analyzer.migration.dags_of_2 import BLOCKED, FILES, NEEDS_WORK, READY
from tests.fakes import MemorySource
from tests.real_airflow import AIRFLOW_2, packages, read_dags

# One worker: each would start an Airflow of its own.
pytestmark = pytest.mark.xdist_group("airflow")


@pytest.fixture(scope="module")
def report() -> MigrationReport:
    return migrate([MemorySource(FILES)])


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What Airflow 3.3.2 makes of the same files: `dags` and `errors`, by name of the file."""
    folder = tmp_path_factory.mktemp("dags_of_2")
    for name, code in FILES.items():
        (folder / name).write_text(code)
    found = read_dags(tmp_path_factory.mktemp("home"), folder)[str(folder)]
    return {
        "loaded": {dag["path"].removesuffix(".py") for dag in found["dags"].values()},
        "failed": {Path(path).stem for path in found["errors"]},
    }


def _verdict(report: MigrationReport, name: str) -> Verdict:
    return next(dag.verdict for dag in report.dags if dag.path == f"{name}.py")


@pytest.mark.parametrize("name", sorted(BLOCKED))
def test_blocked_file_really_fails_to_load(name, report, real):
    assert _verdict(report, name) is Verdict.BLOCKED
    assert name in real["failed"]


@pytest.mark.parametrize("name", sorted(NEEDS_WORK))
def test_file_that_needs_work_really_loads(name, report, real):
    assert _verdict(report, name) is Verdict.NEEDS_WORK
    assert name in real["loaded"]


@pytest.mark.parametrize("name", sorted(READY))
def test_ready_file_really_loads(name, report, real):
    assert _verdict(report, name) is Verdict.READY
    assert name in real["loaded"]


def test_totals_are_those_of_the_verdicts(report):
    totals = report.totals
    verdicts = [dag.verdict for dag in report.dags]

    assert (totals.blocked, totals.needs_work, totals.ready, totals.unknown) == (
        verdicts.count(Verdict.BLOCKED),
        len(NEEDS_WORK),
        len(READY),
        0,
    )
    assert totals.files_blocked == len(BLOCKED) + len(["shared_old.py"])
    assert totals.changes.work == sum(kind.counts.work for kind in report.kinds)


def test_shared_module_comes_first_and_frees_its_importers(report):
    first = report.order[0]

    assert first.path == "shared_old.py"
    assert first.dags == 2
    assert first.loads_then - (len(NEEDS_WORK) + len(READY)) == 2
    assert report.order[-1].loads_then == report.totals.dags


def test_dag_says_which_file_blocks_it(report):
    dag = next(dag for dag in report.dags if dag.dag_id == "uses_shared")

    assert dag.blocked_by == ("shared_old.py",)
    assert "shared_old.py:1" in dag.reasons[0]


def test_module_that_a_task_imports_breaks_at_run(report):
    dag = next(dag for dag in report.dags if dag.dag_id == "late_shared")

    assert (dag.counts.breaks_at_parse, dag.counts.breaks_at_run) == (0, 1)


def test_providers_are_named_with_the_version_that_has_them(report):
    found = {provider.package: provider for provider in report.providers}

    assert found["apache-airflow-providers-standard"].minimum == "0.0.2"
    assert found["apache-airflow-providers-standard"].since_3
    assert found["apache-airflow-providers-ssh"].modules == ("airflow.providers.ssh.operators.ssh",)


@pytest.mark.parametrize(
    ("module", "package"),
    [
        ("airflow.providers.common.sql.operators.sql", "apache-airflow-providers-common-sql"),
        ("airflow.providers.google.cloud.hooks.gcs", "apache-airflow-providers-google"),
        ("airflow.providers.microsoft.azure.hooks.wasb", "apache-airflow-providers-microsoft-azure"),
        ("airflow.www.security", "apache-airflow-providers-fab"),
        ("airflow.models", None),
    ],
)
def test_package_of_a_module(module, package):
    assert package_of(module) == package


def _of(files: dict[str, str]) -> MigrationReport:
    return migrate([MemorySource(files)])


def test_dag_with_arguments_that_cannot_be_read_is_unknown():
    found = _of({"a.py": "from airflow.sdk import DAG, Variable\nd = DAG('a', **Variable.get('x'))\n"})

    assert [dag.verdict for dag in found.dags] == [Verdict.UNKNOWN]
    assert "other arguments" in found.dags[0].reasons[0]


def test_unknown_schedule_hides_nothing():
    found = _of({"a.py": "from airflow.sdk import DAG, Variable\nd = DAG('a', schedule=Variable.get('x'))\n"})

    assert [(dag.verdict, len(dag.unread)) for dag in found.dags] == [(Verdict.READY, 1)]


def test_broken_file_is_counted_and_named():
    found = _of(
        {"a.py": "from airflow import DAG\nDAG('a'\n", "b.py": "from airflow.sdk import DAG\nd = DAG('b')\n"}
    )

    assert (found.totals.dags, found.totals.files_blocked, found.totals.files_unread) == (1, 1, 1)
    assert "1 file could not be read" in text(found)


def test_suppressed_finding_is_still_work():
    code = "from airflow import DAG\nd = DAG('a', schedule_interval=None)  # noqa: DGA600\n"

    assert _of({"a.py": code}).totals.blocked == 1


def test_two_removed_arguments_on_one_line_are_two_changes():
    code = (
        "from airflow import DAG\nfrom airflow.operators.bash import BashOperator\nwith DAG('a', schedule=None):\n"
        "    BashOperator(task_id='a', bash_command='x', provide_context=True, task_concurrency=1)\n"
    )

    assert _of({"a.py": code}).totals.changes.breaks_at_parse == 2


def test_removed_name_is_not_told_by_two_rules():
    code = (
        "from airflow.sdk import DAG, task\n@task\ndef work(**context):\n    print(context['execution_date'])\n"
        "with DAG('a', schedule=None):\n    work()\n"
    )
    changes = [change for change in _of({"a.py": code}).changes if change.line == 4]

    assert [change.effect for change in changes] == [Effect.BREAKS_AT_RUN]


def test_markdown_escapes_what_stands_in_the_source():
    code = "from airflow import DAG\nd = DAG('a|<b>`c', schedule_interval='<script>')\n"
    page = markdown(_of({"a.py": code}))

    assert "<script>" not in page
    assert "<b>" not in page.replace("`a\\|<b>'c`", "")


def test_same_files_in_any_order_give_the_same_report():
    backwards = dict(reversed(FILES.items()))

    assert _of(FILES) == _of(backwards)


@pytest.mark.parametrize(("from_", "to"), [("3.0", "3.3"), ("2.11", "2.11"), ("x", "3.3")])
def test_only_the_way_from_2_to_3_is_known(from_, to):
    with pytest.raises(SpecInvalid):
        migrate([MemorySource(FILES)], from_, to)


# Airflow leaves these out because the kubernetes package is missing here.
NEED_KUBERNETES = {"example_kubernetes_executor.py", "example_local_kubernetes_executor.py"}


def test_examples_of_airflow_2_are_blocked_where_airflow_3_fails(tmp_path_factory):
    folder = packages(AIRFLOW_2) / "airflow" / "example_dags"
    found = migrate([open_dag_source(str(folder))])
    real = read_dags(tmp_path_factory.mktemp("home"), folder)[str(folder)]
    failed = set(real["errors"])
    loaded = {dag["path"] for dag in real["dags"].values()}

    assert {file.path for file in found.files if file.loads is False} == failed
    assert {dag.path for dag in found.dags if dag.verdict is not Verdict.BLOCKED} - loaded == NEED_KUBERNETES
    assert len(failed) >= 10
