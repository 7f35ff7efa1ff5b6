"""Applies fixes in memory, round by round, and keeps only those that do what a fix may do.

A fix counts when the result parses, its finding is gone, no other appears under any rule, and the DAGs of the
file are what they were: for a safe fix the whole model, for an unsafe one ids, edges and schedule. All fixes
of a file are tried at once; where that fails, one by one. At the end of a round the bundle is looked at as a
whole.
"""

import io
import tokenize
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from analyzers.code_analyzer.analyze import analyze
from analyzers.code_analyzer.fixes.attempts import Attempt, attempts_in
from analyzers.code_analyzer.fixes.overlay import OverlaySource
from analyzers.code_analyzer.fixes.seen import Seen, fault_in, faults_of, seen_in
from analyzers.code_analyzer.fixes.source_text import FixRefused, SourceText
from analyzers.code_analyzer.options import CodeOptions
from analyzers.code_analyzer.parsed_file import SourceBroken, decode
from analyzers.code_analyzer.rule import Profile
from dagaudit.errors import SourceUnreadable
from dagaudit.finding import Failure, Finding
from dagaudit.ports import DagSource

MAX_ROUNDS = 20
PART = "fix"
Audit = Callable[[Sequence[DagSource]], Sequence[Finding]]
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

    @property
    def made(self) -> list[Finding]:
        """The findings that were mended."""
        return [each.finding for each in self.settled if each.reason is None]

    @property
    def dropped(self) -> list[Settled]:
        """Those whose fix was not made, and why."""
        return [each for each in self.settled if each.reason is not None]


def mend(
    sources: Sequence[DagSource], audit: Audit, options: CodeOptions, refuse: Refuse, *, unsafe: bool
) -> Mended:
    """What the sources would be after all fixes of the findings that `audit` tells; nothing is written.

    `refuse` tells why a file cannot be changed, by its bundle and path.
    """
    strict = CodeOptions(
        profile=Profile.STRICT, target=options.target, rule_options=options.rule_options, today=options.today
    )
    mended = Mended([{} for _ in sources], [{} for _ in sources])
    bundles = [_Bundle(number, source, strict, mended) for number, source in enumerate(sources)]
    for _ in range(MAX_ROUNDS):
        findings = audit([bundle.overlay() for bundle in bundles])
        went_on = False
        for bundle in bundles:
            own = [finding for finding in findings if finding.bundle == bundle.number]
            attempts = attempts_in(own, unsafe=unsafe, dropped=bundle.dropped)
            went_on |= bundle.round(bundle.allowed(attempts, refuse))
        if not went_on:
            return mended
    message = f"fixes still bring other fixes after {MAX_ROUNDS} rounds; run it again"
    mended.failures.append(Failure(part=PART, message=message))
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
        self._cache = _Cache()
        self._whole: Seen | None = None

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

    def round(self, attempts: dict[str, list[Attempt]]) -> bool:
        """Try these; whether any was made or ruled out."""
        if not attempts:
            return False
        before = self._look(attempts, {})
        good = self._together(attempts, before)
        alone = {path: of for path, of in attempts.items() if path not in good}
        good |= self._one_by_one(alone, before)
        self._keep({path: of for path, of in good.items() if of})
        return True

    def _together(self, attempts: dict[str, list[Attempt]], before: Seen) -> dict[str, list[Attempt]]:
        """By path the fixes of the files in which all of them are good."""
        texts = {path: self._edited(of) for path, of in attempts.items()}
        made = {path: text for path, text in texts.items() if isinstance(text, bytes)}
        after = self._look(made, made)
        return {path: attempts[path] for path in made if self._fault(attempts[path], before, after) is None}

    def _one_by_one(self, attempts: dict[str, list[Attempt]], before: Seen) -> dict[str, list[Attempt]]:
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
                    was[path] = after
                else:
                    self._drop(attempt, fault)
        return good

    def _keep(self, good: dict[str, list[Attempt]]) -> None:
        """Take the changes over, unless the bundle as a whole says no."""
        was = self._whole or self._look(None, {})
        while good:
            texts = {path: self._edited(of) for path, of in good.items()}
            made = {path: text for path, text in texts.items() if isinstance(text, bytes)}
            whole = self._look(None, made)
            unsafe = {path: any(each.unsafe for each in good[path]) for path in made}
            faults = faults_of(was, whole, unsafe)
            if not faults:
                for path in made:
                    self._mended.before[self.number].setdefault(path, self._read(path))
                self._changed.update(made)
                self._whole = whole
                self._mended.settled += [Settled(f) for of in good.values() for a in of for f in a.findings]
                return
            # A file that was not changed suffers from one that was; which, only trying would tell.
            guilty = good.keys() & faults.keys() or good.keys()
            for path in sorted(guilty):
                reason = faults.get(path) or "; ".join(f"{other}: {why}" for other, why in faults.items())
                for attempt in good[path]:
                    self._drop(attempt, reason)
            good = {path: of for path, of in good.items() if path not in guilty}

    def _fault(self, attempts: list[Attempt], before: Seen, after: Seen) -> str | None:
        keys = [key for attempt in attempts for key in attempt.keys]
        unsafe = any(attempt.unsafe for attempt in attempts)
        return fault_in(attempts[0].path, before, after, keys, unsafe=unsafe)

    def _drop(self, attempt: Attempt, reason: str) -> None:
        self.dropped.add(attempt.identity)
        self._mended.settled += [Settled(finding, reason) for finding in attempt.findings]

    def _edited(self, attempts: list[Attempt]) -> bytes | str:
        """The file after these fixes, or why they cannot be made."""
        path = attempts[0].path
        try:
            data = self._read(path)
            made = SourceText(path, data).edited(edit for each in attempts for edit in each.fix.edits)
        except (FixRefused, SourceUnreadable) as error:
            return str(error)
        speaks = any(each.findings[0].rule.startswith("DGA00") for each in attempts)
        if not speaks and _comments(path, data) != _comments(path, made):
            return "a comment would be lost"
        return made if made != data else "it changes nothing"

    def _read(self, path: str) -> bytes:
        return self._changed.get(path) or self._source.read(self._listed[path])

    def _look(self, paths: "dict[str, object] | dict[str, bytes] | dict[str, list[Attempt]] | None",
              more: dict[str, bytes]) -> Seen:  # fmt: skip
        """These files alone, or the whole bundle, with these changes."""
        scope = frozenset(paths) if paths is not None else None
        if scope is not None and not scope:
            return Seen()
        options = replace(self._options, scope=scope)
        cache = self._cache if scope is None else None
        return seen_in(analyze([self.overlay(more)], options, audits=cache))


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
