"""What a run is to do: spec, environment and command line made into one plan."""

import pytest

from analyzers.run_all.plan import Given, Named, filled, given_by_environment, plan
from dagaudit.errors import SpecInvalid
from dagaudit.spec import AnalyzerName, AuditSpec, spec_from_json

S3 = '"report": {"destination": {"s3": {"uri": "s3://reports/root"}}}'


def spec(text: str = "") -> AuditSpec:
    return spec_from_json(f"{{{text}{', ' if text else ''}{S3}}}")


def test_reports_of_a_spec_lie_below_namespace_and_name():
    made = plan(Named(spec('"source": {"s3": {"uri": "s3://bucket/dags"}}'), "nightly", "data"), Given())

    assert made.reports == "s3://reports/root/data/nightly"


def test_given_reports_are_taken_as_they_are():
    audit = Named(spec('"source": {"s3": {"uri": "s3://bucket/dags"}}'), "nightly", "data")

    assert plan(audit, Given(reports="/tmp/reports")).reports == "/tmp/reports"


def test_given_address_replaces_the_member_of_the_spec():
    audit = Named(spec('"source": {"s3": {"uri": "s3://bucket/dags", "exclude": ["x/*"]}}'))

    made = plan(audit, Given(dags=("/dags",)))

    assert made.dags == ("file:///dags",)
    assert made.exclude == ()


INPUTS = {
    "dags": (Given(dags=("d",), reports="r"), {"Code", "Stats", "Drift"}),
    "logs": (Given(logs="l", reports="r"), {"Logs", "Stats", "Drift"}),
    "both": (Given(dags=("d",), logs="l", reports="r"), {"Code", "Logs", "Stats", "Drift"}),
}


@pytest.mark.parametrize(("given", "names"), INPUTS.values(), ids=INPUTS.keys())
def test_omitted_analyzers_mean_every_one_whose_input_is_given(given, names):
    assert {each.name for each in plan(None, given).analyzers} == names


def test_listed_analyzers_are_the_only_ones():
    audit = Named(spec('"source": {"s3": {"uri": "s3://bucket/dags"}}, "analyzers": [{"name": "Code"}]'))

    assert [each.name for each in plan(audit, Given()).analyzers] == [AnalyzerName.CODE]


def test_source_that_is_on_the_cluster_must_be_given():
    audit = Named(spec('"source": {"configMap": {"name": "dags"}}'))

    with pytest.raises(SpecInvalid, match="DAGS"):
        plan(audit, Given())


ENVIRONMENT = {
    "dags": ({"S3_DAGS_DIR": "s3://bucket/dags"}, "dags", ("s3://bucket/dags",)),
    "one log group": (
        {"LOG_GROUP_NAME": "airflow-task", "AWS_REGION": "eu-west-1"},
        "logs",
        "cloudwatch://eu-west-1/airflow-task",
    ),
    "log groups by prefix": (
        {"LOG_GROUP_PREFIX": "airflow-", "AWS_DEFAULT_REGION": "eu-west-1"},
        "logs",
        "cloudwatch://eu-west-1/airflow-*",
    ),
    "host alone": ({"OLLAMA_HOST": "gpu"}, "llm", "ollama://gpu:11434/llama3.2"),
    "host and port": ({"OLLAMA_HOST": "http://gpu:8080/"}, "llm", "ollama://gpu:8080/llama3.2"),
    "https": ({"OLLAMA_HOST": "https://gpu", "OLLAMA_MODEL": "m:7b"}, "llm", "ollama+https://gpu/m:7b"),
    "root": ({"DASHBOARD_DATA_PATH": "s3://bucket/reports"}, "reports", "s3://bucket/reports"),
    "root of a document": ({"DASHBOARD_DATA_PATH": "/data/final_dashboard_data.json"}, "reports", "/data"),
    "document": ({"DASHBOARD_DATA_PATH": "s3://bucket/x/final.json"}, "copy_to", "s3://bucket/x/final.json"),
    "nothing": ({}, "reports", None),
}


@pytest.mark.parametrize(("environment", "field", "value"), ENVIRONMENT.values(), ids=ENVIRONMENT.keys())
def test_name_of_the_environment_is_honoured(environment, field, value):
    assert getattr(given_by_environment(environment), field) == value


def test_log_group_without_region_is_refused():
    with pytest.raises(SpecInvalid, match="AWS_REGION"):
        given_by_environment({"LOG_GROUP_NAME": "airflow-task"})


def test_environment_fills_only_what_the_spec_leaves_open():
    audit = Named(spec('"source": {"s3": {"uri": "s3://spec/dags"}}'))
    environment = given_by_environment(
        {
            "S3_DAGS_DIR": "s3://environment/dags",
            "LOG_GROUP_NAME": "airflow-task",
            "AWS_REGION": "eu-west-1",
            "DASHBOARD_DATA_PATH": "/data/final.json",
        }
    )

    made = plan(audit, filled(audit, environment))

    assert made.dags == ("s3://spec/dags",)
    assert made.logs == "cloudwatch://eu-west-1/airflow-task"
    assert made.reports.startswith("s3://reports/root")
    assert made.copy_to == "/data/final.json"


def test_environment_says_where_the_cluster_mounted_a_volume():
    audit = Named(spec('"source": {"persistentVolumeClaim": {"name": "dags"}}'))

    made = plan(audit, filled(audit, given_by_environment({"S3_DAGS_DIR": "/mnt/dags"})))

    assert made.dags == ("file:///mnt/dags",)


def test_limits_of_the_spec_are_kept():
    text = (
        '"source": {"s3": {"uri": "s3://bucket/dags"}}, "thresholds": {"high": 3},'
        '"llm": {"mode": "Required", "endpoint": "https://gpu", "model": "m",'
        '"budget": {"maxCallsPerRun": 9}}'
    )

    made = plan(Named(spec(text)), Given())

    assert (made.thresholds.high, made.llm_mode, made.budget.max_calls_per_run) == (3, "Required", 9)
    assert made.llm == "ollama+https://gpu/m"
