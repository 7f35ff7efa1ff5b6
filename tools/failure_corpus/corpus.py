"""Packs the logs of a part with their labels into one archive."""

import io
import json
import re
import sys
import tarfile
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent.parent / "examples"))

from neutral_logs import replacements  # noqa: E402

PARTS = ("tuned", "held_back")
FAILED = {"failed", "up_for_retry", "restarting"}
_TELLING = re.compile(r"\[(?:warning|error|critical)\b|heartbeat|zombie|state mismatch", re.IGNORECASE)


def pack(part: str, home: Path, venv: Path, into: Path) -> tuple[int, int]:
    """Write `<part>.tar.xz` with labels.json, logs/ and scheduler.log; how many logs, how many bytes.

    Ends the program where a failed attempt has no label: a corpus with holes would flatter.
    """
    states = json.loads((home / "states.json").read_text())
    causes = tomllib.loads((HERE / f"{part}.toml").read_text())["cause"]
    names = replacements(home, venv)
    labels, files = [], {}
    for row in sorted(
        states, key=lambda row: (row["dag_id"], row["task_id"], row["map_index"], row["try_number"])
    ):
        path = _path(row)
        log = home / "logs" / path
        if not row["try_number"] or not log.exists():
            continue
        for each in sorted(log.parent.glob(f"{log.name}*")):
            files[f"logs/{each.relative_to(home / 'logs').as_posix()}"] = _neutral(
                each.read_text(errors="replace"), names
            )
        labels.append({"path": path} | _label(row, causes))
    unknown = sorted({f"{row['path']}" for row in labels if row["outcome"] == "failed" and not row["cause"]})
    if unknown:
        sys.exit(f"no label in {part}.toml for: " + ", ".join(unknown))
    scheduler = [
        line
        for line in (home / "scheduler.out").read_text(errors="replace").splitlines()
        if _TELLING.search(line)
    ]
    scheduler = [line for line in scheduler if "[task" not in line and len(line) < 4000]
    files["scheduler.log"] = _neutral("\n".join(scheduler) + "\n", names)
    files["labels.json"] = json.dumps({"part": part, "airflow": "3.3.2", "attempts": labels}, indent=1) + "\n"
    return len(labels), _write(into / f"{part}.tar.xz", files)


def _path(row: dict[str, Any]) -> str:
    mapped = f"/map_index={row['map_index']}" if row["map_index"] >= 0 else ""
    task = f"dag_id={row['dag_id']}/run_id={row['run_id']}/task_id={row['task_id']}{mapped}"
    return f"{task}/attempt={row['try_number']}.log"


def _label(row: dict[str, Any], causes: list[dict[str, Any]]) -> dict[str, Any]:
    """Airflow's own word on the outcome, and why it failed, which we know."""
    outcome = "failed" if row["state"] in FAILED else "success" if row["state"] == "success" else "unknown"
    label = {
        "outcome": outcome,
        "state": row["state"],
        "category": None,
        "retryable": None,
        "cause": None,
        "marker": None,
    }
    if outcome != "failed":
        return label
    task = f"{row['dag_id']}.{row['task_id']}"
    for cause in causes:
        if f"{task}#{row['try_number']}" in cause["tasks"] or task in cause["tasks"]:
            marks = {"category": cause["category"], "retryable": cause.get("retryable", False)}
            return label | marks | {"cause": cause["id"], "marker": cause.get("marker")}
    return label


def _neutral(text: str, names: list[tuple[str, str]]) -> str:
    for old, new in names:
        text = text.replace(old, new)
    return text


def _write(archive: Path, files: dict[str, str]) -> int:
    """The same bytes for the same files: no times, no owners."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(archive, "w:xz", preset=9) as packed:
        for name, text in sorted(files.items()):
            data = text.encode()
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            packed.addfile(entry, io.BytesIO(data))
    return archive.stat().st_size
