"""What a rule is: its id, its words and one function that looks for one kind of problem.

A rule is one file in `rules/`: its docstring is its documentation (see `rule_text`), its function `check`
carries one of the three decorators below. Nothing else has to be edited to add one.

    @file_rule("DGA407", "star-import", Severity.MEDIUM)
    def check(file: FileContext) -> Iterator[Problem]:
        for node in file.all(ast.ImportFrom):
            if node.names[0].name == "*":
                yield Problem(node, f"`from {node.module} import *` hides where names come from")
"""

import ast
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from dagaudit.finding import Applicability, Confidence, Fix, Severity

if TYPE_CHECKING:
    from analyzers.code_analyzer.context import BundleContext, DagContext, FileContext, SuppressionContext
    from analyzers.code_analyzer.parsed_file import SourceBroken
    from analyzers.code_analyzer.values import Value

Version = tuple[int, int]
"""An Airflow version, as (3, 3)."""


class Kind(StrEnum):
    """What a rule looks at."""

    FILE = "file"
    DAG = "dag"
    BUNDLE = "bundle"
    BROKEN_FILE = "broken file"
    """A file that could not be parsed; only DGA101 looks at those."""
    SUPPRESSION = "suppression"
    """The suppressions of a file, after they did their work."""


class Profile(StrEnum):
    """Which rules run: `default` the precise defects, `strict` the policies too."""

    DEFAULT = "default"
    STRICT = "strict"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a problem is, for rules that hold no AST node. Lines and columns count from 1."""

    line: int
    column: int = 1
    end_line: int | None = None
    path: str | None = None
    """Relative to the bundle; None is the file at hand. Bundle rules must give it."""
    bundle: int | None = None
    code: str = ""
    """The flagged source text, for the fingerprint; the line's text where it is empty."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One problem that a rule found; `analyze` makes it a Finding."""

    where: "ast.AST | Value | Place | None"
    """A node of the file at hand, a value of the model (its file counts), or None for the DAG's own place."""
    message: str
    """What is wrong here, with the names at hand. Never a secret's value."""
    suggestion: str | None = None
    """What to write instead."""
    dag_id: str | None = None
    """DAG rules leave it open: it is filled from the DAG at hand."""
    task_id: str | None = None
    severity: Severity | None = None
    """Only where this case is less bad than the rule's."""
    confidence: Confidence | None = None
    """None: confirmed, or likely on a DAG whose model is partial."""
    hide: tuple[str, ...] = ()
    """Texts that must not leave: they become *** in whatever any rule says about this file."""
    fix: Fix | None = None
    """Edits of the file that `where` lies in; made with `fixes.edits`."""


Check = Callable[[Any], Iterable[Problem]]
Collect = Callable[["FileContext"], object]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule with its metadata; call it with the context of its kind."""

    id: str
    name: str
    severity: Severity
    kind: Kind
    check: Check
    documentation: str
    """The docstring of its module."""
    profile: Profile = Profile.DEFAULT
    tags: tuple[str, ...] = ()
    since: str = "0.1"
    """The version of DagAudit that brought it."""
    applies_from: Version | None = None
    """The first Airflow version it has a meaning for."""
    applies_until: Version | None = None
    """The last one."""
    options: Mapping[str, Any] = field(default_factory=dict)
    """Its settings with their defaults: `[tool.dagaudit.rules.DGA408] max_tasks = 800`."""
    fixes: tuple[Applicability, ...] = ()
    """Which kinds of fix it can offer."""
    collect: Collect | None = None
    """Bundle rules only: what to keep of each file; None of a file is not kept. It must pickle."""

    def __call__(self, context: Any) -> Iterable[Problem]:  # noqa: ANN401 - the kind decides which context
        """Look."""
        return self.check(context)

    def problems(self, context: Any) -> list[Problem]:  # noqa: ANN401
        """All that it finds."""
        return list(self.check(context))

    def applies_to(self, target: Version) -> bool:
        """Whether it has a meaning for this Airflow version."""
        return (self.applies_from or target) <= target <= (self.applies_until or target)


def file_rule(
    id: str,  # noqa: A002 - a rule's id is called id everywhere
    name: str,
    severity: Severity,
    **more: Any,  # noqa: ANN401 - the other fields of Rule, checked by it
) -> Callable[[Callable[["FileContext"], Iterable[Problem]]], Rule]:
    """Makes `check(file: FileContext)` a rule; `more` are the other fields of Rule."""
    return _rule(Kind.FILE, id, name, severity, more)


def dag_rule(
    id: str,  # noqa: A002
    name: str,
    severity: Severity,
    **more: Any,  # noqa: ANN401
) -> Callable[[Callable[["DagContext"], Iterable[Problem]]], Rule]:
    """Makes `check(dag: DagContext)` a rule, called once for each DAG that a file defines."""
    return _rule(Kind.DAG, id, name, severity, more)


def bundle_rule(
    id: str,  # noqa: A002
    name: str,
    severity: Severity,
    **more: Any,  # noqa: ANN401
) -> Callable[[Callable[["BundleContext"], Iterable[Problem]]], Rule]:
    """Makes `check(bundle: BundleContext)` a rule, called once after all files."""
    return _rule(Kind.BUNDLE, id, name, severity, more)


def broken_file_rule(
    id: str,  # noqa: A002
    name: str,
    severity: Severity,
    **more: Any,  # noqa: ANN401
) -> Callable[[Callable[["SourceBroken"], Iterable[Problem]]], Rule]:
    """Makes `check(error: SourceBroken)` a rule."""
    return _rule(Kind.BROKEN_FILE, id, name, severity, more)


def suppression_rule(
    id: str,  # noqa: A002
    name: str,
    severity: Severity,
    **more: Any,  # noqa: ANN401
) -> Callable[[Callable[["SuppressionContext"], Iterable[Problem]]], Rule]:
    """Makes `check(file: SuppressionContext)` a rule, called once for each file that has suppressions."""
    return _rule(Kind.SUPPRESSION, id, name, severity, more)


def _rule(
    kind: Kind, rule_id: str, name: str, severity: Severity, more: dict[str, Any]
) -> Callable[[Check], Rule]:
    def decorate(check: Check) -> Rule:
        documentation = sys.modules[check.__module__].__doc__ or ""
        return Rule(
            id=rule_id,
            name=name,
            severity=severity,
            kind=kind,
            check=check,
            documentation=documentation,
            **more,
        )

    return decorate
