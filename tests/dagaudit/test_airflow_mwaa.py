"""Amazon's managed Airflow, asked through AWS."""

from datetime import UTC, datetime

import pytest

from dagaudit.adapters.airflow import AirflowHistory
from dagaudit.adapters.airflow_mwaa import MwaaTransport, connect
from dagaudit.address import parse
from dagaudit.errors import AccessRefused, AddressInvalid, SourceMissing, SourceUnreadable
from tests.dagaudit.mwaa_front import MwaaFront

SINCE = datetime(2026, 11, 1, tzinfo=UTC)
KEYS = {
    "dags": "dags", "dagRuns": "dag_runs", "taskInstances": "task_instances", "pools": "pools",
    "jobs": "jobs", "importErrors": "import_errors", "dagWarnings": "dag_warnings", "eventLogs": "event_logs",
}  # fmt: skip


class Airflow:
    """An Airflow of one version with so many runs."""

    def __init__(self, version="3.0.6", runs=0):
        self.version = version
        self.runs = [
            {"dag_id": "orders", "dag_run_id": f"r{number:04}", "state": "success", "run_type": "scheduled",
             "logical_date": "2026-11-20T00:00:00Z", "conf": {"padding": "x" * 500}}
            for number in range(runs)
        ]  # fmt: skip

    def __call__(self, path, query):
        word = path.rpartition("/")[2]
        if word == "version":
            return 200, {"version": self.version}
        if word == "health":
            return 200, {"scheduler": {"status": "healthy"}}
        if word == "dagRuns":
            start, most = int(query.get("offset", 0)), min(int(query["limit"]), 100)
            return 200, {"dag_runs": self.runs[start : start + most], "total_entries": len(self.runs)}
        return 200, {KEYS[word]: [], "total_entries": 0}


@pytest.fixture
def opened(monkeypatch):
    fronts = []

    def start(airflow, **options):
        front = MwaaFront(airflow, **options)
        for name, value in front.environment_variables().items():
            monkeypatch.setenv(name, value)
        fronts.append(front)
        return front

    yield start
    for front in fronts:
        front.close()


def read(address="mwaa://eu-west-1/shop", pauses=None):
    place = parse(address)
    waited = pauses if pauses is not None else []
    return AirflowHistory(
        place, pause=waited.append, transport=lambda: MwaaTransport(place, connect(place))
    ).read(SINCE)


@pytest.mark.parametrize(("version", "health"), [("2.10.3", "/health"), ("3.0.6", "/monitor/health")])
def test_both_majors_are_known_by_the_version_they_tell(opened, version, health):
    front = opened(Airflow(version, runs=3))

    found = read()

    assert (found.airflow_version, len(found.runs), found.failures) == (version, 3, ())
    assert health in {body["Path"] for body in front.asked}


def test_only_gets_are_sent(opened):
    front = opened(Airflow(runs=1))

    read()

    assert {body["Method"] for body in front.asked} == {"GET"}


def test_a_write_does_not_pass(opened):
    import httpx

    opened(Airflow())
    place = parse("mwaa://eu-west-1/shop")
    client = httpx.Client(transport=MwaaTransport(place, connect(place)), base_url="https://shop.eu-west-1/")

    with pytest.raises(SourceUnreadable, match="an audit only reads"):
        client.post("api/v2/dags/orders/dagRuns", json={})


def test_filter_and_page_go_as_query_parameters(opened):
    front = opened(Airflow(runs=150))

    assert len(read().runs) == 150
    pages = [body["QueryParameters"] for body in front.asked if body["Path"].endswith("/dagRuns")]
    assert [page.get("offset") for page in pages] == [None, "100"]
    assert pages[0]["updated_at_gte"] == SINCE.isoformat()


def test_names_that_are_asked_for_together_stay_together(opened):
    front = opened(Airflow())

    read()

    (events,) = [body["QueryParameters"] for body in front.asked if body["Path"] == "/eventLogs"]
    assert "heartbeat timeout" in events["included_events"]


def test_page_too_large_for_aws_is_asked_for_in_smaller_ones(opened):
    front = opened(Airflow(runs=120), most_bytes=20_000)

    assert len(read().runs) == 120
    limits = [
        int(body["QueryParameters"]["limit"]) for body in front.asked if body["Path"].endswith("/dagRuns")
    ]
    assert limits[:3] == [100, 50, 25]


def test_throttling_is_waited_for(opened):
    front = opened(Airflow(runs=2))
    front.refusals = [(429, "ThrottlingException")] * 2
    pauses = []

    assert len(read(pauses=pauses).runs) == 2
    assert len(pauses) == 2


@pytest.mark.parametrize(
    ("refusal", "error", "words"),
    [
        ((403, "AccessDeniedException"), AccessRefused, "airflow:InvokeRestApi"),
        ((403, "ExpiredTokenException"), AccessRefused, "rejected"),
        ((400, "ValidationException"), SourceUnreadable, "ValidationException"),
    ],
)
def test_aws_refusal_names_the_remedy(opened, refusal, error, words):
    opened(Airflow()).refusals = [refusal]

    with pytest.raises(error, match=words):
        read()


def test_environment_that_is_not_there_is_named(opened):
    opened(Airflow(), environment="other")

    with pytest.raises(SourceMissing, match=r"mwaa://eu-west-1/shop: there is no such environment"):
        read()


def test_airflows_own_refusal_keeps_its_status(opened):
    class NoPools(Airflow):
        def __call__(self, path, query):
            if path == "/pools":
                return 403, {"detail": "Forbidden"}
            return super().__call__(path, query)

    opened(NoPools(runs=1))

    found = read()

    assert len(found.runs) == 1
    (failure,) = found.failures
    assert failure.message.startswith("pools: mwaa://eu-west-1/shop: 403")
    assert "role/Viewer" in failure.message


def test_aws_that_cannot_be_reached_is_one_sentence(monkeypatch, opened):
    opened(Airflow()).close()

    with pytest.raises(SourceUnreadable, match="cannot be reached"):
        read()


def test_call_to_aws_goes_to_the_environments_own_host(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    sent = []
    client = connect(parse("mwaa://eu-west-1/shop"))
    client.meta.events.register(
        "before-send.mwaa.*", lambda request, **_: sent.append(request.url) or _answer()
    )

    client.invoke_rest_api(Name="shop", Path="/version", Method="GET")

    assert sent == ["https://env.airflow.eu-west-1.amazonaws.com/restapi/shop"]


def _answer():
    from botocore.awsrequest import AWSResponse

    class Body:
        def stream(self, **_):
            yield b"{}"

    return AWSResponse("https://aws", 200, {}, Body())


@pytest.mark.parametrize("address", ["mwaa://eu-west-1", "mwaa://eu-west-1/shop/two", "mwaa://eu-west-1/9"])
def test_address_that_is_none_is_told(address):
    with pytest.raises(AddressInvalid, match="mwaa://region/environment"):
        parse(address)
