"""Runs the rules over one file; what comes back holds no AST, so that the AST can go."""

import ast
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from analyzers.attempt import attempt_each
from analyzers.code_analyzer.context import DagContext, FileContext, Settings
from analyzers.code_analyzer.file_model import FileModel
from analyzers.code_analyzer.findings import Draft, draft_in, hidden_in
from analyzers.code_analyzer.reached_modules import ReachedModule, reached_modules
from analyzers.code_analyzer.rule import Kind, Problem, Rule
from analyzers.code_analyzer.suppressions import Suppressions, suppressions_of
from dagaudit.dag import Tier
from dagaudit.finding import Confidence, Failure

if TYPE_CHECKING:
    from analyzers.code_analyzer.model import Dag, Task
    from analyzers.code_analyzer.parsed_file import ParsedFile


@dataclass(slots=True)
class FileAudit:
    """What the rules say about one file."""

    path: str
    drafts: list[Draft] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    suppressions: dict[str, Suppressions] = field(default_factory=dict)
    """By path: a DAG's default_args may stand in a file that it imports."""
    collected: dict[str, Any] = field(default_factory=dict)
    """Rule id to what its `collect` kept."""
    hidden: set[str] = field(default_factory=set)
    """Texts that must not leave."""


def audit_file(model: "FileModel", rules: Iterable[Rule], settings: Settings) -> FileAudit:
    """Run the file's rules, the DAGs' rules, and the bundle rules' collectors."""
    context = FileContext(model, settings)
    audit = FileAudit(context.path, failures=list(model.failures))
    found = suppressions_of(context.parsed)
    if found.comments:
        audit.suppressions[context.path] = found
    rules = tuple(rules)
    homes = _Homes(context.dags)
    for rule, problem in _problems(_of_kind(rules, Kind.FILE), context, audit):
        _keep(audit, rule, homes.placed(problem, context.parsed), context.parsed)
    _look_further(context, _of_kind(rules, Kind.FILE), audit)
    of_dags = _of_kind(rules, Kind.DAG)
    for dag in context.dags:
        for rule, problem in _problems(of_dags, DagContext(dag, context), audit):
            _keep(audit, rule, _of_dag(problem, dag), context.parsed, dag)
    _collect(_of_kind(rules, Kind.BUNDLE), context, audit)
    if audit.hidden:
        audit.drafts = [hidden_in(each, audit.hidden) for each in audit.drafts]
    return audit


def _look_further(context: FileContext, rules: list[Rule], audit: FileAudit) -> None:
    """What is wrong in other files only because this one runs their code when it is parsed, or in a task."""
    if context.model.read_module is None or not context.parsed.imports:
        return
    for module in reached_modules(context):
        found, failures = _found_in(module, context, rules)
        audit.failures += [failure for failure in failures if failure not in audit.failures]
        for rule, problem in found:
            _keep(audit, rule, problem, module.parsed)
        comments = suppressions_of(module.parsed)
        if comments.comments:
            audit.suppressions.setdefault(module.parsed.path, comments)


_Found = tuple[list[tuple[Rule, Problem]], list[Failure]]
# Many DAGs call the same helpers: what was found in them holds for the next. The settings are kept beside it,
# so that nothing is taken from an earlier run that had others.
_KNOWN: OrderedDict[object, tuple[Settings, _Found]] = OrderedDict()
_MAX_KNOWN = 64


def _found_in(module: ReachedModule, context: FileContext, rules: list[Rule]) -> _Found:
    """What the rules say of the file with this one's calls, and do not say of it alone."""
    key = (module.parsed, *map(frozenset, (module.at_parse, module.handed, module.in_task)), len(rules))
    known = _KNOWN.get(key)
    if known is not None and known[0] is context.settings:
        return known[1]
    looked = FileAudit(module.parsed.path)
    alone = FileContext(FileModel(module.parsed, read_data=context.model.read_data), context.settings)
    said = {_said(rule, problem) for rule, problem in _problems(rules, alone, FileAudit(""))}
    found = [
        (rule, problem)
        for rule, problem in _problems(rules, module.context(context), looked)
        if isinstance(problem.where, ast.AST) and _said(rule, problem) not in said
    ]
    _KNOWN[key] = context.settings, (found, looked.failures)
    if len(_KNOWN) > _MAX_KNOWN:
        _KNOWN.popitem(last=False)
    return _KNOWN[key][1]


def _said(rule: Rule, problem: Problem) -> tuple[str, int, str]:
    return rule.id, id(problem.where), problem.message


def _of_kind(rules: Iterable[Rule], kind: Kind) -> list[Rule]:
    return [rule for rule in rules if rule.kind is kind]


def _problems(
    rules: Iterable[Rule], context: FileContext | DagContext, audit: FileAudit
) -> Iterator[tuple[Rule, Problem]]:
    for rule, found in attempt_each(rules, _part, lambda rule: list(rule.check(context)), audit.path):
        if isinstance(found, Failure):
            audit.failures.append(found)
            continue
        for problem in found:
            yield rule, problem


def _collect(rules: Iterable[Rule], context: FileContext, audit: FileAudit) -> None:
    collecting = [rule for rule in rules if rule.collect is not None]
    for rule, kept in attempt_each(collecting, _part, partial(_kept, context), audit.path):
        if isinstance(kept, Failure):
            audit.failures.append(kept)
        elif kept is not None:
            audit.collected[rule.id] = kept


def _kept(context: FileContext, rule: Rule) -> object:
    return rule.collect(context) if rule.collect is not None else None


def _part(rule: Rule) -> str:
    return f"rule {rule.id}"


def _keep(
    audit: FileAudit, rule: Rule, problem: Problem, parsed: "ParsedFile", dag: "Dag | None" = None
) -> None:
    made = draft_in(rule, problem, parsed, dag)
    audit.drafts.append(made)
    audit.hidden.update(problem.hide)
    home = getattr(problem.where, "file", None)
    if home is not None and made.path not in audit.suppressions and made.path != parsed.path:
        audit.suppressions[made.path] = suppressions_of(home)


def _of_dag(problem: Problem, dag: "Dag") -> Problem:
    confidence = Confidence.CONFIRMED if dag.tier is Tier.EXACT else Confidence.LIKELY
    return replace(problem, dag_id=problem.dag_id or dag.dag_id, confidence=problem.confidence or confidence)


class _Homes:
    """Which DAG and task a line of a file belongs to."""

    def __init__(self, dags: Sequence["Dag"]) -> None:
        self._dags = [dag for dag in dags if dag.dag_id is not None]
        self._only = self._dags[0].dag_id if len(dags) == 1 and self._dags else None
        self._tasks: dict[ast.AST, Task | None] = {}
        for dag in self._dags:
            for task in dag.tasks:
                if task.function is not None:
                    definition = task.function.definition
                    # Two tasks of one function: the problem belongs to neither alone.
                    self._tasks[definition] = None if definition in self._tasks else task

    def placed(self, problem: Problem, parsed: "ParsedFile") -> Problem:
        """The same with its DAG and task, where they are plain."""
        if problem.dag_id is not None or not self._dags:
            return problem
        node = problem.where if isinstance(problem.where, ast.AST) else None
        dag_id, task_id = self._only, None
        around = [] if node is None else [node, *parsed.ancestors(node)]
        for each in around:
            task = self._tasks.get(each)
            if task is not None and task.dag is not None:
                dag_id, task_id = task.dag.dag_id, problem.task_id or task.task_id
                break
        if dag_id is None:
            dag_id = self._around(around)
        return replace(problem, dag_id=dag_id, task_id=task_id or problem.task_id)

    def _around(self, around: Sequence[ast.AST]) -> str | None:
        """The DAG whose `with` block or decorated function holds the node."""
        for dag in self._dags:
            home = dag.function.definition if dag.function is not None else None
            for each in around:
                if each is home and home is not None:
                    return dag.dag_id
                if isinstance(each, ast.With) and any(item.context_expr is dag.node for item in each.items):
                    return dag.dag_id
        return None
