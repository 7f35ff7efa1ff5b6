"""Applies fixes in memory, round by round, and keeps only those that do what a fix may do.

A fix counts when the result parses, its finding is gone, no other appears under any rule, and the DAGs of the
file are what they were: for a safe fix the whole model, for an unsafe one ids, edges and schedule. All fixes
of a file are tried at once; where that fails, one by one. At the end the bundle is looked at as a whole.
"""

import io
import tokenize
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.fixes.attempts import Attempt, attempts_in
from analyzers.code_analyzer.fixes.overlay import OverlaySource
from analyzers.code_analyzer.fixes.seen import Before, Seen, faults_of, seen_in, still_found, worse
from analyzers.code_analyzer.fixes.source_text import FixRefused, SourceText
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.parsed_file import SourceBroken, decode
from analyzers.code_analyzer.rule import Profile
from dagaudit.errors import SourceUnreadable
from dagaudit.finding import Failure, Finding
from dagaudit.ports import DagSource

MAX_ROUNDS = 20
_AIRFLOW_2 = (2, 11)
PART = "fix"
Audit = Callable[[Mapping[int, DagSource], frozenset[str] | None], Sequence[Finding]]
"""The findings of sources by their numbers; of these files alone, where some are named."""
Refuse = Callable[[int, str], str | None]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of the fix of a finding."""

    finding: Finding
    reason: str | None = None
    """Why it was not made; None where it was."""


@dataclass(slots=True)
class Mended:
    """What the fixes made of all sources."""

    files: list[dict[str, bytes]]
    """By bundle: path to content of the files that change."""
    before: list[dict[str, bytes]]
    settled: list[Settled] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)

    def undo(self, bundle: int, path: str, reason: str) -> None:
        """A file could not be written: nothing of it was fixed."""
        self.take_back(bundle, path, reason)
        self.failures.append(Failure(part=PART, path=path, message=reason))

    def take_back(self, bundle: int, path: str, reason: str) -> None:
        """Nothing of a file is fixed, for this reason."""
        del self.files[bundle][path]
        self.settled = [
            each
            if (each.finding.bundle, each.finding.path) != (bundle, path)
            else Settled(each.finding, reason)
            for each in self.settled
        ]

    @property
    def made(self) -> list[Finding]:
        """The findings that were mended."""
        return [each.finding for each in self.settled if each.reason is None]

    @property
    def dropped(self) -> list[Settled]:
        """Those whose fix was not made, and why."""
        last = {_identity(each.finding): each for each in self.settled}
        return [each for each in last.values() if each.reason is not None]


def _identity(finding: Finding) -> tuple[object, ...]:
    """What stays of a finding when lines move."""
    return (*finding.place[:2], finding.rule, finding.dag_id, finding.task_id, finding.message)


def mend(
    sources: Sequence[DagSource], audit: Audit, options: CodeOptions, refuse: Refuse, *, unsafe: bool
) -> Mended:
    """What the sources would be after all fixes of the findings that `audit` tells; nothing is written.

    `refuse` tells why a file cannot be changed, by its bundle and path.
    """
    # What a person sees who asks the same again; whoever names rules may name those of the strict profile.
    profile = Profile.STRICT if options.select or options.overrides else options.profile
    checked = CodeOptions(
        profile=profile, target=options.target, rule_options=options.rule_options, today=options.today
    )
    mended = Mended([{} for _ in sources], [{} for _ in sources])
    told = audit(dict(enumerate(sources)), None)
    for number, source in enumerate(sources):
        bundle = _Bundle(number, source, checked, mended)
        findings: Sequence[Finding] = [finding for finding in told if finding.bundle == number]
        for _ in range(MAX_ROUNDS):
            attempts = attempts_in(findings, unsafe=unsafe, dropped=bundle.dropped)
            allowed = bundle.allowed(attempts, refuse)
            if not allowed:
                break
            bundle.round(allowed)
            findings = audit({number: bundle.overlay()}, frozenset(allowed))
        else:
            message = f"fixes still bring other fixes after {MAX_ROUNDS} rounds; run it again"
            mended.failures.append(Failure(part=PART, message=message))
        bundle.finish()
    return mended


class _Bundle:
    """One source, with what was changed of it so far."""

    def __init__(self, number: int, source: DagSource, options: CodeOptions, mended: Mended) -> None:
        self.number = number
        self.dropped: set[object] = set()
        self._source = source
        self._options = options
        self._mended = mended
        self._changed = mended.files[number]
        self._listed = {file.path: file for file in source.files()}
        self._refused: set[str] = set()
        self._unsafe: dict[str, bool] = {}
        self._old = Seen()
        self._migrated: set[str] = set()

    def overlay(self, more: dict[str, bytes] | None = None) -> DagSource:
        return OverlaySource(self._source, {**self._changed, **(more or {})})

    def allowed(self, attempts: dict[str, list[Attempt]], refuse: Refuse) -> dict[str, list[Attempt]]:
        """Without the files that cannot be changed, which are told once."""
        kept = {}
        for path, of_file in attempts.items():
            if path not in self._listed:
                reason: str | None = f"{path} lies in an archive; fix its source, and build it anew"
            else:
                reason = refuse(self.number, path)
            if reason is None:
                kept[path] = of_file
            elif path not in self._refused:
                self._refused.add(path)
                self._mended.failures.append(Failure(part=PART, path=path, message=reason))
        return kept

    def round(self, attempts: dict[str, list[Attempt]]) -> None:
        """Try these on their files."""
        new = {path for path, of in attempts.items() if path not in self._migrated and _migrates(of)}
        if new:
            options = replace(self._options, scope=frozenset(new), target=_AIRFLOW_2)
            self._old = self._old.joined(seen_in(analyze([self._source], options)))
            self._migrated |= new
        before = Before(self._look(attempts, {}), self._old)
        good = self._together(attempts, before)
        alone = {path: of for path, of in attempts.items() if path not in good}
        good |= self._one_by_one(alone, before)
        for path, of in good.items():
            made = self._edited(of) if of else ""
            if isinstance(made, bytes):
                self._mended.before[self.number].setdefault(path, self._read(path))
                self._changed[path] = made
                self._unsafe[path] = self._unsafe.get(path, False) or any(each.unsafe for each in of)
                self._mended.settled += [Settled(finding) for each in of for finding in each.findings]

    def finish(self) -> None:
        """Look at the bundle as a whole, and take back the files that it suffers from."""
        if not self._changed:
            return
        cache = _Cache()
        # Of a file that Airflow 3 did not load, the bundle shows what it was in Airflow 2; what it has
        # become was compared when it was tried.
        was = seen_in(analyze([self._source], self._options, audits=cache)).without(self._migrated)
        while self._changed:
            whole = seen_in(analyze([self.overlay()], self._options, audits=cache)).without(self._migrated)
            faults = faults_of(Before(was, self._old), whole, self._unsafe)
            if not faults:
                return
            # A file that was not changed suffers from one that was; which, only trying would tell.
            everything = "; ".join(f"{path}: {reason}" for path, reason in faults.items())
            for path in sorted(self._changed.keys() & faults.keys() or self._changed.keys()):
                self._mended.take_back(self.number, path, faults.get(path, everything))

    def _together(self, attempts: dict[str, list[Attempt]], before: Before) -> dict[str, list[Attempt]]:
        """By path the fixes of the files in which all of them are good."""
        texts = {path: self._edited(of) for path, of in attempts.items()}
        made = {path: text for path, text in texts.items() if isinstance(text, bytes)}
        after = self._look(made, made)
        return {path: attempts[path] for path in made if self._fault(attempts[path], before, after) is None}

    def _one_by_one(self, attempts: dict[str, list[Attempt]], before: Before) -> dict[str, list[Attempt]]:
        """By path the fixes that are good beside those before them; the others are dropped."""
        good: dict[str, list[Attempt]] = {path: [] for path in attempts}
        was = dict.fromkeys(attempts, before)
        for turn in range(max(map(len, attempts.values()), default=0)):
            now = {path: of[turn] for path, of in attempts.items() if turn < len(of)}
            texts = {path: self._edited([*good[path], attempt]) for path, attempt in now.items()}
            made = {path: text for path, text in texts.items() if isinstance(text, bytes)}
            after = self._look(made, made)
            for path, attempt in now.items():
                text = texts[path]
                fault = text if isinstance(text, str) else self._fault([attempt], was[path], after)
                if fault is None:
                    good[path].append(attempt)
                    was[path] = Before(after, self._old)
                else:
                    self._drop(attempt, fault)
        return good

    def _fault(self, attempts: list[Attempt], before: Before, after: Seen) -> str | None:
        keys = [key for attempt in attempts for key in attempt.keys]
        unsafe = any(attempt.unsafe for attempt in attempts)
        return still_found(before, after, keys) or worse(attempts[0].path, before, after, unsafe=unsafe)

    def _drop(self, attempt: Attempt, reason: str) -> None:
        self.dropped.add(attempt.identity)
        self._mended.settled += [Settled(finding, reason) for finding in attempt.findings]

    def _edited(self, attempts: list[Attempt]) -> bytes | str:
        """The file after these fixes, or why they cannot be made."""
        path = attempts[0].path
        try:
            data = self._read(path)
            made = SourceText(path, data).edited({edit for each in attempts for edit in each.fix.edits})
        except (FixRefused, SourceUnreadable) as error:
            return str(error)
        speaks = any(each.findings[0].rule.startswith("DGA00") for each in attempts)
        if not speaks and _comments(path, data) != _comments(path, made):
            return "a comment would be lost"
        return made if made != data else "it changes nothing"

    def _read(self, path: str) -> bytes:
        return self._changed.get(path) or self._source.read(self._listed[path])

    def _look(self, paths: Iterable[str], more: dict[str, bytes]) -> Seen:
        """These files alone, with these changes."""
        scope = frozenset(paths)
        if not scope:
            return Seen()
        return seen_in(analyze([self.overlay(more)], replace(self._options, scope=scope)))


def _migrates(attempts: Iterable[Attempt]) -> bool:
    return any(each.migrates for each in attempts)


class _Cache:
    """What was found in files that did not change between two looks at the bundle."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, key: str) -> bytes | None:
        return self._kept.get(key)

    def put(self, key: str, data: bytes) -> None:
        self._kept[key] = data


def _comments(path: str, data: bytes) -> list[str]:
    try:
        text = decode(path, data)
        tokens = tokenize.generate_tokens(io.StringIO(text).readline)
        return sorted(token.string.rstrip() for token in tokens if token.type == tokenize.COMMENT)
    except (SourceBroken, tokenize.TokenError, SyntaxError):
        return []
