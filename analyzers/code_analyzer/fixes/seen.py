"""What is seen of files before and after a fix, and whether the difference may be."""

import re
from collections import Counter
from collections.abc import Container, Iterable, Mapping
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

    def joined(self, other: "Seen") -> "Seen":
        """This and what was seen of other files."""
        found, dags = self.findings + other.findings, {**self.dags, **other.dags}
        return Seen(found, dags, self.failures | other.failures)

    def without(self, paths: Container[str]) -> "Seen":
        """The same, but for the DAGs of these files."""
        kept = {path: dags for path, dags in self.dags.items() if path not in paths}
        return Seen(self.findings, kept, self.failures)


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


@dataclass(frozen=True, slots=True)
class Before:
    """What was seen before the fix."""

    seen: Seen
    in_airflow_2: Seen = field(default_factory=Seen)
    """Of files that a fix may make load again: what they are to be."""


def still_found(before: Before, after: Seen, mended: Iterable[Key]) -> str | None:
    """Whether a finding is left that the fix should have mended."""
    for key, count in Counter(mended).items():
        if after.findings[key] > before.seen.findings[key] - count:
            return f"{key[1]} would still be found"
    return None


def faults_of(before: Before, after: Seen, unsafe: Mapping[str, bool]) -> dict[str, str]:
    """By path, what may not be; `unsafe` tells of each changed file how far it may change."""
    paths = {key[0] for key in after.findings} | before.seen.dags.keys() | after.dags.keys()
    paths |= {path for _, path in after.failures}
    found = {path: worse(path, before, after, unsafe=unsafe.get(path, False)) for path in sorted(paths)}
    return {path: reason for path, reason in found.items() if reason is not None}


def worse(path: str, before: Before, after: Seen, *, unsafe: bool) -> str | None:
    """Why what became of a file is not what a fix may do; None where all is well."""
    seen, old = before.seen, before.in_airflow_2
    new = sorted(
        key[1]
        for key, count in after.findings.items()
        if key[0] == path and count > max(seen.findings[key], old.findings[key])
    )
    if "DGA101" in new:
        return "the file would not parse any more"
    if new:
        return f"it would bring {', '.join(dict.fromkeys(new))}"
    if any(place == path for _, place in after.failures - seen.failures):
        return "the file could not be looked at any more"
    was, is_now, meant = (
        [_core(dag) if unsafe else dag for dag in each.dags.get(path, [])] for each in (seen, after, old)
    )
    return _difference(was, is_now, {dag["dag_id"]: dag for dag in meant})


def _difference(
    was: list[dict[str, Any]], is_now: list[dict[str, Any]], meant: Mapping[str, dict[str, Any]]
) -> str | None:
    ids = [[dag["dag_id"] for dag in dags] for dags in (was, is_now)]
    if ids[0] != ids[1]:
        return f"the file would define other DAGs: {', '.join(sorted(set(ids[0]) ^ set(ids[1])))}"
    for one, other in zip(was, is_now, strict=True):
        for name, value in one.items():
            old = meant.get(one["dag_id"], one)[name]
            if not _same(value, other[name]) and not (old != value and _same(old, other[name])):
                return f"{name} of the DAG {one['dag_id']} would change"
    return None


def _same(was: Any, is_now: Any) -> bool:  # noqa: ANN401 - any JSON
    """Whether nothing that was known has changed; what was not may become known."""
    if isinstance(was, dict) and "unknown" in was:
        return True
    if isinstance(was, dict) and isinstance(is_now, dict):
        return was.keys() == is_now.keys() and all(_same(was[key], is_now[key]) for key in was)
    if isinstance(was, list) and isinstance(is_now, list):
        return len(was) == len(is_now) and all(_same(a, b) for a, b in zip(was, is_now, strict=True))
    return bool(was == is_now)


def _plain(dag: DagModel) -> dict[str, Any]:
    """The whole model without line numbers."""
    # Reasons and tier only say how much is known.
    plain: dict[str, Any] = _without_lines(
        dag.model_dump(mode="json", exclude={"line", "bundle", "path", "reasons", "tier"})
    )
    for task in plain["tasks"]:
        del task["line"]
        if isinstance(task["trigger_rule"], str):
            # Airflow 2's names of two rules: to call them by the new one changes nothing.
            task["trigger_rule"] = RENAMED.get(task["trigger_rule"], task["trigger_rule"])
    if plain["schedule"] == {"timetable": "DatasetOrTimeSchedule"}:
        plain["schedule"] = {"timetable": "AssetOrTimeSchedule"}
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
