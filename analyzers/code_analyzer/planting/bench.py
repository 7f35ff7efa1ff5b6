"""Runs the rules over planted files and counts what they find."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from analyzers.analyzer import Progress
from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.planting.cases import Case, cases_of, decoy_of
from analyzers.code_analyzer.planting.form import Form
from analyzers.code_analyzer.planting.host import Host
from analyzers.code_analyzer.planting.hosts import Held
from analyzers.code_analyzer.planting.score import Scores
from analyzers.code_analyzer.planting.twins import renamed, shifted
from analyzers.code_analyzer.rule import Profile
from dagaudit.finding import Failure, Finding, Severity

PART = "planted cases"
TODAY = date(2026, 11, 21)
"""Dates in DAGs are judged by it, so that the figures are the same on any day."""


@dataclass(frozen=True, slots=True)
class Miss:
    """A planted defect that was not found, or a finding where none was planted."""

    case: str
    rule: str
    what: str
    """missed, missed in the renamed twin, false, false in the renamed twin, false on the decoy."""
    lines: tuple[str, ...]
    """The source lines where it was expected, or was found."""


@dataclass(slots=True)
class BenchResult:
    """What the bench found out."""

    hosts: int = 0
    cases: int = 0
    tuning: Scores = field(default_factory=Scores)
    held_out: Scores = field(default_factory=Scores)
    misses: list[Miss] = field(default_factory=list)
    """Of the tuning half only: whoever mends a rule must not see the others."""
    clean: list[Finding] = field(default_factory=list)
    """Medium or worse, by the default profile, on clean files."""
    failures: list[Failure] = field(default_factory=list)
    without_cases: list[str] = field(default_factory=list)
    """Rules with forms for which no clean file has a place."""

    @property
    def false_per_clean_file(self) -> float:
        """Findings on clean files, medium or worse, default profile."""
        return len(self.clean) / self.hosts if self.hosts else 0.0


@dataclass(slots=True)
class _Found:
    """The findings of one bundle."""

    findings: tuple[Finding, ...]
    counts: Counter[str]


def run_bench(
    forms: Sequence[Form], hosts: Sequence[Host], progress: Progress, *, seed: int = 0, most: int = 12
) -> BenchResult:
    """Plant, look, count.

    Args:
        forms: ways to plant defects.
        hosts: clean files.
        progress: told of every case.
        seed: which places are taken.
        most: cases for each rule.
    """
    result = BenchResult(hosts=len(hosts))
    before = {host.path: _look(host, {host.path: host.text}, {}, result) for host in hosts}
    result.clean = [each for host in hosts for each in _bad(host)]
    rules = {form.rule for form in forms}
    silent = {rule: [host for host in hosts if not before[host.path].counts[rule]] for rule in rules}
    cases = list(cases_of(forms, silent, seed, most))
    result.cases = len(cases)
    result.without_cases = sorted(rules - {case.rule for case in cases})
    progress.start(PART, len(cases))
    random = Random(seed)  # noqa: S311
    for case in cases:
        _Trial(case, before[case.host.path], result).run(random)
        progress.advance(PART)
    progress.finish(PART)
    return result


@dataclass(slots=True)
class _Trial:
    """One case with its twins."""

    case: Case
    before: _Found
    result: BenchResult

    def run(self, random: Random) -> None:
        score = self._scores.of(self.case.rule)
        score.planted += 1
        score.found += self._try(self.case.texts, self.case.lines, "")
        twin = self._twin()
        if twin is not None:
            score.twins += 1
            score.found_in_twins += self._try(*twin, " in the renamed twin")
        decoy = decoy_of(self.case, random)
        if decoy is not None:
            found = self._look(decoy.texts)
            self._count_false(found, decoy.texts, " on the decoy", allowed=0)

    @property
    def _scores(self) -> Scores:
        return self.result.held_out if self.case.held_out else self.result.tuning

    def _twin(self) -> tuple[Mapping[str, str], Mapping[str, frozenset[int]]] | None:
        if not self.case.form.of_text:
            return renamed(self.case.texts, self.case.lines)
        moved = {path: shifted(text, self.case.lines.get(path, ())) for path, text in self.case.texts.items()}
        return {path: text for path, (text, _) in moved.items()}, {
            path: lines for path, (_, lines) in moved.items()
        }

    def _look(self, texts: Mapping[str, str]) -> _Found:
        return _look(self.case.host, texts, {self.case.rule: self.case.form.options}, self.result)

    def _try(self, texts: Mapping[str, str], lines: Mapping[str, frozenset[int]], where: str) -> bool:
        found = self._look(texts)
        right = [
            each
            for each in found.findings
            if each.rule == self.case.rule and each.line in lines.get(each.path, ())
        ]
        if not right:
            expected = _lines_of(texts, ((path, line) for path, at in lines.items() for line in sorted(at)))
            self._tell(self.case.rule, "missed" + where, expected)
        self._count_false(found, texts, where, allowed=len(right))
        return bool(right)

    def _count_false(self, found: _Found, texts: Mapping[str, str], where: str, *, allowed: int) -> None:
        counts = found.counts - self.before.counts
        for rule, more in sorted(counts.items()):
            false = more - (allowed if rule == self.case.rule else 0)
            if false <= 0 or rule in self.case.form.also:
                continue
            self._scores.of(rule).false += false
            places = ((each.path, each.line) for each in found.findings if each.rule == rule)
            self._tell(rule, "false" + where, _lines_of(texts, places))

    def _tell(self, rule: str, what: str, lines: tuple[str, ...]) -> None:
        if not self.case.held_out:
            self.result.misses.append(Miss(self.case.key, rule, what, lines))


def _look(
    host: Host, texts: Mapping[str, str], options: Mapping[str, Mapping[str, object]], result: BenchResult
) -> _Found:
    contents = host.others | {path: text.encode() for path, text in texts.items()}
    chosen = CodeOptions(
        profile=Profile.STRICT, today=TODAY, rule_options={key: each for key, each in options.items() if each}
    )
    section = analyze([Held(contents)], chosen)
    result.failures += section.failures
    # What is wrong with the files around is no business of this case.
    findings = tuple(each for each in section.findings if each.path in texts)
    return _Found(findings, Counter(each.rule for each in findings))


def _bad(host: Host) -> list[Finding]:
    source = Held(host.others | {host.path: host.text.encode()})
    section = analyze([source], CodeOptions(today=TODAY))
    return [
        each
        for each in section.findings
        if each.path == host.path and each.severity.at_least(Severity.MEDIUM)
    ]


def _lines_of(texts: Mapping[str, str], places: Iterable[tuple[str, int]]) -> tuple[str, ...]:
    found = []
    for path, line in places:
        lines = texts.get(path, "").splitlines()
        if 0 < line <= len(lines):
            found.append(f"{path}:{line}: {lines[line - 1].strip()}")
    return tuple(found)
