"""What the API server takes and refuses: every rule of the spec, its defaults, and how it reads in kubectl."""

import copy
import json

import pytest
import yaml

from controller.crd import definitions
from dagaudit.spec.base import SpecModel
from tests.e2e.operator.conftest import ROOT, audit

S3 = {"s3": {"uri": "s3://dags/prod"}}
LOGS = {"logs": {"s3": {"uri": "s3://logs/prod"}}}
LLM = {"endpoint": "http://ollama.llm.svc:11434", "model": "llama3.2"}
SLACK = {"name": "team", "type": "Slack", "secretRef": {"name": "slack"}}
SNS = {"name": "team", "type": "SNS", "topicArn": "arn:aws:sns:us-east-1:111122223333:audits"}
EXECUTION = {"mode": "Sharded", "shards": 4, "parallelism": 2}


def with_pod(**fields: object) -> dict:
    return {"pod": fields}


def with_report(**fields: object) -> dict:
    return {"report": {"destination": {"s3": {"uri": "s3://reports/audits"}}, **fields}}


# (words of the refusal, what is refused, what is taken)
RULES = [
    ("must not hold a time zone", {"schedule": "TZ=UTC 0 2 * * *"}, {"schedule": "0 2 * * *"}),
    ("spec.schedule", {"schedule": "every night"}, {"schedule": "@daily"}),
    ("analyzers", {"analyzers": [{"name": "Code"}, {"name": "Code"}]}, {"analyzers": [{"name": "Code"}]}),
    ("needs source", {"source": None, "analyzers": [{"name": "Code"}]}, {"analyzers": [{"name": "Code"}]}),
    (
        "needs airflow.logs",
        {"analyzers": [{"name": "Logs"}]},
        {"analyzers": [{"name": "Logs"}], "airflow": LOGS},
    ),
    (
        "needs source, airflow.logs or airflow.api",
        {"source": None, "analyzers": [{"name": "Stats"}]},
        {"source": None, "analyzers": [{"name": "Stats"}], "airflow": LOGS},
    ),
    (
        "exactly one of",
        {"source": {**S3, "configMap": {"name": "dags"}}},
        {"source": {"configMap": {"name": "dags"}}},
    ),
    ("exactly one of", {"source": {}}, {"source": S3}),
    ("exactly one of", {"airflow": {"logs": {}}}, {"airflow": LOGS}),
    (
        "exactly one of",
        {
            "report": {
                "destination": {"s3": {"uri": "s3://reports/a"}, "persistentVolumeClaim": {"name": "a"}}
            }
        },
        {"report": {"destination": {"persistentVolumeClaim": {"name": "a"}}}},
    ),
    ("model and endpoint", {"llm": {"mode": "Required"}}, {"llm": {"mode": "Disabled"}}),
    ("https", {"llm": {**LLM, "endpoint": "http://example.com"}}, {"llm": LLM}),
    (
        "fallbackModel",
        {"llm": {**LLM, "fallbackModel": "llama3.2"}},
        {"llm": {**LLM, "fallbackModel": "phi4"}},
    ),
    (
        "parallelism must not be larger",
        {"execution": {**EXECUTION, "parallelism": 5}},
        {"execution": EXECUTION},
    ),
    (
        "maxFailedShards must not be larger",
        {"execution": {**EXECUTION, "maxFailedShards": 5}},
        {"execution": {**EXECUTION, "maxFailedShards": 4}},
    ),
    (
        "mode Ray needs ray",
        {"execution": {"mode": "Ray"}},
        {"execution": {"mode": "Ray", "ray": {"workers": 2}}},
    ),
    (
        "exactly one of value",
        with_pod(env=[{"name": "A"}]),
        with_pod(env=[{"name": "A", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]),
    ),
    (
        "env",
        with_pod(env=[{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]),
        with_pod(env=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]),
    ),
    ("formats", with_report(formats=["JSON", "JSON"]), with_report(formats=["JSON", "SARIF"])),
    ("topicArn", {"notifications": [{**SNS, "topicArn": None}]}, {"notifications": [SNS]}),
    ("secretRef", {"notifications": [{**SLACK, "secretRef": None}]}, {"notifications": [SLACK]}),
    (
        "notifications",
        {"notifications": [SLACK, SLACK]},
        {"notifications": [SLACK, {**SLACK, "name": "other"}]},
    ),
    (
        "shards",
        {"execution": {"mode": "Sharded", "shards": 1025}},
        {"execution": {"mode": "Sharded", "shards": 1024}},
    ),
    ("unknown field", {"shedule": "@daily"}, {"schedule": "@daily"}),
]


def document(spec: dict) -> dict:
    made = audit("sample", **copy.deepcopy(spec))
    made["spec"] = _without_none(made["spec"])
    return made


def _without_none(value):
    if isinstance(value, dict):
        return {key: _without_none(one) for key, one in value.items() if one is not None}
    if isinstance(value, list):
        return [_without_none(one) for one in value]
    return value


def try_it(namespace, made: dict) -> str:
    """What the API server says to it, without keeping it."""
    words = ("create", "--dry-run=server", "--validate=strict", "-f", "-")
    try:
        return namespace.kubectl(*words, stdin=json.dumps(made))
    except RuntimeError as error:
        return str(error)


@pytest.mark.parametrize(("words", "bad", "good"), RULES, ids=[f"{number}" for number in range(len(RULES))])
def test_rule_refuses_the_bad_and_takes_the_good(namespace, words, bad, good):
    refused = try_it(namespace, document(bad))

    assert words in refused
    assert "created" in try_it(namespace, document(good))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "examples/audits").glob("*.yaml")), ids=lambda path: path.stem
)
def test_sample_audit_is_taken_word_for_word(namespace, path):
    assert "created" in try_it(namespace, yaml.safe_load(path.read_text()))


def test_name_too_long_for_its_jobs_is_refused(namespace):
    made = audit("a" * 41)

    assert "at most 40" in try_it(namespace, made)


def test_managed_by_cannot_be_changed(namespace):
    namespace.apply(audit("managed", managedBy="one.io/controller"))

    with pytest.raises(RuntimeError, match="immutable"):
        namespace.apply(audit("managed", managedBy="two.io/controller"))


def test_spec_of_a_run_cannot_be_changed(namespace):
    run = {
        "apiVersion": "dagaudit.io/v1alpha1",
        "kind": "DagAuditRun",
        "metadata": {"name": "one"},
        "spec": {"auditRef": "nightly"},
    }
    namespace.apply(run)

    with pytest.raises(RuntimeError, match="immutable"):
        namespace.apply({**run, "spec": {"auditRef": "other"}})


def test_defaults_are_filled_in(namespace):
    namespace.apply(audit())

    spec = namespace.get("dagaudit", "nightly")["spec"]

    assert (spec["timeZone"], spec["concurrencyPolicy"], spec["suspend"]) == ("Etc/UTC", "Forbid", False)
    assert spec["execution"]["mode"] == "Single"
    assert spec["report"]["retention"] == {"runs": 30, "days": 90}


def test_kubectl_get_has_columns(namespace):
    namespace.apply(audit())

    head = namespace.kubectl("get", "dga").splitlines()[0].split()

    assert head[:6] == ["NAME", "SCHEDULE", "SUSPEND", "LAST", "RUN", "RESULT"]


def test_kubectl_explain_reads_well(namespace):
    text = namespace.kubectl("explain", "dagaudit.spec.llm")

    assert "mode" in text
    assert "BestEffort goes on" in text


def test_definitions_fit_into_an_annotation_many_times():
    assert all(len(json.dumps(one)) < 60_000 for one in definitions())


def test_every_rule_of_the_spec_reaches_the_api_server():
    stated = {rule.message for model in _models() for rule in model.RULES}
    text = json.dumps(definitions()[0])

    assert stated
    assert not [message for message in stated if json.dumps(message)[1:-1] not in text]


def _models() -> list[type[SpecModel]]:
    found, waiting = [], [SpecModel]
    while waiting:
        found.append(waiting.pop())
        waiting += found[-1].__subclasses__()
    return found
