import pytest

from dagaudit.adapters import open_dag_source, open_report_store, s3
from dagaudit.adapters.s3_store import S3Store
from dagaudit.address import parse
from dagaudit.errors import (
    AccessRefused,
    DagAuditError,
    ReportUnreadable,
    SourceChanged,
    SourceMissing,
    SourceUnreadable,
    StoreUnwritable,
    SwapLost,
)

BIG = bytes(range(256)) * 80_000


def only_file(source):
    (file,) = source.files()
    return file


def test_more_objects_than_a_page_are_all_listed(s3, bucket):
    for number in range(1005):
        s3.put_object(Bucket=bucket, Key=f"dags/{number:04}.py", Body=b"")

    listed = [file.path for file in open_dag_source(f"s3://{bucket}/dags").files()]

    assert listed == [f"{number:04}.py" for number in range(1005)]


def test_prefix_ends_at_a_slash(s3, bucket):
    s3.put_object(Bucket=bucket, Key="dags/x.py", Body=b"1")
    s3.put_object(Bucket=bucket, Key="dags-old/y.py", Body=b"2")

    assert [file.path for file in open_dag_source(f"s3://{bucket}/dags").files()] == ["x.py"]


def test_folder_marks_of_consoles_are_no_files(s3, bucket):
    s3.put_object(Bucket=bucket, Key="dags/", Body=b"")
    s3.put_object(Bucket=bucket, Key="dags/sub/", Body=b"")
    s3.put_object(Bucket=bucket, Key="dags/x.py", Body=b"1")

    assert [file.path for file in open_dag_source(f"s3://{bucket}/dags/").files()] == ["x.py"]


def test_empty_bucket_has_no_files(bucket):
    assert list(open_dag_source(f"s3://{bucket}").files()) == []


def test_named_version_is_read_though_a_newer_one_exists(s3, bucket):
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    old = s3.put_object(Bucket=bucket, Key="dags.zip", Body=b"old")["VersionId"]
    s3.put_object(Bucket=bucket, Key="dags.zip", Body=b"new")
    source = open_dag_source(f"s3://{bucket}/dags.zip?versionId={old}")

    file = only_file(source)

    assert (file.path, source.read(file)) == ("dags.zip", b"old")


def test_large_object_is_read_in_chunks(s3, bucket, proxy):
    s3.put_object(Bucket=bucket, Key="x.log", Body=BIG)
    source = open_dag_source(f"s3://{bucket}/")
    file = only_file(source)
    proxy.seen.clear()

    with source.open(file) as stream:
        read = b"".join(iter(lambda: stream.read(1_000_000), b""))

    assert read == BIG
    assert len(proxy.seen) == 3


def test_object_that_changes_between_two_chunks_is_noticed(s3, bucket):
    s3.put_object(Bucket=bucket, Key="x.log", Body=BIG)
    source = open_dag_source(f"s3://{bucket}/")
    file = only_file(source)

    with source.open(file) as stream:
        stream.read(10)
        s3.put_object(Bucket=bucket, Key="x.log", Body=BIG[::-1])
        with pytest.raises(SourceChanged):
            stream.read()


@pytest.fixture
def many(s3, bucket):
    for number in range(60):
        s3.put_object(Bucket=bucket, Key=f"dags/{number:02}.py", Body=f"n = {number}".encode())
        s3.put_object(Bucket=bucket, Key=f"dags/{number:02}.png", Body=b"picture")
    s3.put_object(Bucket=bucket, Key="dags/shared.py", Body=b"shared")
    return f"s3://{bucket}/dags"


def gets(proxy, ending=""):
    return [
        each for each in proxy.seen if each.startswith("GET") and "/dags/" in each and each.endswith(ending)
    ]


def test_files_that_come_next_are_fetched_ahead_and_each_once(many, proxy):
    source = open_dag_source(many)
    files = [file for file in source.files() if file.path.endswith(".py")]

    contents = [source.read(file) for file in files]

    assert contents == [f"n = {number}".encode() for number in range(60)] + [b"shared"]
    assert len(gets(proxy, ".py")) == 61
    assert gets(proxy, ".png") == []


def test_single_read_fetches_nothing_else(many, proxy):
    source = open_dag_source(many)
    files = list(source.files())
    source.read(files[100])

    assert len(gets(proxy)) == 1


def test_module_that_many_import_is_fetched_once(many, proxy):
    source = open_dag_source(many)
    files = list(source.files())

    contents = {source.read(files[-1]) for _ in range(10)}

    assert contents == {b"shared"}
    assert len(gets(proxy)) == 1


def test_file_that_fails_ahead_fails_when_it_is_read(many, s3, bucket):
    source = open_dag_source(many)
    files = [file for file in source.files() if file.path.endswith(".py")]
    s3.delete_object(Bucket=bucket, Key="dags/03.py")
    s3.put_object(Bucket=bucket, Key="dags/05.py", Body=b"other")

    outcomes = []
    for file in files[:8]:
        try:
            outcomes.append(source.read(file))
        except SourceUnreadable as error:
            outcomes.append(type(error))

    assert outcomes[3] is SourceMissing
    assert outcomes[5] is SourceChanged
    assert outcomes[7] == b"n = 7"


def test_answer_that_breaks_off_is_asked_for_again(s3, bucket, proxy):
    s3.put_object(Bucket=bucket, Key="x.py", Body=b"x" * 10_000)
    source = open_dag_source(f"s3://{bucket}/")
    file = only_file(source)
    proxy.plan.append("broken off")

    assert source.read(file) == b"x" * 10_000


def test_answer_that_always_breaks_off_is_an_error(s3, bucket, proxy):
    s3.put_object(Bucket=bucket, Key="x.py", Body=b"x" * 10_000)
    source = open_dag_source(f"s3://{bucket}/")
    file = only_file(source)
    proxy.plan.extend(["broken off"] * 20)

    with pytest.raises(SourceUnreadable):
        source.read(file)


def test_busy_server_is_asked_again(s3, bucket, proxy):
    s3.put_object(Bucket=bucket, Key="x.py", Body=b"1")
    proxy.plan.append("503")

    assert [file.path for file in open_dag_source(f"s3://{bucket}/").files()] == ["x.py"]


def remedies(work) -> str:
    with pytest.raises(DagAuditError) as failed:
        work()
    return str(failed.value)


def test_missing_bucket_is_named_with_the_remedy(aws):
    said = remedies(lambda: list(open_dag_source("s3://no-such-bucket/dags").files()))

    assert "s3://no-such-bucket/dags/: the bucket does not exist; check its name" in said


def test_missing_bucket_of_reports_is_named_with_the_remedy(aws):
    store = open_report_store("s3://no-such-bucket/reports")

    assert "the bucket does not exist" in remedies(lambda: store.write("x.json", b"1"))
    assert "the bucket does not exist" in remedies(lambda: store.swap("x.json", b"1", None))
    assert "the bucket does not exist" in remedies(lambda: store.read("x.json"))
    assert "the bucket does not exist" in remedies(lambda: list(store.keys("")))


def test_denied_access_names_the_permissions(bucket, proxy):
    proxy.plan.append("403")

    with pytest.raises(
        AccessRefused, match=f"access was denied; allow s3:ListBucket on {bucket} and s3:GetObject"
    ):
        list(open_dag_source(f"s3://{bucket}/dags").files())


def test_denied_write_names_the_permissions(bucket, proxy):
    proxy.plan.append("403")

    with pytest.raises(StoreUnwritable, match=r"access was denied; allow .*s3:PutObject"):
        open_report_store(f"s3://{bucket}/reports").write("x.json", b"1")


def test_missing_credentials_say_what_to_do(bucket, monkeypatch):
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(AccessRefused, match="no AWS credentials were found; give the pod's service account"):
        list(open_dag_source(f"s3://{bucket}/dags").files())


def test_unknown_profile_says_what_to_do(bucket, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nobody")

    with pytest.raises(AccessRefused, match="no AWS credentials were found"):
        open_dag_source(f"s3://{bucket}/dags")


def test_unreachable_endpoint_is_named_with_the_remedy(bucket, proxy):
    proxy.plan.extend(["answer lost"] * 20)

    with pytest.raises(SourceUnreadable, match=r"the S3 endpoint cannot be reached .* check the network"):
        list(open_dag_source(f"s3://{bucket}/dags").files())


def test_unreachable_endpoint_makes_no_missing_report(bucket, proxy):
    proxy.plan.extend(["answer lost"] * 20)

    with pytest.raises(ReportUnreadable, match="the S3 endpoint cannot be reached"):
        open_report_store(f"s3://{bucket}/reports").read("latest.json")


def test_archived_object_says_to_restore_it(s3, bucket):
    s3.put_object(Bucket=bucket, Key="x.py", Body=b"1", StorageClass="GLACIER")
    source = open_dag_source(f"s3://{bucket}/")

    with pytest.raises(SourceUnreadable, match="the object is in an archive; restore it first"):
        source.read(only_file(source))


def test_store_without_conditional_writes_is_refused(bucket, proxy):
    proxy.plan.append("501")

    with pytest.raises(StoreUnwritable, match="no conditional writes"):
        open_report_store(f"s3://{bucket}/r").swap("latest.json", b"1", None)


@pytest.mark.parametrize("first", [None, b"0"], ids=["create", "replace"])
def test_swap_whose_answer_got_lost_is_known_to_have_succeeded(bucket, proxy, first):
    store = open_report_store(f"s3://{bucket}/r")
    version = store.swap("latest.json", first, None) if first else None
    proxy.plan.append("answer lost")

    version = store.swap("latest.json", b"mine", version)

    assert store.read("latest.json").version == version
    assert store.read("latest.json").data == b"mine"


def test_swap_whose_every_answer_got_lost_is_known_to_have_succeeded(bucket, proxy):
    store = open_report_store(f"s3://{bucket}/r")
    proxy.plan.extend(["answer lost"] * 5)

    version = store.swap("latest.json", b"mine", None)

    assert store.read("latest.json").version == version


def test_swap_is_not_won_because_somebody_wrote_the_same(bucket):
    store = open_report_store(f"s3://{bucket}/r")
    store.write("latest.json", b"same")

    with pytest.raises(SwapLost):
        store.swap("latest.json", b"same", None)


def test_conflicting_writers_come_again(bucket, proxy):
    address = parse(f"s3://{bucket}/r")
    pauses = []
    store = S3Store(address, s3.connect(address), pause=pauses.append)
    proxy.plan.extend(["409", "409"])

    store.swap("latest.json", b"1", None)

    assert store.read("latest.json").data == b"1"
    assert pauses == [0.05, 0.1]


def test_writers_that_conflict_for_ever_lose(bucket, proxy):
    address = parse(f"s3://{bucket}/r")
    store = S3Store(address, s3.connect(address), pause=lambda _: None)
    proxy.plan.extend(["409"] * 6)

    with pytest.raises(SwapLost):
        store.swap("latest.json", b"1", None)


def test_reports_are_encrypted_with_the_given_key(s3, bucket):
    open_report_store(f"s3://{bucket}/r", kms_key_id="alias/reports").write("x.json", b"{}")

    head = s3.head_object(Bucket=bucket, Key="r/x.json")

    assert (head["ServerSideEncryption"], head["SSEKMSKeyId"]) == ("aws:kms", "alias/reports")


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("a.json", "application/json"),
        ("a.html", "text/html; charset=utf-8"),
        ("a", "application/octet-stream"),
    ],
)
def test_browsers_learn_what_an_object_is(s3, bucket, key, kind):
    open_report_store(f"s3://{bucket}").write(key, b"x")

    assert s3.head_object(Bucket=bucket, Key=key)["ContentType"] == kind


def test_endpoint_and_region_come_from_the_environment(aws, monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")

    meta = s3.connect(parse("s3://bucket/x")).meta

    assert (meta.endpoint_url, meta.region_name) == (aws, "eu-central-1")


def test_region_of_the_address_wins(aws):
    assert s3.connect(parse("s3://bucket/x?region=eu-west-3")).meta.region_name == "eu-west-3"


def test_missing_prefix_is_missing(bucket):
    with pytest.raises(SourceMissing, match="nothing lies there"):
        list(open_dag_source(f"s3://{bucket}/nowhere/").files())
