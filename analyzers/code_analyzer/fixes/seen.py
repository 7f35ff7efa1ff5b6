"""What is seen of files before and after a fix, and whether the difference may be."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from analyzers.code_analyzer.rules.trigger_rule_invalid import RENAMED
from dagaudit.dag import DagModel
from dagaudit.finding import Finding
from dagaudit.section import CodeSection

Key = tuple[str, str, str, str]
"""path, rule, DAG and task of findings, which together are counted: their text moves with the edits."""

_LINE = re.compile(r"\blines? \d+(?:[-,\d ]*\d)?")
_ONLY_UNSAFE = ("tasks", "edges", "schedule", "dag_id", "start_date", "catchup")
_OF_A_TASK = ("task_id", "operator", "is_mapped", "is_setup", "is_teardown", "group")


def key_of(finding: Finding) -> Key:
    """What the finding is counted under."""
    return finding.path, finding.rule, finding.dag_id or "", finding.task_id or ""


@dataclass(frozen=True, slots=True)
class Seen:
    """The findings and DAGs of some files."""

    findings: Counter[Key] = field(default_factory=Counter)
    dags: Mapping[str, list[dict[str, Any]]] = field(default_factory=dict)
    """By path."""
    failures: frozenset[tuple[str, str]] = frozenset()
    """(part, path)"""


def seen_in(section: CodeSection) -> Seen:
    """What counts of a section."""
    dags: dict[str, list[dict[str, Any]]] = {}
    for dag in section.dags:
        dags.setdefault(dag.path, []).append(_plain(dag))
    return Seen(
        Counter(key_of(finding) for finding in section.findings),
        {path: sorted(found, key=repr) for path, found in dags.items()},
        frozenset((failure.part, failure.path or "") for failure in section.failures),
    )


def fault_in(path: str, before: Seen, after: Seen, mended: Iterable[Key], *, unsafe: bool) -> str | None:
    """Why what became of a file is not what a fix may do; None where all is well."""
    for key, count in Counter(mended).items():
        if after.findings[key] > before.findings[key] - count:
            return f"{key[1]} would still be found"
    return _worse(path, before, after, unsafe=unsafe)


def faults_of(before: Seen, after: Seen, unsafe: Mapping[str, bool]) -> dict[str, str]:
    """By path, what may not be; `unsafe` tells of each changed file how far it may change."""
    paths = {key[0] for key in after.findings} | before.dags.keys() | after.dags.keys()
    paths |= {path for _, path in after.failures}
    found = {
        path: _worse(path, before, after, unsafe=unsafe.get(path, False), loads_now=path in unsafe)
        for path in sorted(paths)
    }
    return {path: reason for path, reason in found.items() if reason is not None}


def _worse(path: str, before: Seen, after: Seen, *, unsafe: bool, loads_now: bool = False) -> str | None:
    new = sorted(
        key[1] for key, count in after.findings.items() if key[0] == path and count > before.findings[key]
    )
    if new:
        return f"it would bring {', '.join(dict.fromkeys(new))}"
    if any(place == path for _, place in after.failures - before.failures):
        return "the file could not be looked at any more"
    was, is_now = before.dags.get(path, []), after.dags.get(path, [])
    if not was and loads_now:
        # It did not load before; that the DAGs are those of Airflow 2 was seen when the file was tried.
        return None
    if unsafe:
        was, is_now = [_core(dag) for dag in was], [_core(dag) for dag in is_now]
    return _difference(was, is_now)


def _difference(was: list[dict[str, Any]], is_now: list[dict[str, Any]]) -> str | None:
    if was == is_now:
        return None
    ids = {dag["dag_id"] for dag in was}, {dag["dag_id"] for dag in is_now}
    if ids[0] != ids[1]:
        return f"the file would define other DAGs: {', '.join(sorted(map(str, ids[0] ^ ids[1])))}"
    for one, other in zip(was, is_now, strict=False):
        for name in one:
            if one[name] != other.get(name):
                return f"{name} of the DAG {one['dag_id']} would change"
    return "the file would define other DAGs"


def _plain(dag: DagModel) -> dict[str, Any]:
    """The whole model without line numbers."""
    plain: dict[str, Any] = _without_lines(dag.model_dump(mode="json", exclude={"line", "bundle", "path"}))
    for task in plain["tasks"]:
        del task["line"]
        if isinstance(task["trigger_rule"], str):
            # Airflow 2's names of two rules: to call them by the new one changes nothing.
            task["trigger_rule"] = RENAMED.get(task["trigger_rule"], task["trigger_rule"])
    return plain


def _core(dag: dict[str, Any]) -> dict[str, Any]:
    """Ids, edges and when it runs: what no fix may change."""
    kept = {name: dag[name] for name in _ONLY_UNSAFE}
    kept["tasks"] = [{name: task[name] for name in _OF_A_TASK} for task in dag["tasks"]]
    return kept


def _without_lines(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, dict):
        return {key: _without_lines(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_lines(item) for item in value]
    return _LINE.sub("a line", value) if isinstance(value, str) else value
