"""Copies Airflow's task logs without anything of the machine that they were made on."""

import re
import shutil
import socket
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

TIME = re.compile(r'"timestamp":"([^"]+)"')
RUN_DATE = re.compile(r"^(?:scheduled|manual)__(.+)$")
SITE_PACKAGES = "/usr/local/lib/python3.11"
# What follows an asset is started by it: its runs are shifted with the producer's.
PRODUCER_OF = {"clicks_sessions": "clicks_collect", "ledger_import": "file_drop"}


@dataclass(frozen=True, slots=True)
class Run:
    """The log folder of one run, when it really ran and when it should have."""

    folder: Path
    dag_id: str
    run_id: str
    started: datetime
    ended: datetime

    @property
    def shift(self) -> timedelta:
        """How far its times are moved; none where its id tells no date."""
        match = RUN_DATE.match(self.run_id)
        if match is None or self.dag_id in PRODUCER_OF:
            return timedelta(0)
        due = datetime.fromisoformat(match[1])
        return due + timedelta(seconds=2, microseconds=self.started.microsecond) - self.started


def parse(text: str) -> datetime:
    """A record's time."""
    return datetime.fromisoformat(text)


def runs_of(logs: Path) -> list[Run]:
    """Every run with at least one record."""
    found = []
    for folder in sorted(logs.glob("dag_id=*/run_id=*")):
        times = [
            parse(time)
            for path in folder.rglob("attempt=*")
            for time in TIME.findall(path.read_text(errors="replace"))
        ]
        if times:
            dag_id = folder.parent.name.removeprefix("dag_id=")
            run_id = folder.name.removeprefix("run_id=")
            found.append(Run(folder, dag_id, run_id, min(times), max(times)))
    return found


def replacements(home: Path, venv: Path) -> list[tuple[str, str]]:
    """What stands for this machine, the longest first, and what takes its place."""
    ask = "import sys; print(sys.base_prefix)"
    base = subprocess.check_output([venv / "bin" / "python", "-c", ask], text=True).strip()
    pairs = {
        str(home): "/opt/airflow",
        str(home.resolve()): "/opt/airflow",
        str(venv / "lib" / "python3.11"): SITE_PACKAGES,
        str(Path(base) / "lib" / "python3.11"): SITE_PACKAGES,
        str(Path(base).resolve() / "lib" / "python3.11"): SITE_PACKAGES,
        str(venv): "/usr/local",
        base: "/usr/local",
        socket.getfqdn(): "airflow-worker",
        socket.gethostname(): "airflow-worker",
    }
    return sorted(pairs.items(), key=lambda pair: -len(pair[0]))


def leader_of(run: Run, runs: list[Run]) -> Run | None:
    """The producer's run that started this one: the first started the first, and so on."""
    same = sorted((one.started, one.run_id) for one in runs if one.dag_id == run.dag_id)
    producers = sorted(
        (one for one in runs if one.dag_id == PRODUCER_OF.get(run.dag_id)), key=lambda one: one.ended
    )
    place = same.index((run.started, run.run_id))
    return producers[min(place, len(producers) - 1)] if producers else None


def shift_times(text: str, shift: timedelta) -> str:
    """The text with every record's time moved."""

    def moved(match: re.Match[str]) -> str:
        return f'"timestamp":"{(parse(match[1]) + shift).astimezone(UTC):%Y-%m-%dT%H:%M:%S.%fZ}"'

    return TIME.sub(moved, text)


def renamed(run_id: str, shift: timedelta) -> str:
    """The id of a run that was started by another, with its time moved."""
    match = re.match(r"^([a-z_]+__)(\d{4}-[^_]+?\+00:00)(.*)$", run_id)
    if match is None:
        return run_id
    return f"{match[1]}{(parse(match[2]) + shift).isoformat()}{match[3]}"


def keep(logs: Path, into: Path, home: Path, venv: Path) -> tuple[int, int]:
    """Copy the logs; how many files and bytes they are."""
    runs = runs_of(logs)
    names = replacements(home, venv)
    shutil.rmtree(into, ignore_errors=True)
    files = size = 0
    for run in runs:
        leader = leader_of(run, runs)
        shift = leader.shift if leader else run.shift
        run_id = renamed(run.run_id, shift) if leader else run.run_id
        for path in sorted(run.folder.rglob("attempt=*")):
            text = shift_times(path.read_text(errors="replace"), shift).replace(run.run_id, run_id)
            for old, new in names:
                text = text.replace(old, new)
            target = into / f"dag_id={run.dag_id}" / f"run_id={run_id}" / path.relative_to(run.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
            files, size = files + 1, size + len(text.encode())
    return files, size
