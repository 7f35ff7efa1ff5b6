"""DGA132: an f-string turns a Jinja template into plain text.

In an f-string `{{` is how one writes a single brace, so `f"{{ ds }}"` is the text `{ ds }`: Jinja finds
nothing to render and the task works with the braces themselves. Four braces, or a plain string beside the
f-string, keep the template.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    BUCKET = "sales"
    with DAG("export", schedule="@daily"):
        BashOperator(task_id="copy", bash_command=f"aws s3 cp s3://{BUCKET}/{{ ds }} .")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    BUCKET = "sales"
    with DAG("export", schedule="@daily"):
        BashOperator(task_id="copy", bash_command=f"aws s3 cp s3://{BUCKET}/{{{{ ds }}}} .")
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.rule import Problem, file_rule
from analyzers.code_analyzer.template_names import NEEDS_LOGICAL_DATE, REMOVED_IN_3
from dagaudit.finding import Fix, Severity

_PLAIN_NAMES = sorted(NEEDS_LOGICAL_DATE | REMOVED_IN_3.keys() - {"conf"}, key=len, reverse=True)
# Words that other texts use too count only with an attribute after them.
_ROOTS = (
    "dag_run",
    "params",
    "var.value",
    "var.json",
    "ti",
    "task_instance",
    "macros",
    "conn",
    "task",
    "dag",
)
_ATE = re.compile(
    r"(?<!\{)\{\s*(?P<name>(?:" + "|".join(_PLAIN_NAMES) + r")\b|run_id(?=\s)"
    r"|(?:" + "|".join(map(re.escape, _ROOTS)) + r")[.\[][^{}]*)[^{}]*\}(?!\})"
)  # fmt: skip

_IN_SOURCE = re.compile(
    _ATE.pattern.replace(r"(?<!\{)\{", r"(?<!\{)\{\{", 1).replace(r"\}(?!\})", r"\}\}(?!\})")
)


@file_rule("DGA132", "fstring-ate-template", Severity.HIGH, tags=("template",), fixes=edits.SAFE)
def check(file: FileContext) -> Iterator[Problem]:
    """Look at f-strings that run at parse time."""
    for node in file.parsed.nodes[ast.JoinedStr]:
        assert isinstance(node, ast.JoinedStr)
        found = _ATE.search(_text(node))
        if found is None or _is_format_template(file, node) or file.scopes.in_task(node):
            continue
        name = found["name"].strip()
        yield Problem(
            node,
            f"this f-string leaves `{{ {name} }}` with single braces, which Jinja does not render",
            suggestion=f"write four braces in the f-string: `{{{{{{{{ {name} }}}}}}}}`",
            fix=_fix(file, node),
        )


def _text(node: ast.JoinedStr) -> str:
    """What it evaluates to, with a mark for each value."""
    return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)


def _fix(file: FileContext, node: ast.JoinedStr) -> Fix | None:
    """Doubles the braces around each name; those that stand for a single one are two in the source."""
    made = []
    for line in range(node.lineno, (node.end_lineno or node.lineno) + 1):
        first = edits.start(file.parsed, node)[1] if line == node.lineno else 1
        last = edits.end(file.parsed, node)[1] if line == node.end_lineno else None
        text = file.parsed.line(line)[: last - 1 if last else None]
        for found in _IN_SOURCE.finditer(text, first - 1):
            # Inside of `{…}` stands code, in which two braces are a set or a dict.
            made.append(edits.insert((line, found.start() + 1), "{{"))
            made.append(edits.insert((line, found.end() + 1), "}}"))
    return edits.safe("write four braces", *made) if made else None


def _is_format_template(file: FileContext, node: ast.AST) -> bool:
    """Whether `.format(…)` fills the braces, at once or by a name that says so."""
    parent = file.parsed.parent(node)
    return isinstance(parent, ast.Attribute) and parent.attr in {"format", "format_map"}
