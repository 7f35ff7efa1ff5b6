import json

import pytest
import yaml

from dagaudit.errors import SpecInvalid
from dagaudit.spec import (
    AnalyzerName,
    AuditSpec,
    DagAudit,
    LlmMode,
    audit_from_resource,
    load_audit,
    load_audits,
    spec_from_json,
    spec_to_json,
)

SMALLEST = {"report": {"destination": {"s3": {"uri": "s3://reports/dagaudit"}}}}
FULL = {
    "suspend": True,
    "schedule": "0 2 * * *",
    "timeZone": "Europe/Berlin",
    "concurrencyPolicy": "Replace",
    "startingDeadlineSeconds": 60,
    "source": {
        "git": {
            "url": "https://example.org/dags.git",
            "ref": "v1",
            "path": "dags",
            "secretRef": {"name": "git"},
        },
        "changeDetection": "None",
    },
    "airflow": {
        "targetVersion": "2.10",
        "api": {"url": "https://airflow.example.org", "authSecretRef": {"name": "api"}, "version": "V1"},
        "logs": {
            "cloudWatch": {"region": "eu-west-1", "logGroups": [{"prefix": "airflow-prod"}], "maxEvents": 5}
        },
    },
    "analyzers": [
        {
            "name": "Code",
            "severityFloor": "High",
            "ruleSelector": {"include": ["DGA3"], "exclude": ["DGA301"]},
        },
        {"name": "Logs", "required": False, "timeoutSeconds": 60},
    ],
    "llm": {
        "mode": "Required",
        "endpoint": "http://ollama.ai.svc:11434",
        "model": "qwen2.5-coder:7b",
        "modelDigest": "a" * 64,
        "fallbackModel": "llama3.2",
        "secretRef": {"name": "llm", "key": "token"},
        "budget": {
            "maxTokensPerRun": 1000,
            "maxCallsPerRun": 10,
            "maxCostPerRun": "1.50",
            "onExceeded": "Fail",
        },
        "redaction": {"mode": "On", "extraPatterns": ["ACME-[0-9]+"]},
    },
    "report": {
        "destination": {"persistentVolumeClaim": {"name": "reports", "path": "dagaudit"}},
        "formats": ["JSON", "SARIF"],
        "retention": {"runs": 5, "days": 0},
    },
    "runHistory": {"successful": 1, "failed": 0},
    "execution": {"mode": "Ray", "shards": 64, "parallelism": 8, "maxFailedShards": 2, "ray": {"workers": 4}},
    "gpu": {"waitForLLMSeconds": 30, "scaleFromZero": "Never"},
    "pod": {
        "image": "example.org/dagaudit:1",
        "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}},
        "tolerations": [{"key": "gpu", "operator": "Exists", "effect": "NoSchedule"}],
        "affinity": {"nodeAffinity": {"anything": [1, {"goes": None}]}},
        "env": [
            {"name": "A", "value": "b"},
            {"name": "C", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}},
        ],
    },
    "thresholds": {"critical": 0, "high": 3, "newFindingsOnly": True},
    "policyRefs": [{"name": "team"}],
    "notifications": [
        {
            "name": "chat",
            "type": "Slack",
            "secretRef": {"name": "slack"},
            "on": ["Failed"],
            "minInterval": "30m",
        },
        {"name": "topic", "type": "SNS", "topicArn": "arn:aws:sns:eu-west-1:123456789012:alerts"},
    ],
    "trigger": {"s3Events": {"queueUrl": "https://sqs.eu-west-1.amazonaws.com/123456789012/dags"}},
    "managedBy": "kueue.x-k8s.io/multikueue",
}


BOMB = "a0: &a0 [x]\n" + "\n".join(
    f"a{level}: &a{level} [{','.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 8)
)


def resource(spec: dict, **metadata: object) -> dict:
    return {
        "apiVersion": "dagaudit.io/v1alpha1",
        "kind": "DagAudit",
        "metadata": {"name": "nightly", **metadata},
        "spec": spec,
    }


def audited(**changes: object) -> DagAudit:
    return audit_from_resource(resource({**SMALLEST, **changes}), "audit.yaml")


def refusal(**changes: object) -> str:
    with pytest.raises(SpecInvalid) as refused:
        audited(**changes)
    return str(refused.value)


def test_smallest_audit_names_only_where_reports_go():
    spec = audited().spec

    assert spec.analyzers is None
    assert spec.llm is None
    assert spec.execution.shards == 1


@pytest.mark.parametrize("spec", [SMALLEST, FULL], ids=["smallest", "full"])
def test_spec_survives_its_way_through_the_environment(spec):
    audit = audit_from_resource(resource(spec), "audit.yaml")

    assert spec_from_json(spec_to_json(audit.spec)) == audit.spec


def test_spec_travels_in_camel_case():
    sent = json.loads(spec_to_json(audit_from_resource(resource(FULL), "audit.yaml").spec))

    assert sent["gpu"]["waitForLLMSeconds"] == 30
    assert sent["airflow"]["logs"]["cloudWatch"]["lookbackHours"] == 24


def test_nothing_that_was_asked_for_is_lost():
    sent = json.loads(spec_to_json(audit_from_resource(resource(FULL), "audit.yaml").spec))

    def missing(asked: object, got: object, place: str) -> list[str]:
        if isinstance(asked, dict) and isinstance(got, dict):
            return [line for key in asked for line in missing(asked[key], got.get(key), f"{place}.{key}")]
        if isinstance(asked, list) and isinstance(got, list) and len(asked) == len(got):
            return [line for i, item in enumerate(asked) for line in missing(item, got[i], f"{place}[{i}]")]
        return [] if asked == got else [place]

    assert missing({key: FULL[key] for key in FULL if key != "pod"}, sent, "spec") == []
    assert sent["pod"]["affinity"]["nodeAffinity"]["anything"][0] == 1


def test_yaml_means_what_kubectl_takes_it_to_mean():
    text = """
apiVersion: v1
kind: Namespace
metadata: {name: data}
---
apiVersion: dagaudit.io/v1alpha1
kind: DagAudit
metadata: {name: nightly, creationTimestamp: 2026-01-01T00:00:00Z}
spec:
  llm: {endpoint: https://llm.example.org, model: m, redaction: {mode: Off}}
  notifications: [{name: chat, type: Slack, secretRef: {name: s}, on: [Failed]}]
  report: {destination: {s3: {uri: s3://reports/x}}}
"""

    audit = load_audit(text, "audit.yaml")

    assert audit.spec.llm.redaction.mode == "Off"
    assert audit.spec.notifications[0].on == ("Failed",)


def test_lists_of_resources_are_read():
    text = yaml.safe_dump(
        {"apiVersion": "v1", "kind": "List", "items": [resource(SMALLEST), resource(SMALLEST)]}
    )

    assert len(load_audits(text, "audit.yaml")) == 2


def test_audit_is_picked_by_name_from_several():
    text = yaml.safe_dump_all(
        [resource(SMALLEST, name="one"), resource({**SMALLEST, "suspend": True}, name="two")]
    )

    assert load_audit(text, "audit.yaml", "two").spec.suspend


def test_several_audits_without_a_name_are_refused():
    text = yaml.safe_dump_all([resource(SMALLEST, name="one"), resource(SMALLEST, name="two")])

    with pytest.raises(SpecInvalid, match=r"holds 2 DagAudits \(one, two\)"):
        load_audit(text, "audit.yaml")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"shedule": "@daily"}, "spec.shedule is no field; did you mean schedule?"),
        ({"source": {"s3": {"url": "s3://bucket"}}}, "spec.source.s3.url is no field; did you mean uri?"),
        ({"zzz": 1}, "spec.zzz is no field; valid are airflow, analyzers"),
        ({"schedule": "TZ=Europe/Berlin 0 2 * * *"}, "schedule must not hold a time zone; use timeZone"),
        ({"schedule": "tomorrow"}, "spec.schedule: must match"),
        (
            {"source": {}},
            "spec.source: exactly one of s3, git, configMap, persistentVolumeClaim must be given",
        ),
        (
            {"source": {"configMap": {"name": "a"}, "s3": {"uri": "s3://bucket"}}},
            "spec.source: exactly one of",
        ),
        ({"source": {"s3": {"uri": "https://bucket"}}}, "spec.source.s3.uri: must match"),
        ({"source": {"git": {"url": "https://me:pw@example.org/x"}}}, "spec.source.git.url: must match"),
        ({"airflow": {"logs": {}}}, "spec.airflow.logs: exactly one of cloudWatch, s3, api must be given"),
        ({"airflow": {"logs": {"api": {}}}}, "spec.airflow: logs.api needs api.url"),
        (
            {
                "airflow": {
                    "logs": {"api": {}},
                    "api": {"mwaa": {"region": "eu-west-1", "environment": "shop"}},
                }
            },
            "spec.airflow: logs.api needs api.url",
        ),
        (
            {"airflow": {"api": {"url": "http://example.org"}}},
            "url must be https, or http to a service of the",
        ),
        ({"analyzers": []}, "spec.analyzers:"),
        ({"analyzers": [{"name": "Code"}]}, "the analyzer Code needs source"),
        ({"analyzers": [{"name": "Logs"}]}, "the analyzer Logs needs airflow.logs"),
        ({"analyzers": [{"name": "Stats"}]}, "the analyzer Stats needs source, airflow.logs or airflow.api"),
        ({"analyzers": [{"name": "Drift"}, {"name": "Drift"}]}, "must not name an analyzer twice"),
        ({"analyzers": [{"name": "code"}]}, "spec.analyzers[0].name: input should be 'Code'"),
        ({"llm": {"model": "m"}}, "spec.llm: model and endpoint must be given unless mode is Disabled"),
        ({"llm": {"model": "m", "endpoint": "http://example.org"}}, "endpoint must be https"),
        ({"llm": {"model": "m", "endpoint": "https://a", "fallbackModel": "m"}}, "must be another model"),
        ({"llm": {"mode": "Disabled", "redaction": {"extraPatterns": ["("]}}}, "( is no regular expression"),
        (
            {"llm": {"mode": "Disabled", "budget": {"maxCallsPerRun": 0}}},
            "maxCallsPerRun: input should be greater",
        ),
        ({"llm": {"mode": "Disabled", "budget": {"maxCostPerRun": "1e3"}}}, "maxCostPerRun: must match"),
        ({"execution": {"shards": 1025}}, "less than or equal to 1024 (it is 1025)"),
        ({"execution": {"shards": 1024, "parallelism": 257}}, "less than or equal to 256"),
        ({"execution": {"shards": 2, "parallelism": 3}}, "parallelism must not be larger than shards"),
        ({"execution": {"maxFailedShards": 2}}, "maxFailedShards must not be larger than shards"),
        ({"execution": {"mode": "Ray"}}, "mode Ray needs ray"),
        (
            {"execution": {"shards": "8"}},
            "spec.execution.shards: input should be a valid integer (it is '8')",
        ),
        ({"pod": {"hostNetwork": True}}, "spec.pod.hostNetwork is no field"),
        ({"pod": {"env": [{"name": "A"}]}}, "spec.pod.env[0]: exactly one of value, valueFrom"),
        ({"pod": {"env": [{"name": "A", "value": "x"}] * 2}}, "env must not name a variable twice"),
        ({"notifications": [{"name": "a", "type": "SNS"}]}, "type SNS needs topicArn"),
        ({"notifications": [{"name": "a", "type": "Slack"}]}, "every other type needs secretRef"),
        ({"suspend": "yes"}, "spec.suspend: input should be a valid boolean"),
        ({"report": {}}, "spec.report.destination is missing"),
    ],
)
def test_impossible_spec_is_refused_with_field_and_remedy(changes, said):
    assert said in refusal(**changes)


def test_value_of_a_variable_is_never_echoed():
    assert "4711" not in refusal(pod={"env": [{"name": "PASSWORD", "value": 4711}]})


@pytest.mark.parametrize("analyzers", ["Stats"])
@pytest.mark.parametrize(
    "given",
    [
        {"source": {"s3": {"uri": "s3://bucket"}}},
        {"airflow": {"logs": {"s3": {"uri": "s3://bucket"}}}},
        {"airflow": {"api": {"url": "https://example.org"}}},
    ],
    ids=["source", "logs", "api"],
)
def test_stats_takes_any_of_its_inputs(analyzers, given):
    spec = audited(analyzers=[{"name": analyzers}], **given).spec

    assert spec.analyzers[0].name is AnalyzerName.STATS


def test_disabled_model_needs_no_endpoint():
    assert audited(llm={"mode": "Disabled"}).spec.llm.mode is LlmMode.DISABLED


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no document has kind: DagAudit (found: nothing)"),
        ("kind: CronJob", "no document has kind: DagAudit (found: CronJob)"),
        ("- a", "a document is a list, not a resource"),
        (
            "kind: DagAudit\napiVersion: dagaudit.io/v2",
            "apiVersion is dagaudit.io/v2, but this version reads",
        ),
        ("kind: DagAudit\nkind: DagAudit", "line 2, column 1: kind stands twice"),
        ("kind: [", "is not valid YAML: line 1"),
        ("kind: DagAudit\nspec: !!python/object/apply:os.system [id]", "is not valid YAML: line 2"),
        (BOMB, "aliases stand for more"),
        ("a: &a [*a]", "an alias holds itself"),
        ("kind: \0", "is not valid YAML: character 7 is a control character"),
        ("[" * 5000, "is not valid YAML: it is nested too deeply"),
        ("kind: DagAudit\nx: '" + "y" * 1_100_000 + "'", "is larger than"),
    ],
)
def test_yaml_that_is_no_audit_is_refused(text, said):
    with pytest.raises(SpecInvalid) as refused:
        load_audit(text, "audit.yaml")

    assert str(refused.value).startswith("audit.yaml: ")
    assert said in str(refused.value)


@pytest.mark.parametrize("name", ["x" * 41, "Nightly", "a_b", "-a", ""])
def test_name_that_a_cronjob_cannot_have_is_refused(name):
    with pytest.raises(SpecInvalid, match=r"metadata\.name"):
        audit_from_resource(resource(SMALLEST, name=name), "audit.yaml")


def test_broken_environment_names_the_variable():
    with pytest.raises(SpecInvalid, match=r"^DAGAUDIT_SPEC: spec\.report is missing"):
        spec_from_json("{}")


def _fields(schema: dict) -> list[tuple[str, dict]]:
    return [
        (f"{model}.{name}", field)
        for model, definition in [*schema["$defs"].items(), ("AuditSpec", schema)]
        for name, field in definition.get("properties", {}).items()
        if model != "Metadata"
    ]


SCHEMA = AuditSpec.model_json_schema(by_alias=True)


@pytest.mark.parametrize(("name", "field"), _fields(SCHEMA), ids=[name for name, _ in _fields(SCHEMA)])
def test_every_field_is_described_and_bounded(name, field):
    # The API server refuses rules as too costly where a string or a list has no bound.
    unbounded = []

    def look(part: dict) -> None:
        if part.get("type") == "string" and not {"maxLength", "enum", "const"} & part.keys():
            unbounded.append(part)
        if part.get("type") == "array" and "maxItems" not in part:
            unbounded.append(part)
        if part.get("type") == "integer" and not {"minimum", "maximum"} <= part.keys():
            unbounded.append(part)
        for inner in [*part.get("anyOf", ()), *([part["items"]] if "items" in part else ())]:
            look(inner)

    look(field)
    # Where a field's and its model's sentences are the same, the schema keeps the model's.
    model = SCHEMA["$defs"].get(field.get("$ref", "").rpartition("/")[2], {})

    assert field.get("description") or model.get("description")
    assert unbounded == []
