"""Log groups on the server, for one test each."""

import time

import boto3
from botocore.config import Config

TIME = "[2026-11-21 02:00:00,000]"
STREAM = "dag_id=d/run_id=scheduled__2026-11-21T02_00_00+00_00/task_id=t/attempt={}.log"


class Groups:
    """Log groups of one test; the server is shared."""

    def __init__(self, endpoint: str, name: str) -> None:
        self.client = boto3.client("logs", region_name="eu-west-1", endpoint_url=endpoint)
        self.name = name

    def group(self, suffix: str = "Task") -> str:
        self.client.create_log_group(logGroupName=f"{self.name}-{suffix}")
        return f"{self.name}-{suffix}"

    def put(self, group: str, stream: str, *messages: str, age_seconds: float = 60) -> None:
        self.client.create_log_stream(logGroupName=group, logStreamName=stream)
        self.add(group, stream, *messages, age_seconds=age_seconds)

    def add(self, group: str, stream: str, *messages: str, age_seconds: float = 60) -> None:
        stamp = int((time.time() - age_seconds) * 1000)
        events = [{"timestamp": stamp, "message": each} for each in messages]
        self.client.put_log_events(logGroupName=group, logStreamName=stream, logEvents=events)


def impatient():
    """A client that never asks again."""
    config = Config(retries={"mode": "standard", "total_max_attempts": 1})
    return boto3.client("logs", region_name="eu-west-1", config=config)
