"""Runs ruff, whose tables know what Airflow 3 renamed, moved and removed; they are not written twice."""

import json
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from dagaudit.errors import DagAuditError
from dagaudit.finding import Edit

_TIMEOUT_SECONDS = 300


class RuffUnavailable(DagAuditError):
    """Ruff is not installed, or did not do its work."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """What ruff says about a line."""

    path: str
    line: int
    column: int
    code: str
    message: str
    fix: str | None
    """What its fix does, in words."""
    edits: tuple[Edit, ...] = ()
    is_safe: bool = False
    """Whether it calls these edits safe."""


def check(texts: Mapping[str, str], select: Sequence[str]) -> Iterator[Diagnostic]:
    """The diagnostics of these of its rules on files that are given as text by path, sorted by place.

    Raises:
        RuffUnavailable: it is missing, or failed.
    """
    if not texts:
        return
    names = {f"f{number}.py": path for number, path in enumerate(sorted(texts))}
    with tempfile.TemporaryDirectory(prefix="dagaudit-ruff-") as folder:
        for name, path in names.items():
            Path(folder, name).write_text(texts[path], encoding="utf-8")
        answer = _run(folder, select)
    found = [
        Diagnostic(
            path=names[Path(each["filename"]).name],
            line=each["location"]["row"],
            column=each["location"]["column"],
            code=each["code"],
            message=each["message"],
            fix=(each.get("fix") or {}).get("message"),
            edits=tuple(_edit(edit) for edit in (each.get("fix") or {}).get("edits", ())),
            is_safe=(each.get("fix") or {}).get("applicability") == "safe",
        )
        for each in answer
        if each["code"] in select
    ]
    yield from sorted(found, key=lambda each: (each.path, each.line, each.column, each.code, each.message))


def _edit(edit: dict[str, Any]) -> Edit:
    # Its columns count characters, as ours.
    return Edit(
        start_line=edit["location"]["row"],
        start_column=edit["location"]["column"],
        end_line=edit["end_location"]["row"],
        end_column=edit["end_location"]["column"],
        text=edit["content"],
    )


def _run(folder: str, select: Sequence[str]) -> list[dict[str, Any]]:
    # Isolated: the settings and the cache of whoever runs the audit must not change what is found.
    options = (
        "--isolated",
        "--no-cache",
        "--exit-zero",
        "--quiet",
        "--output-format",
        "json",
        # Only with it are the names known that moved in Airflow 3.1.
        "--preview",
        "--select",
        ",".join(select),
    )
    try:
        done = subprocess.run(
            [_binary(), "check", *options, folder],
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=True,
            text=True,
        )
        answer: list[dict[str, Any]] = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise RuffUnavailable(
            f"ruff did not answer: {error}; install dagaudit[runner], or ignore DGA600"
        ) from error
    return answer


def _binary() -> str:
    try:
        finder = import_module("ruff")
    except ImportError as error:
        raise RuffUnavailable("ruff is not installed; install dagaudit[runner], or ignore DGA600") from error
    return str(finder.find_ruff_bin())
