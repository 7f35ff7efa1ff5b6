import pytest

from dagaudit.adapters import cloudwatch
from dagaudit.adapters.cloudwatch import CloudWatchTree
from dagaudit.address import parse
from dagaudit.errors import AccessRefused, AddressInvalid, SourceMissing, SourceUnreadable
from tests.dagaudit.cloudwatch_place import STREAM, TIME, impatient


def tree(group):
    return CloudWatchTree(parse(f"cloudwatch://eu-west-1/{group}"))


def content(source):
    (file,) = source.files()
    return source.read(file)


def refused(work, kind):
    with pytest.raises(kind) as failed:
        work()
    return str(failed.value)


def test_missing_group_is_named_with_the_remedy(aws):
    said = refused(lambda: list(tree("no-such-group").files()), SourceMissing)

    assert said == (
        "cloudwatch://eu-west-1/no-such-group: the log group does not exist there; "
        "check its name, the region and the account"
    )


def test_prefix_of_no_group_is_named_with_the_remedy(aws):
    assert "no log group's name starts with none-; check" in refused(
        lambda: list(tree("none-*").files()), SourceMissing
    )


REFUSALS = {
    "groups denied": ("DescribeLogGroups", "AccessDeniedException", "allow logs:DescribeLogGroups to"),
    "streams denied": ("DescribeLogStreams", "AccessDeniedException", "allow logs:DescribeLogStreams to"),
    "events denied": ("GetLogEvents", "AccessDeniedException", "allow logs:GetLogEvents to"),
    "expired": (
        "DescribeLogGroups",
        "ExpiredTokenException",
        "have expired (ExpiredTokenException); sign in",
    ),
    "rejected": ("DescribeLogGroups", "UnrecognizedClientException", "were rejected"),
}


@pytest.mark.parametrize(("call", "code", "said"), REFUSALS.values(), ids=REFUSALS.keys())
def test_refused_credentials_name_the_remedy(task, faults, call, code, said):
    faults.befall(call, code)

    assert said in refused(lambda: content(tree(f"{task}*")), AccessRefused)


def test_missing_credentials_name_the_remedy(task, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)

    said = refused(lambda: list(tree(task).files()), AccessRefused)

    assert "no AWS credentials were found; give the pod's service account a role" in said


def test_unknown_profile_is_refused(aws, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    assert "no AWS credentials were found" in refused(lambda: tree("g"), AccessRefused)


def test_unreachable_endpoint_names_the_region(aws, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    source = CloudWatchTree(parse("cloudwatch://eu-west-1/g"), impatient())

    assert "cannot be reached (EndpointConnectionError); check the region's name" in refused(
        lambda: list(source.files()), SourceUnreadable
    )


def test_endpoint_of_logs_alone_is_heard(aws, groups, monkeypatch):
    name = groups.group()
    groups.put(name, STREAM.format(1), f"{TIME} it works")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ENDPOINT_URL_LOGS", aws)

    assert len(list(CloudWatchTree(parse(f"cloudwatch://eu-west-1/{name}")).files())) == 1


def test_region_that_is_none_is_refused(aws):
    said = refused(lambda: cloudwatch.connect(parse("cloudwatch://eu west/g")), SourceMissing)

    assert "that is no region's name" in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cloudwatch://eu-west-1/a*b", "a*b is no log group's name or prefix"),
        ("cloudwatch://eu-west-1/*", "* is no log group's name or prefix"),
        ("cloudwatch://eu-west-1/a,", "nothing is no log group's name or prefix"),
        ("cloudwatch://eu-west-1/a?maxEvents=0", "maxEvents is 0, which is no whole number above 0"),
        ("cloudwatch://eu-west-1/a?lookbackHours=1d", "lookbackHours is 1d, which is no whole number"),
    ],
)
def test_wrong_address_is_refused_before_anything_is_read(text, said):
    assert said in refused(lambda: parse(text), AddressInvalid)
