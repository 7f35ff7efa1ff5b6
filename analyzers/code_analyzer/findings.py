"""Makes findings of what rules yield: the exact place, the masked line, the owner, the fingerprint."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from analyzers.code_analyzer.rule import Place, Problem, Rule
from analyzers.masking import MARK, mask
from dagaudit.finding import Confidence, Finding, FingerprintParts, Fix, Severity

if TYPE_CHECKING:
    from analyzers.code_analyzer.model import Dag
    from analyzers.code_analyzer.parsed_file import ParsedFile

MAX_EVIDENCE = 500
_Located = ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias | ast.ExceptHandler


@dataclass(frozen=True, slots=True)
class Draft:
    """A finding that still lacks its number among equals; it holds no AST and pickles."""

    rule: str
    name: str
    severity: Severity
    confidence: Confidence
    bundle: int
    path: str
    line: int
    column: int
    end_line: int | None
    message: str
    suggestion: str | None
    dag_id: str | None = None
    task_id: str | None = None
    evidence: str | None = None
    function: str = ""
    code: str = ""
    fix: Fix | None = None

    @property
    def place(self) -> tuple[int, str, int, int, str, str]:
        """What drafts are sorted by."""
        return (self.bundle, self.path, self.line, self.column, self.rule, self.message)


def draft(rule: Rule, problem: Problem, place: Place, *, bundle: int) -> Draft:
    """A draft from a problem whose place is known in numbers."""
    return Draft(
        rule=rule.id,
        name=rule.name,
        severity=problem.severity or rule.severity,
        confidence=problem.confidence or Confidence.CONFIRMED,
        bundle=bundle if place.bundle is None else place.bundle,
        path=place.path or "",
        line=max(1, place.line),
        column=max(1, place.column),
        end_line=place.end_line,
        message=masked(problem.message),
        suggestion=masked(problem.suggestion) if problem.suggestion else None,
        dag_id=problem.dag_id,
        task_id=problem.task_id,
        code=masked(place.code),
        fix=_shareable(problem.fix),
    )


def _shareable(fix: Fix | None) -> Fix | None:
    """The fix, unless it would repeat a secret."""
    if fix is None or any(masked(edit.text) != edit.text for edit in fix.edits):
        return None
    return fix.model_copy(update={"message": masked(fix.message)})


def draft_in(rule: Rule, problem: Problem, parsed: "ParsedFile", dag: "Dag | None" = None) -> Draft:
    """A draft from a problem in a parsed file; a model value may lie in another file than the one at hand."""
    where = problem.where
    if where is None and dag is not None:
        where = dag
    if where is None:
        where = Place(1)
    if isinstance(where, Place):
        place, node, home = where, None, parsed
    else:
        node = where if isinstance(where, ast.AST) else where.node
        home = parsed if isinstance(where, ast.AST) else where.file or parsed
        place = place_of(node, home)
    if place.path is None:
        place = replace(place, path=home.path)
    made = draft(rule, problem, place, bundle=home.bundle)
    line = home.line(made.line) if place.path == home.path else ""
    return replace(
        made,
        evidence=evidence(line),
        function=home.qualname(node) if node is not None else "",
        code=made.code or masked(line),
    )


def hidden_in(each: Draft, texts: Collection[str]) -> Draft:
    """The draft without these texts: a rule found a secret that masking does not know by its shape."""
    # The longest first, so that no part of one is left over.
    pattern = re.compile("|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True)))

    def hide(text: str | None) -> str | None:
        return pattern.sub(MARK, text) if text else text

    return replace(
        each,
        message=hide(each.message) or "",
        suggestion=hide(each.suggestion),
        evidence=hide(each.evidence),
        code=hide(each.code) or "",
        fix=None if each.fix and any(hide(e.text) != e.text for e in each.fix.edits) else each.fix,
    )


@lru_cache(maxsize=4096)
def masked(text: str) -> str:
    """Without secrets; rules say the same words again and again."""
    return mask(text)


def evidence(line: str) -> str | None:
    """A line as it may be shown."""
    return masked(line.rstrip())[:MAX_EVIDENCE] or None


def place_of(node: ast.AST | None, parsed: "ParsedFile") -> Place:
    """A node's place; of a function, class or `with` its first line only."""
    if not isinstance(node, _Located):
        return Place(1, path=parsed.path)
    start = parsed.line(node.lineno)
    column = len(start.encode()[: node.col_offset].decode(errors="ignore")) + 1
    if getattr(node, "body", None) and isinstance(node, ast.stmt | ast.ExceptHandler):
        return Place(node.lineno, column, node.lineno, parsed.path, code=start.strip())
    return Place(node.lineno, column, node.end_lineno, parsed.path, code=_text(node, parsed))


def _text(
    node: ast.expr | ast.stmt | ast.arg | ast.keyword | ast.alias | ast.ExceptHandler, parsed: "ParsedFile"
) -> str:
    last = node.end_lineno or node.lineno
    lines = [parsed.line(number).encode() for number in range(node.lineno, last + 1)]
    lines[-1] = lines[-1][: node.end_col_offset]
    lines[0] = lines[0][node.col_offset :]
    return b"\n".join(lines).decode(errors="replace")


def findings_of(drafts: Iterable[Draft]) -> Iterator[Finding]:
    """Findings, sorted by place; equals are numbered, and what is wholly the same stands once."""
    counts: dict[tuple[int, str, str, str, str], int] = {}
    told: set[tuple[object, ...]] = set()
    for each in sorted(drafts, key=_order):
        # A loop makes many tasks from one line: what is said of the first holds for all of them.
        said = each.message.replace(f"`{each.task_id}`", "") if each.task_id else each.message
        if (key := (*each.place[:5], each.dag_id, said)) in told:
            continue
        told.add(key)
        owner = each.dag_id or each.path
        equal = (each.bundle, each.rule, owner, each.function, "".join(each.code.split()))
        ordinal = counts[equal] = counts.get(equal, -1) + 1
        parts = FingerprintParts(
            rule=each.rule, owner=owner, function=each.function, code=each.code, ordinal=ordinal
        )
        yield Finding(
            rule=each.rule,
            name=each.name,
            severity=each.severity,
            confidence=each.confidence,
            bundle=each.bundle,
            path=each.path,
            line=each.line,
            column=each.column,
            end_line=each.end_line,
            dag_id=each.dag_id,
            task_id=each.task_id,
            message=each.message,
            evidence=each.evidence,
            suggestion=each.suggestion,
            fix=each.fix,
            fingerprint=parts.fingerprint,
        )


def _order(each: Draft) -> tuple[tuple[int, str, int, int, str, str], str, str]:
    return (each.place, each.dag_id or "", each.task_id or "")
