import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagaudit.address import FORMS, Address, Use, parse, redacted
from dagaudit.errors import AddressInvalid


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("dags", Address("file", path="dags")),
        ("./dags", Address("file", path="dags")),
        (".", Address("file", path=".")),
        ("../dags", Address("file", path="../dags")),
        ("/srv/my dags", Address("file", path="/srv/my dags")),
        ("/srv/100%/dags", Address("file", path="/srv/100%/dags")),
        ("user@home/dags", Address("file", path="user@home/dags")),
        ("file:///srv/my%20dags", Address("file", path="/srv/my dags")),
        ("file://localhost/srv", Address("file", path="/srv")),
        ("FILE:///srv", Address("file", path="/srv")),
        ("s3://dag-bucket", Address("s3", "dag-bucket")),
        ("s3://dag-bucket/a/b/", Address("s3", "dag-bucket", path="a/b/")),
        (
            "s3://dag-bucket/a?region=eu-west-1",
            Address("s3", "dag-bucket", path="a", options={"region": "eu-west-1"}),
        ),
        (
            "git+https://example.org/team/dags.git?ref=v1",
            Address("git+https", "example.org", path="team/dags.git", options={"ref": "v1"}),
        ),
        ("git+ssh://git@example.org:2222/dags", Address("git+ssh", "example.org", 2222, "dags", user="git")),
        ("cloudwatch://eu-west-1/airflow-prod*", Address("cloudwatch", "eu-west-1", path="airflow-prod*")),
        ("cloudwatch://eu-west-1//aws/mwaa#task", Address("cloudwatch", "eu-west-1", path="/aws/mwaa#task")),
        (
            "airflow+https://airflow.example.org/team",
            Address("airflow+https", "airflow.example.org", path="team"),
        ),
        ("ollama://gpu:11434/qwen2.5-coder:7b", Address("ollama", "gpu", 11434, "qwen2.5-coder:7b")),
        ("ollama://[::1]:11434/hf.co/org/model:Q4", Address("ollama", "[::1]", 11434, "hf.co/org/model:Q4")),
        (
            "openai+https://llm.example.org/v1?model=m",
            Address("openai+https", "llm.example.org", path="v1", options={"model": "m"}),
        ),
        ("null://", Address("null")),
        ("sqlite:///var/ledger.db", Address("sqlite", path="/var/ledger.db")),
        ("dynamodb://eu-west-1/ledger", Address("dynamodb", "eu-west-1", path="ledger")),
    ],
)
def test_address_is_read_into_its_parts(text, expected):
    assert parse(text) == expected


@pytest.mark.parametrize("scheme", FORMS)
def test_every_form_reads_its_own_example(scheme):
    assert parse(FORMS[scheme].example).scheme == scheme


@pytest.mark.parametrize("scheme", FORMS)
def test_printed_address_reads_back_as_the_same(scheme):
    address = parse(FORMS[scheme].example)

    assert parse(str(address)) == address
    assert hash(parse(str(address))) == hash(address)


@given(st.text(min_size=1).filter(lambda text: text.strip() and "\0" not in text and ":" not in text))
def test_every_path_reads_back_as_the_same(path):
    address = parse(path)

    assert parse(str(address)) == address


def test_order_of_options_does_not_matter():
    one = parse("s3://dag-bucket/a?region=r&versionId=v")

    assert parse("s3://dag-bucket/a?versionId=v&region=r") == one
    assert hash(parse("s3://dag-bucket/a?versionId=v&region=r")) == hash(one)


@pytest.mark.parametrize(
    ("text", "use", "said"),
    [
        ("gs://bucket/dags", Use.DAGS, "unknown scheme gs://; valid are a path, file:///path, s3://"),
        ("ollama://gpu/model", Use.DAGS, "no DAG source has the scheme ollama://; valid are a path"),
        ("dags", Use.LLM, "no LLM is a path; valid are ollama://host:11434/model"),
        ("", None, "an address is empty"),
        ("s3://", None, "the bucket is missing; write s3://bucket/prefix"),
        ("s3:///prefix", None, "the bucket is missing"),
        ("s3:bucket/prefix", None, "// is missing after s3:"),
        ("s3://Bucket_/prefix", None, "that is no bucket's name"),
        ("file://", None, "the path is missing"),
        ("ollama://gpu:11434", None, "the model is missing; write ollama://host:11434/model"),
        ("ollama://gpu:0/m", None, "one from 1 to 65535"),
        ("ollama://gpu:99999/m", None, "one from 1 to 65535"),
        ("ollama://gpu:port/m", None, "one from 1 to 65535"),
        ("cloudwatch://eu-west-1", None, "the log group is missing"),
        ("openai+https://host/v1", None, "the option model is missing"),
        ("null://model", None, "nothing may follow null://"),
        ("s3://bucket/x?colour=red", None, "s3:// has no option colour (it has: region, versionId)"),
    ],
)
def test_wrong_address_is_refused_with_the_remedy(text, use, said):
    with pytest.raises(AddressInvalid) as refused:
        parse(text, use)

    assert said in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "s3://AKIAEXAMPLE:hunter2@bucket/dags",
        "s3://hunter2@bucket/dags",
        "s3://user:hunter2/x@bucket/dags",
        "ollama://user:hunter2@gpu:11434/model",
        "ollama://user:hunter2/more@gpu:11434/model",
        "git+ssh://git:hunter2@example.org/dags",
        "git+https://oauth2:hunter2@example.org/dags",
        "ftp://user:hunter2@example.org/dags",
        "s3://bucket/dags?secret=hunter2",
        "airflow+https://example.org?token=hunter2",
        "https://example.org/x?password=hunter2",
    ],
)
def test_secret_in_an_address_is_refused_and_never_echoed(text):
    with pytest.raises(AddressInvalid) as refused:
        parse(text)

    assert "hunter2" not in str(refused.value)


def test_redacted_address_keeps_host_and_path():
    assert redacted("https://me:pw@example.org/path?token=x") == "https://***@example.org/path?token=***"
