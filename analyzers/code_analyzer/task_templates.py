"""The templates of a DAG's tasks: every string that reaches an argument which Airflow renders.

A string that names a template file (`sql="load.sql"`) stands for that file's text, where the bundle has it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from posixpath import dirname, join, normpath

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.model import Argument, Dag, Task
from analyzers.code_analyzer.operator_table import Operator
from analyzers.code_analyzer.returned import returned_strings
from analyzers.code_analyzer.rule import Place
from analyzers.code_analyzer.rule_help import Where, operator_of, string_literals
from analyzers.code_analyzer.templates import Template, is_template, read_template, source_line
from analyzers.code_analyzer.values import Const, Function, Text, Value

HOLE = "hole_of_the_fstring"
"""What an unknown part of a string is read as."""

Read = Callable[[str], bytes | None]

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
    path: str | None = None
    """Of the template file, where the text stands in one."""

    def place(self, line: int, needle: str, context: DagContext) -> Where:
        """Where a line of the template stands in the source."""
        node, owner = self.value.node, self.value.file
        if self.path is not None:
            lines = self.template.text.splitlines()[line - 1 : line]
            return Place(line, path=self.path, code=lines[0].strip() if lines else "")
        if node is None or owner is None:
            return self.task
        first = getattr(node, "lineno", 1)
        number = source_line(line, needle, owner.lines, first, getattr(node, "end_lineno", None) or first)
        if number == first:
            return self.value
        text = owner.line(number)
        path = None if owner.path == context.file.path else owner.path
        return Place(number, len(text) - len(text.lstrip()) + 1, path=path, code=text.strip())


def templates_of(context: DagContext) -> Sequence[TemplateUse]:
    """Every template of the DAG's tasks, in the order of the source."""
    return _templates(context.dag, context.file.model.read_data)


@lru_cache(maxsize=64)
def _templates(dag: Dag, read: Read | None) -> Sequence[TemplateUse]:
    return tuple(use for task in dag.tasks for use in _uses(task, read))


def _uses(task: Task, read: Read | None) -> Iterator[TemplateUse]:
    operator = operator_of(task)
    fields = _template_fields(task, operator)
    for group in (task.arguments, task.expanded, task.inherited):
        for name, argument in group.items():
            if name in _NEVER_RENDERED or (group is task.inherited and name in task.arguments):
                continue
            if fields is not None and name not in fields:
                continue
            for value in string_literals(argument.value):
                use = _use(task, argument, value, rendered=fields is not None)
                if use is None and operator is not None and read is not None:
                    use = _file_use(task, argument, value, operator, read)
                if use is not None:
                    yield use
    if task.decorator == "task.bash" and task.function is not None:
        yield from _returned_commands(task, task.function)


def _returned_commands(task: Task, function: Function) -> Iterator[TemplateUse]:
    """What a `@task.bash` function returns is rendered like any other command."""
    for node, text in returned_strings(function):
        value = Const(text, node=node, file=function.file)
        use = _use(task, Argument("bash_command", value), value, rendered=True)
        if use is not None:
            yield use


def _use(task: Task, argument: Argument, value: Value, *, rendered: bool) -> TemplateUse | None:
    text = text_of(value)
    if not is_template(text):
        return None
    holes = isinstance(value, Text)
    return TemplateUse(task, argument, value, read_template(text), has_holes=holes, rendered=rendered)


def _file_use(
    task: Task, argument: Argument, value: Value, operator: Operator, read: Read
) -> TemplateUse | None:
    name = text_of(value)
    if (
        isinstance(value, Text)
        or value.file is None
        or not name.endswith(tuple(operator.template_ext) or ("\0",))
    ):
        return None
    # Airflow looks in the DAG's own folder first; what lies elsewhere than in the bundle cannot be read.
    for folder in (dirname(value.file.path), ""):
        path = normpath(join(folder, name.lstrip("/")))
        data = None if path.startswith("..") else read(path)
        if data is not None:
            template = read_template(data.decode("utf-8", "replace"))
            return TemplateUse(task, argument, value, template, has_holes=False, rendered=True, path=path)
    return None


def text_of(value: Value) -> str:
    """The text of a string, with a mark for each part that is not known; empty for anything else."""
    if isinstance(value, Text):
        return value.pattern(HOLE)
    return value.value if isinstance(value, Const) and isinstance(value.value, str) else ""


def _template_fields(task: Task, operator: Operator | None) -> frozenset[str] | None:
    """The names of the arguments that are rendered; None where they are not known."""
    if operator is None or operator.template_fields is None:
        return None
    fields = operator.template_fields
    return fields | _DECORATED if task.decorator else fields
