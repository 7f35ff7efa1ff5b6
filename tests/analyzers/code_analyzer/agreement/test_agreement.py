"""Our DAG model against real Airflow 3.3.2, on its own example DAGs and on dialects of our own."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dagaudit.cli.graph import read
from dagaudit.dag import DagModel, Tier
from tests.analyzers.code_analyzer.agreement import (
    dialects_airflow,
    dialects_basic,
    dialects_bundle,
    dialects_hard,
    dialects_more,
    dialects_python,
    dialects_yaml,
)
from tests.analyzers.code_analyzer.agreement.comparison import differences
from tests.real_airflow import packages, read_dags

# One worker: each would start an Airflow of its own.
pytestmark = pytest.mark.xdist_group("airflow")

MODULES = (
    dialects_basic, dialects_more, dialects_hard, dialects_python, dialects_airflow, dialects_bundle,
    dialects_yaml,
)  # fmt: skip
DIALECTS = {name: text for module in MODULES for name, text in module.CASES.items()}
FILES = {**dialects_more.FILES, **dialects_bundle.FILES, **dialects_yaml.FILES}
LIBRARIES = ("shared_lib/", "company_lib/", "plug_ops/")
# Airflow leaves these out because the kubernetes package is missing here; our models say that they need it.
NEED_KUBERNETES = {"example_kubernetes_executor", "example_local_kubernetes_executor"}
TARGET = (3, 3)


class Both(NamedTuple):
    """One folder, read twice."""

    ours: dict[str, DagModel]
    real: dict[str, Any]


def _ours(root: Path) -> dict[str, DagModel]:
    dags, failures, _ = read([str(root)], TARGET)
    assert not failures
    return {dag.dag_id: dag for dag in dags}


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Both]:
    """Everything goes through one Airflow process: starting it is what costs."""
    dialects = tmp_path_factory.mktemp("dialects")
    for name, text in DIALECTS.items():
        (dialects / f"{name}.py").write_text(dialects_basic.HEAD + text)
    for name, text in FILES.items():
        path = dialects / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    roots = {
        "core": packages() / "airflow" / "example_dags",
        "standard": packages() / "airflow" / "providers" / "standard" / "example_dags",
        "dialects": dialects,
    }
    real = read_dags(tmp_path_factory.mktemp("home"), *roots.values())
    return {name: Both(_ours(root), real[str(root)]) for name, root in roots.items()}


@pytest.fixture(scope="module")
def examples(folders: dict[str, Both]) -> list[Both]:
    return [folders["core"], folders["standard"]]


def test_real_airflow_reads_every_dialect(folders):
    broken = {path for path in folders["dialects"].real["errors"] if not path.startswith(LIBRARIES)}

    assert not broken


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_dialect_is_read_as_airflow_reads_it(name, folders):
    ours, real = folders["dialects"]
    expected = {dag_id: dag for dag_id, dag in real["dags"].items() if dag["path"] == f"{name}.py"}
    found = {dag_id: dag for dag_id, dag in ours.items() if dag.path == f"{name}.py"}

    assert set(found) == set(expected)
    assert {dag_id: differences(found[dag_id], dag) for dag_id, dag in expected.items()} == {
        dag_id: [] for dag_id in expected
    }


@pytest.mark.parametrize("name", sorted(DIALECTS))
def test_dialect_is_exact(name, folders):
    partial = {
        dag.dag_id: dag.reasons
        for dag in folders["dialects"].ours.values()
        if dag.path == f"{name}.py" and dag.tier is not Tier.EXACT
    }

    assert not partial


def test_official_examples_agree_but_for_known_ones(examples):
    wrong = {
        dag_id: differences(both.ours[dag_id], dag) if dag_id in both.ours else ["missing"]
        for both in examples
        for dag_id, dag in both.real["dags"].items()
    }

    assert {dag_id: found for dag_id, found in wrong.items() if found} == {}


def test_only_optional_dags_are_in_ours_alone(examples):
    alone = {dag_id for both in examples for dag_id in both.ours.keys() - both.real["dags"].keys()}

    assert alone == NEED_KUBERNETES


def test_what_depends_on_a_missing_package_says_so(examples):
    tiers = {dag_id: examples[0].ours[dag_id].tier for dag_id in NEED_KUBERNETES}

    assert tiers == dict.fromkeys(NEED_KUBERNETES, Tier.PARTIAL)


def test_nearly_all_official_examples_are_exact(examples):
    tiers = [dag.tier for both in examples for dag in both.ours.values()]

    assert tiers.count(Tier.EXACT) >= 0.95 * len(tiers)


def test_no_exact_dag_is_wrong(folders):
    wrong = {
        dag_id: differences(dag, both.real["dags"][dag_id])
        if dag_id in both.real["dags"]
        else ["not in Airflow"]
        for both in folders.values()
        for dag_id, dag in both.ours.items()
        if dag.tier is Tier.EXACT
    }

    assert {dag_id: found for dag_id, found in wrong.items() if found} == {}
