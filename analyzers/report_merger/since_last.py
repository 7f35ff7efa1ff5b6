"""Compares this report with the one before: what is new, fixed, or back again."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from analyzers.report_merger.known import (
    LOOKED_AT,
    Known,
    KnownState,
    bounded,
    known_cause,
    known_finding,
)
from analyzers.report_merger.sections import Sections, looked
from dagaudit.report import Changes, SinceLast
from dagaudit.section import CodeSection, Section
from dagaudit.task_attempt import CauseState

MAX_IDS = 100
FIRST_REPORT = "this is the first report"
# A file that does not parse hides all its other findings: none of them is fixed by that.
SYNTAX_ERROR = "DGA101"
# The model moves a finding's confidence, never its existence: its silence hides nothing.
JUDGE = "llm judge"
_RULE = re.compile(r"\bDGA\d{3}\b")


@dataclass(frozen=True, slots=True)
class Previous:
    """The report before this one, as far as it could be read."""

    report_id: str | None = None
    known: tuple[Known, ...] = ()
    reason: str | None = FIRST_REPORT
    """Why there is nothing to compare with; None where there is."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed, and what the next report is to know."""

    since_last: SinceLast
    known: tuple[Known, ...]
    states: dict[tuple[str, str], CauseState] = field(default_factory=dict)
    """(kind, id) of all that is in this report; empty where there is nothing to compare with."""
    fixed: tuple[Known, ...] = ()
    """What is gone since the report before, by kind and id."""


def compare(sections: Sections, previous: Previous, now: datetime) -> Comparison:
    """This report against the previous one."""
    present = _present(sections, now)
    if previous.reason is not None:
        since = SinceLast(previous=previous.report_id, reason=previous.reason)
        return Comparison(since, tuple(present[key] for key in sorted(present)))
    earlier = {item.key: item for item in previous.known}
    after: dict[tuple[str, str], Known] = {}
    states: dict[tuple[str, str], CauseState] = {}
    fixed: set[tuple[str, str]] = set()
    for key, item in present.items():
        before = earlier.get(key)
        after[key] = item.seen_again(now, before)
        # What an analyzer says that never got to look before is not new: there is nothing to compare with.
        if item.kind != LOOKED_AT and (LOOKED_AT, item.section) in earlier:
            states[key] = _state(before)
    views: dict[str, _View] = {name: _View.of(section) for name, section in sections.items()}
    for key, item in earlier.items():
        if key in present:
            continue
        if (
            item.kind != LOOKED_AT
            and item.state is KnownState.OPEN
            and views[item.section].saw_the_place_of(item)
        ):
            fixed.add(key)
            after[key] = replace(item, state=KnownState.FIXED)
        else:
            after[key] = item
    since = SinceLast(
        previous=previous.report_id,
        findings=_changes("finding", states, fixed),
        causes=_changes("cause", states, fixed),
    )
    gone = tuple(after[key] for key in sorted(fixed))
    return Comparison(since, bounded(after.values(), now), states, gone)


def _present(sections: Sections, now: datetime) -> dict[tuple[str, str], Known]:
    found = [
        known_finding(name, finding, now)
        for name, section in sections.items()
        for finding in section.findings
    ]
    found += [known_cause(cause, now) for cause in sections.logs.causes]
    found += [
        Known(LOOKED_AT, name, name, KnownState.OPEN, now, now)
        for name, section in sections.items()
        if looked(section)
    ]
    return {item.key: item for item in found}


def _state(before: Known | None) -> CauseState:
    if before is None:
        return CauseState.NEW
    return CauseState.ONGOING if before.state is KnownState.OPEN else CauseState.REGRESSED


def _changes(kind: str, states: dict[tuple[str, str], CauseState], fixed: set[tuple[str, str]]) -> Changes:
    def ids(keys: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        return tuple(sorted(id_ for kind_, id_ in keys if kind_ == kind))

    new = ids(key for key, state in states.items() if state is CauseState.NEW)
    back = ids(key for key, state in states.items() if state is CauseState.REGRESSED)
    gone = ids(fixed)
    return Changes(
        new=len(new),
        fixed=len(gone),
        regressed=len(back),
        new_ids=new[:MAX_IDS],
        fixed_ids=gone[:MAX_IDS],
        regressed_ids=back[:MAX_IDS],
    )


@dataclass(frozen=True, slots=True)
class _View:
    """What a section looked at: only there can something that is absent be called fixed."""

    nothing: bool
    rules: frozenset[str] = frozenset()
    """Rules that did not get through at all."""
    paths: frozenset[str] = frozenset()
    """Files that could not be read or parsed."""
    pairs: frozenset[tuple[str, str]] = frozenset()
    """(rule, path): rules that broke on one file."""
    ran: frozenset[str] | None = None
    """The rules that were asked for; None where the section does not tell."""

    @classmethod
    def of(cls, section: Section) -> "_View":
        if not looked(section):
            return cls(nothing=True)
        broken = [(_rule(failure.part), failure.path) for failure in section.failures]
        unparsed = {finding.path for finding in section.findings if finding.rule == SYNTAX_ERROR}
        ran = section.rules if isinstance(section, CodeSection) else None
        return cls(
            nothing=_has_blind_spot(section),
            rules=frozenset(rule for rule, path in broken if rule and not path),
            paths=frozenset(path for rule, path in broken if path and not rule) | unparsed,
            pairs=frozenset((rule, path) for rule, path in broken if rule and path),
            ran=None if ran is None else frozenset(ran),
        )

    def saw_the_place_of(self, item: Known) -> bool:
        if self.nothing:
            return False
        if item.kind == "cause":
            return not any(_may_hold(path, item.dags) for path in self.paths)
        rule = item.rule or ""
        if rule in self.rules or (self.ran is not None and rule not in self.ran):
            return False
        places = _with_parents(item.path or "")
        return not any(place in self.paths or (rule, place) in self.pairs for place in places)


def _has_blind_spot(section: Section) -> bool:
    """Whether something was not looked at and nobody knows what: then nothing may be called fixed."""
    unplaced = [
        failure
        for failure in section.failures
        if not failure.path and not _rule(failure.part) and failure.part != JUDGE
    ]
    missing = section.coverage.seen - section.coverage.analyzed - section.coverage.skipped
    named = {failure.path for failure in section.failures if failure.path}
    return bool(unplaced) or missing > len(named)


def _rule(part: str) -> str | None:
    found = _RULE.search(part)
    return found.group() if found else None


def _with_parents(path: str) -> list[str]:
    """a.zip/b/c.py also stands under a.zip/b and a.zip, which may be what failed."""
    pieces = path.split("/")
    return ["/".join(pieces[:length]) for length in range(1, len(pieces) + 1)]


def _may_hold(path: str, dags: tuple[str, ...]) -> bool:
    """Whether a log file that could not be read may belong to one of the DAGs."""
    pieces = set(path.split("/"))
    return any(dag in pieces or f"dag_id={dag}" in pieces for dag in dags)
