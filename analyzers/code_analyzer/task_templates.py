"""The templates of a DAG's tasks: every string that reaches an argument which Airflow renders."""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Argument, Dag, Task
from analyzers.code_analyzer.rule import Place
from analyzers.code_analyzer.rule_help import operator_of, string_literals
from analyzers.code_analyzer.templates import Template, is_template, read_template, source_line
from analyzers.code_analyzer.values import Const, Text, Value

HOLE = "hole_of_the_fstring"
"""What an unknown part of a string is read as."""

# Arguments of any operator that Airflow never renders, whatever they hold.
_NEVER_RENDERED = frozenset(
    {"task_id", "doc", "doc_md", "doc_json", "doc_yaml", "doc_rst", "task_display_name", "default_args",
     "python_callable", "retries", "pool", "queue", "trigger_rule", "owner"}
)  # fmt: skip
# `@task` functions get their arguments through these, by whatever name they were given.
_DECORATED = frozenset({"op_args", "op_kwargs"})


@dataclass(frozen=True, slots=True)
class TemplateUse:
    """A template in an argument of a task."""

    task: Task
    argument: Argument
    value: Value
    template: Template
    has_holes: bool
    """Whether parts of it are not known: then what is missing proves nothing."""
    rendered: bool
    """Whether the operator is known to render this argument; False where its class is not known."""

    def place(self, line: int, needle: str, context: DagContext) -> ast.AST | Place:
        """Where a line of the template stands in the source."""
        node, owner = self.value.node, self.value.file
        if node is None or owner is None:
            return self.argument.keyword or self.task.node or Place(1)
        first = getattr(node, "lineno", 1)
        number = source_line(line, needle, owner.lines, first, getattr(node, "end_lineno", None) or first)
        if owner.path == context.file.path and number == first:
            return node
        path = None if owner.path == context.file.path else owner.path
        text = owner.line(number)
        column = len(text) - len(text.lstrip()) + 1
        return Place(number, column, path=path, code=text.strip())


@lru_cache(maxsize=64)
def templates_of(dag: Dag) -> Sequence[TemplateUse]:
    """Every template of the DAG's tasks, in the order of the source."""
    return tuple(use for task in dag.tasks for use in _uses(task))


def _uses(task: Task) -> Iterator[TemplateUse]:
    fields = _template_fields(task)
    for group in (task.arguments, task.expanded, task.inherited):
        for name, argument in group.items():
            if name in _NEVER_RENDERED or (group is task.inherited and name in task.arguments):
                continue
            if fields is not None and name not in fields:
                continue
            for value in string_literals(argument.value):
                text = text_of(value)
                if is_template(text):
                    yield TemplateUse(
                        task,
                        argument,
                        value,
                        read_template(text),
                        has_holes=isinstance(value, Text),
                        rendered=fields is not None,
                    )


def text_of(value: Value) -> str:
    """The text of a string, with a mark for each part that is not known; empty for anything else."""
    if isinstance(value, Text):
        return value.pattern(HOLE)
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else ""


def _template_fields(task: Task) -> frozenset[str] | None:
    """The names of the arguments that are rendered; None where they are not known."""
    operator = operator_of(task)
    if operator is None or operator.template_fields is None:
        return None
    fields = operator.template_fields
    return fields | _DECORATED if task.decorator else fields
