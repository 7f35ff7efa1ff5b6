import pytest

from dagaudit.address import parse
from dagaudit.errors import SpecInvalid
from dagaudit.spec import Airflow, Llm, LlmMode, Source, VolumeSource, unions


@pytest.mark.parametrize(
    ("text", "to_spec", "to_address"),
    [
        ("s3://dag-bucket/dags?region=eu-west-1&versionId=3", unions.source_at, unions.source_address),
        ("git+https://example.org/team/dags?path=dags&ref=v1", unions.source_at, unions.source_address),
        ("git+ssh://git@example.org/dags?path=&ref=main", unions.source_at, unions.source_address),
        ("s3://log-bucket/logs", unions.logs_at, unions.logs_address),
        ("cloudwatch://eu-west-1/a,b*?lookbackHours=3&maxEvents=9", unions.logs_at, unions.logs_address),
        ("cloudwatch://eu-west-1//aws/x?lookbackHours=24", unions.logs_at, unions.logs_address),
        ("s3://reports/dagaudit", unions.destination_at, unions.destination_address),
        ("ollama://ollama.ai.svc:11434/qwen2.5-coder:7b", unions.llm_at, unions.llm_address),
        ("ollama+https://llm.example.org/hf.co/org/m:Q4", unions.llm_at, unions.llm_address),
        ("openai+https://llm.example.org/v1?model=org/m", unions.llm_at, unions.llm_address),
        ("null://", unions.llm_at, unions.llm_address),
        (
            "airflow+https://example.org/team?timeoutSeconds=5&version=V2",
            lambda address: Airflow(api=unions.api_at(address)),
            unions.history_address,
        ),
        (
            "mwaa://eu-west-1/Orders_night-2?timeoutSeconds=30&version=Auto",
            lambda address: Airflow(api=unions.api_at(address)),
            unions.history_address,
        ),
        (
            "airflow+https://example.org/team?timeoutSeconds=5&version=V2&lookbackHours=3",
            lambda address: Airflow(api=unions.api_at(address), logs=unions.logs_at(address)),
            lambda airflow: unions.logs_address(airflow.logs, airflow.api),
        ),
    ],
)
def test_address_survives_its_way_through_the_spec(text, to_spec, to_address):
    assert to_address(to_spec(parse(text))) == parse(text)


@pytest.mark.parametrize(
    ("place", "to_spec", "said"),
    [
        ("dags", unions.source_at, "spec.source has no member for file://; use s3:// or git"),
        ("logs", unions.logs_at, "spec.airflow.logs has no member for file://"),
        ("reports", unions.destination_at, "spec.report.destination has no member for file://"),
        (
            "cloudwatch://r/g?lookbackHours=soon",
            unions.logs_at,
            "lookbackHours is soon, which is no whole number",
        ),
    ],
)
def test_address_without_a_member_is_refused(place, to_spec, said):
    with pytest.raises(SpecInvalid) as refused:
        to_spec(parse(place))

    assert said in str(refused.value)


def test_volume_is_read_where_it_is_mounted():
    source = Source(persistent_volume_claim=VolumeSource(name="dags"))

    assert unions.source_address(source, mounted="/dags") == parse("/dags")


def test_volume_that_is_not_mounted_here_is_refused_with_the_option():
    source = Source(persistent_volume_claim=VolumeSource(name="dags"))

    with pytest.raises(SpecInvalid, match="cannot be reached from here; give the DAGs by DAGS"):
        unions.source_address(source)


@pytest.mark.parametrize("llm", [None, Llm(mode=LlmMode.DISABLED)], ids=["omitted", "disabled"])
def test_no_model_is_the_null_address(llm):
    assert unions.llm_address(llm) == parse("null://")
