"""Our DAG model for `--target 2.11` against a real Airflow 2.11.0, on its example DAGs and dialects of our own."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dagaudit.cli.graph import read
from dagaudit.dag import DagModel, Tier
from tests.analyzers.code_analyzer.agreement import dialects_of_2
from tests.analyzers.code_analyzer.agreement.comparison import differences
from tests.real_airflow import AIRFLOW_2, packages, read_dags

# One worker: each would start an Airflow of its own.
pytestmark = pytest.mark.xdist_group("airflow-2")

DIALECTS = {**dialects_of_2.CASES, **dialects_of_2.PARTIAL}
# Airflow cannot load these here, for want of packages that they use; the source alone does not tell.
NEED_KUBERNETES = {"example_kubernetes_executor", "example_local_kubernetes_executor"}
NEED_S3FS = {"tutorial_objectstorage"}


class Both(NamedTuple):
    """One folder, read twice."""

    ours: dict[str, DagModel]
    real: dict[str, Any]


def _ours(root: Path) -> dict[str, DagModel]:
    dags, failures, _ = read([str(root)], (2, 11))
    assert not failures
    return {dag.dag_id: dag for dag in dags}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Both]:
    """Everything goes through one Airflow process: starting it is what costs."""
    dialects = tmp_path_factory.mktemp("dialects")
    for name, text in DIALECTS.items():
        (dialects / f"{name}.py").write_text(dialects_of_2.HEAD + text)
    roots = {"examples": packages(AIRFLOW_2) / "airflow" / "example_dags", "dialects": dialects}
    real = read_dags(tmp_path_factory.mktemp("home"), *roots.values(), release=AIRFLOW_2)
    return {name: Both(_ours(root), real[str(root)]) for name, root in roots.items()}


def test_real_airflow_reads_every_dialect(folders):
    assert folders["dialects"].real["errors"] == {}


@pytest.mark.parametrize("name", sorted(dialects_of_2.CASES))
def test_dialect_is_read_exactly_as_airflow_2_reads_it(name, folders):
    ours, real = folders["dialects"]
    expected = {dag_id: dag for dag_id, dag in real["dags"].items() if dag["path"] == f"{name}.py"}
    found = {dag_id: dag for dag_id, dag in ours.items() if dag.path == f"{name}.py"}

    assert set(found) == set(expected)
    assert {
        dag_id: (differences(found[dag_id], dag), found[dag_id].reasons) for dag_id, dag in expected.items()
    } == {dag_id: ([], ()) for dag_id in expected}


@pytest.mark.parametrize("name", sorted(dialects_of_2.PARTIAL))
def test_what_only_running_tells_is_partial_and_says_why(name, folders):
    found = folders["dialects"].ours[name]

    assert found.tier is Tier.PARTIAL
    assert found.reasons
    assert {task.task_id for task in found.tasks} == set(folders["dialects"].real["dags"][name]["tasks"])


def test_official_examples_of_2_agree(folders):
    ours, real = folders["examples"]
    wrong = {
        dag_id: differences(ours[dag_id], dag) if dag_id in ours else ["missing"]
        for dag_id, dag in real["dags"].items()
    }

    assert {dag_id: found for dag_id, found in wrong.items() if found} == {}


def test_only_what_lacks_a_package_is_in_ours_alone(folders):
    ours, real = folders["examples"]

    assert ours.keys() - real["dags"].keys() == NEED_KUBERNETES | NEED_S3FS


def test_nearly_all_official_examples_of_2_are_exact(folders):
    tiers = [dag.tier for dag in folders["examples"].ours.values()]

    assert tiers.count(Tier.EXACT) >= 0.85 * len(tiers)


def test_no_exact_dag_is_wrong(folders):
    wrong = {
        dag_id: differences(dag, both.real["dags"][dag_id])
        if dag_id in both.real["dags"]
        else ["not in Airflow"]
        for both in folders.values()
        for dag_id, dag in both.ours.items()
        if dag.tier is Tier.EXACT and dag_id not in NEED_S3FS
    }

    assert {dag_id: found for dag_id, found in wrong.items() if found} == {}
