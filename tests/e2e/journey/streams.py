"""The example logs as CloudWatch holds them, and the audit that reads them there."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from analyzers.log_analyzer.analyze import analyze
from dagaudit.adapters import open_log_source
from dagaudit.section import LogsSection
from tests.cluster import deploy
from tests.dagaudit.test_cloudwatch_audit import examples, moment, sent
from tests.e2e.journey.conftest import audit

HOUR_MILLISECONDS = 3_600_000
# The example logs are of one week.
LOOKBACK_HOURS = 240


def fill(client: Any, group: str) -> None:
    """Put every attempt into a stream of its own, the newest event an hour ago, as Airflow's handler does."""
    logs = examples()
    newest = max(moment(record) for records in logs.values() for record in records)
    shift = int(datetime.now(UTC).timestamp() * 1000) - HOUR_MILLISECONDS - newest
    client.create_log_group(logGroupName=group)
    for path, records in logs.items():
        place = {"logGroupName": group, "logStreamName": path.replace(":", "_")}
        client.create_log_stream(**place)
        events = [{"timestamp": moment(record) + shift, "message": sent(record)} for record in records]
        client.put_log_events(**place, logEvents=sorted(events, key=lambda event: event["timestamp"]))


def watching_audit(group: str) -> dict[str, Any]:
    """An audit of these logs and nothing else; CloudWatch and S3 each by an endpoint of their own."""
    cloud_watch = {
        "region": "us-east-1",
        "logGroups": [{"prefix": group[:-4]}],
        "lookbackHours": LOOKBACK_HOURS,
    }
    document = audit("watched", airflow={"logs": {"cloudWatch": cloud_watch}})
    del document["spec"]["source"]
    endpoint = deploy.CREDENTIALS["AWS_ENDPOINT_URL"]
    given = {name: value for name, value in deploy.CREDENTIALS.items() if name != "AWS_ENDPOINT_URL"}
    given |= {"AWS_ENDPOINT_URL_LOGS": endpoint, "AWS_ENDPOINT_URL_S3": endpoint}
    document["spec"]["pod"]["env"] = [{"name": name, "value": value} for name, value in given.items()]
    return document


def from_files(folder: Path) -> LogsSection:
    """What the analyzer says of the same logs as files."""
    for path, records in examples().items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("".join(f"{record}\n" for record in records))
    return analyze(open_log_source(str(folder)))
