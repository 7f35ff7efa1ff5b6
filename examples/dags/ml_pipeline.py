"""Trains, checks and deploys the house price model every night.

Big things travel as files below the run's work folder; an XCom holds a path or a few numbers.
Every task may be repeated: it writes to the same place for the same run.
"""

import csv
import json
import logging
import os
import random
import statistics
from datetime import UTC, datetime, timedelta
from pathlib import Path

from airflow.sdk import Asset, dag, get_current_context, task

log = logging.getLogger(__name__)

MODEL = Asset(name="house_price_model", uri="file:///opt/airflow/data/models/house_price.json")
ROWS = 400
MAX_ERROR = 25.0


def data_root() -> Path:
    return Path(os.environ.get("DATA_ROOT", "/tmp/airflow-data"))


def work_folder() -> Path:
    run_id = get_current_context()["run_id"].replace(":", "").replace("+", "_")
    folder = data_root() / "ml_pipeline" / run_id
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read_rows(path: str) -> list[dict[str, float]]:
    with open(path, newline="") as file:
        return [{key: float(value) for key, value in row.items()} for row in csv.DictReader(file)]


def write_rows(path: Path, rows: list[dict[str, float]]) -> str:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


@dag(
    schedule="0 2 * * *",
    start_date=datetime(2026, 11, 1, tzinfo=UTC),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=2),
    default_args={
        "owner": "ml-platform",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "retry_exponential_backoff": True,
        "max_retry_delay": timedelta(minutes=30),
        "execution_timeout": timedelta(minutes=20),
    },
    tags=["ml", "houses"],
    doc_md=__doc__,
)
def ml_pipeline():
    @task
    def download(ds: str | None = None) -> str:
        draw = random.Random(ds)
        rows = []
        for _ in range(ROWS):
            size, rooms, age = draw.uniform(30, 200), draw.randint(1, 7), draw.uniform(0, 90)
            price = 40 + 2.1 * size + 6.0 * rooms - 0.4 * age + draw.gauss(0, 12)
            rows.append({"size": size, "rooms": rooms, "age": age, "price": price})
        if int(ds[-2:]) % 6 == 0:
            rows = rows[: ROWS // 8]
        log.info("downloaded %d rows for %s", len(rows), ds)
        return write_rows(work_folder() / "raw.csv", rows)

    @task
    def validate(raw: str) -> str:
        rows = read_rows(raw)
        if len(rows) < ROWS // 2:
            raise ValueError(f"row count {len(rows)} is below the expected minimum of {ROWS // 2}")
        log.info("%d rows are complete", len(rows))
        return raw

    @task
    def preprocess(raw: str) -> str:
        rows = [row for row in read_rows(raw) if row["price"] > 0]
        log.info("%d rows kept", len(rows))
        return write_rows(work_folder() / "clean.csv", rows)

    @task
    def features(clean: str) -> str:
        rows = read_rows(clean)
        for row in rows:
            row["size_per_room"] = row["size"] / row["rooms"]
        return write_rows(work_folder() / "features.csv", rows)

    @task(execution_timeout=timedelta(minutes=60))
    def train(table: str) -> str:
        rows = read_rows(table)
        slope, intercept = statistics.linear_regression(
            [row["size"] for row in rows], [row["price"] for row in rows]
        )
        for epoch in range(1, 4):
            log.info("epoch %d of 3, slope %.3f", epoch, slope)
        path = work_folder() / "model.json"
        path.write_text(json.dumps({"slope": slope, "intercept": intercept}))
        return str(path)

    @task
    def evaluate(model: str, table: str) -> dict[str, float]:
        line = json.loads(Path(model).read_text())
        errors = [
            abs(line["intercept"] + line["slope"] * row["size"] - row["price"]) for row in read_rows(table)
        ]
        scores = {"mean_absolute_error": round(statistics.fmean(errors), 3)}
        log.info("scores %s", scores)
        return scores

    @task(outlets=[MODEL])
    def deploy(model: str, scores: dict[str, float]) -> str:
        if scores["mean_absolute_error"] > MAX_ERROR:
            raise ValueError(f"mean absolute error {scores['mean_absolute_error']} is over {MAX_ERROR}")
        target = data_root() / "models" / "house_price.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        waiting = target.with_suffix(".new")
        waiting.write_text(Path(model).read_text())
        waiting.replace(target)
        return str(target)

    @task(retries=0)
    def notify(target: str, scores: dict[str, float]) -> None:
        log.info("model deployed to %s with %s", target, scores)

    raw = download()
    table = features(preprocess(validate(raw)))
    model = train(table)
    scores = evaluate(model, table)
    notify(deploy(model, scores), scores)


ml_pipeline()
