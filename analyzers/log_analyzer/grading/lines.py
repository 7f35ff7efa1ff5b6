"""Labelled lines in any number, as Airflow tasks write them; made, not taken from anybody's logs."""

import random
from collections.abc import Iterator

# `{n}` a number, `{f}` a fraction, `{id}` a hex id, `{host}` a host, `{path}` a path, `{word}` a name.
STATEMENTS = (
    "Rendering template for task {word}",
    "read {n} rows from {path} in {f} s",
    "wrote {n} rows to table {word} in {f} s",
    "Task instance is in running state",
    "Executing <Task(PythonOperator): {word}> on {time}",
    "Using connection ID '{word}' for task execution.",
    "Started process {n} to run task",
    "Job {n}: Subtask {word}",
    "Poking for {path}",
    "Success criteria met. Exiting.",
    "Dependencies all met for dep_context=non-requeueable deps ti={word}",
    "Starting attempt {n} of {n}",
    "connection pool is full, discarding connection: {host}. Connection pool size: {n}",
    "GET http://{host}/v1/{word}/{n} answered 200 in {f} ms",
    "GET http://{host}/v1/{word}/{n} answered 503, trying again in {n} s",
    "partition {path} committed with checksum {id}",
    "uploaded part {n} of {n} to s3://{word}{path}",
    "cache hit for key {id}",
    "cache miss for key {id}, loading from {host}",
    "WARN batch {id} has {n} late events, oldest from {time}",
    "worker {host} took lease {id} until {time}",
    "heartbeat of worker {host} is {f} s late",
    "query {id} finished: {n} rows, {n} bytes scanned, {f} s",
    "query {id} is queued behind {n} others",
    "Running statement: SELECT * FROM {word} WHERE id = {n}, parameters: None",
    "Rows affected: {n}",
    "Temporary script location: {path}",
    "Running command: ['/bin/bash', '-c', '{path}']",
    "Output:",
    "Command exited with return code {n}",
    "model {word} epoch {n} loss {f} accuracy {f}",
    "saved checkpoint {path} ({n} bytes)",
    "dropping duplicate event {id} from {host}",
    "schema of {word} has {n} columns, expected {n}",
    "Marking task as SUCCESS. dag_id={word}, task_id={word}, execution_date={n}",
    "Pushing xcom return_value for {word}",
    "Done. Returned value was: {n}",
    "stage {n} of {n} running on {n} executors, {f} % done",
    "fetched {n} messages from topic {word} partition {n} offset {n}",
    "retry {n} for {host} after {f} s because of timeout",
)
_WORDS = tuple(f"{one}_{other}" for one in ("orders", "clicks", "stock", "rates") for other in "abcdefghij")


def labelled_lines(count: int, seed: int = 0) -> Iterator[tuple[int, str]]:
    """(statement, line) pairs; common statements come far more often than rare ones (Zipf)."""
    draw = random.Random(seed)  # noqa: S311
    weights = [1 / (rank + 1) for rank in range(len(STATEMENTS))]
    for statement in draw.choices(range(len(STATEMENTS)), weights, k=count):
        yield statement, _filled(STATEMENTS[statement], draw)


def _filled(text: str, draw: random.Random) -> str:
    parts = [part.partition("}") for part in text.split("{")]
    return parts[0][0] + "".join(f"{_value(kind, draw)}{rest}" for kind, _, rest in parts[1:])


def _value(kind: str, draw: random.Random) -> str:
    number = draw.getrandbits(40)
    if kind == "n":
        return f"{number % 10 ** draw.randint(1, 7)}"
    if kind == "f":
        return f"{number % 10**6 / 1000:.3f}"
    if kind == "id":
        return f"{number:010x}{draw.getrandbits(48):012x}"
    if kind == "host":
        return f"10.{number % 256}.{number // 256 % 256}.{number // 65536 % 256}:{8000 + number % 99}"
    if kind == "path":
        return f"/data/{_WORDS[number % 40]}/dt={_day(number)}/part-{number % 999}"
    if kind == "time":
        return f"{_day(number)}T{number % 24:02}:{number % 60:02}:{number % 59:02}"
    return f"{_WORDS[number % 40]}"


def _day(number: int) -> str:
    return f"2026-{1 + number % 12:02}-{1 + number % 28:02}"
