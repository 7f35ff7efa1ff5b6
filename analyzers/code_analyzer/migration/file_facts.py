"""What the migration report keeps of each file beside the findings: DAGs, imports, what runs when."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.code_analyzer.context import BundleContext, FileContext
from analyzers.code_analyzer.gone_imports import is_guarded_import
from analyzers.code_analyzer.model import Dag
from analyzers.code_analyzer.rule import Kind, Problem, Rule
from dagaudit.dag import Tier
from dagaudit.finding import Severity

ID = "MIGRATION"


@dataclass(frozen=True, slots=True)
class DagRow:
    """One DAG of a file."""

    dag_id: str
    line: int
    tier: Tier
    unread: tuple[str, ...] = ()
    """What of it is not known, each with its line."""
    hides: tuple[str, ...] = ()
    """Those of them that may hide a need to change: arguments, tasks."""


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One imported name."""

    name: str
    """Dotted, with the member."""
    line: int
    at_parse: bool
    guarded: bool


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file."""

    path: str
    is_candidate: bool
    dags: tuple[DagRow, ...] = ()
    followed: tuple[str, ...] = ()
    """Files of the bundle that it imports, directly or not."""
    raises: str | None = None
    """Why Airflow certainly cannot load it, with the line."""
    raises_line: int = 1
    imports: tuple[ImportRow, ...] = ()
    later: tuple[tuple[int, int], ...] = ()
    """The lines of code that an import does not run: first and last of each function."""
    written_for_3: bool = False

    def at_parse(self, line: int) -> bool:
        """Whether the code of a line runs when the file is loaded."""
        return not any(first <= line <= last for first, last in self.later)


def _collect(file: FileContext) -> FileFacts:
    model = file.model
    return FileFacts(
        path=file.path,
        is_candidate=model.is_dag_candidate,
        dags=tuple(_dag_row(dag, file.path) for dag in file.dags) if model.is_dag_candidate else (),
        followed=tuple(path for path in model.imported if path != file.path),
        raises=model.raises_because,
        raises_line=getattr(model.raises, "lineno", 1),
        imports=tuple(_imports(file)),
        later=tuple(_later(file)),
        written_for_3=any(name.startswith("airflow.sdk") for name in file.parsed.imports.values()),
    )


def _nothing(bundle: BundleContext) -> Iterator[Problem]:  # noqa: ARG001 - a rule takes its context
    return iter(())


RULE = Rule(
    id=ID,
    name="migration-facts",
    severity=Severity.LOW,
    kind=Kind.BUNDLE,
    check=_nothing,
    documentation=__doc__ or "",
    collect=_collect,
)
"""Not one of the catalogue: it finds nothing, it only keeps the facts of each file."""


def _dag_row(dag: Dag, path: str) -> DagRow:
    unread = tuple(
        str(reason) if reason.path == path else f"{reason.path} {reason}"
        for reason in dag.reasons
        if "does not exist in the target version" not in reason.text
    )
    pattern = getattr(dag.id_value, "pattern", None)
    return DagRow(
        dag_id=dag.dag_id or (pattern() if pattern else "…"),
        line=dag.home_line,
        tier=dag.tier,
        unread=unread,
        hides=tuple(_hiding(dag)),
    )


def _hiding(dag: Dag) -> Iterator[str]:
    """Not the values of schedule, dates and ids: whatever they are, the code around them was read."""
    if dag.opaque:
        yield "nothing but its existence is known"
    if dag.open:
        yield f"the DAG may have other arguments: {dag.open}"
    if dag.default_args is not None and dag.default_args.open:
        yield f"default_args may hold other keys: {dag.default_args.open}"
    opened = [task for task in dag.tasks if task.open]
    if opened:
        yield f"`{opened[0].name}` may have other arguments: {opened[0].open}"
    for reason in dag.reasons:
        if "budget" in reason.text or "too deeply" in reason.text or "may bring anything" in reason.text:
            yield str(reason)


def _imports(file: FileContext) -> Iterator[ImportRow]:
    nodes: list[ast.Import | ast.ImportFrom] = [*file.all(ast.Import), *file.all(ast.ImportFrom)]
    for node in nodes:
        base = file.parsed.import_base(node) if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            name = f"{base}.{alias.name}" if base else alias.name
            if name.partition(".")[0] not in sys.stdlib_module_names:
                at_parse = file.scopes.at_parse(node)
                yield ImportRow(name, alias.lineno, at_parse, is_guarded_import(node, file.parsed))


def _later(file: FileContext) -> Iterator[tuple[int, int]]:
    for function in file.functions:
        first = function.body[0]
        if not file.scopes.at_parse(first):
            yield first.lineno, function.end_lineno or first.lineno
    for node in file.all(ast.If):
        if not file.scopes.at_parse(node.body[0]) and file.scopes.function(node) is None:
            yield node.body[0].lineno, node.body[-1].end_lineno or node.lineno
