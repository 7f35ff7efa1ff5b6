"""DGA600: the code uses a name that Airflow 3 removed, moved or renamed.

Ruff's rules AIR3xx know the tables; their codes stand in the message. What was removed fails when the file
is parsed or the task runs; what still works through a shim is low.

Bad:

    from airflow.sdk import DAG
    from airflow.operators.bash import BashOperator  # <- here

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load")

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="load", bash_command="load")
"""

import ast
import re
from collections.abc import Iterator

from analyzers.code_analyzer import ruff_engine
from analyzers.code_analyzer.context import BundleContext, FileContext
from analyzers.code_analyzer.rule import Place, Problem, bundle_rule
from dagaudit.finding import Severity

_NEW = ("airflow.sdk", "airflow.providers.standard")
# Words of Airflow 2 that code with the new imports may still hold.
_OLD_WORDS = re.compile(
    r"\b(schedule_interval|timetable|concurrency|fail_stop|default_view|orientation|sla_miss_callback|sla|use_dill"
    r"|execution_date|next_ds|prev_ds|tomorrow_ds|yesterday_ds|provide_context|task_concurrency|conf|Dataset\w*"
    r"|create_asset_\w+|iter_dataset\w*|get_context|filename_template|delegate_to)\b"
)
_NAME = re.compile(r"`([\w.]+)`")
_WORKS_BY_A_SHIM = ("AIR311", "AIR312", "AIR321")


def collect(file: FileContext) -> tuple[str, dict[str, int]] | None:
    """The text and the lines of its imports, where there may be something to find."""
    origins = [name for name in file.parsed.imports.values() if name.partition(".")[0] == "airflow"]
    if not origins:
        return None
    text = file.parsed.text
    if all(name.startswith(_NEW) for name in origins) and not _OLD_WORDS.search(text):
        return None
    lines = {
        f"{node.module}.{alias.name}": alias.lineno
        for node in file.all(ast.ImportFrom)
        if (node.module or "").startswith("airflow")
        for alias in node.names
    }
    return text, lines


@bundle_rule(
    "DGA600", "airflow-2-name", Severity.HIGH, applies_from=(3, 0), tags=("migration",), collect=collect
)
def check(bundle: BundleContext) -> Iterator[Problem]:
    """Ask ruff once for the whole bundle; a name is told once, where it is imported."""
    kept = bundle.of("DGA600")
    told: set[tuple[str, str, int]] = set()
    for each in ruff_engine.check({path: text for path, (text, _) in kept.items()}, "AIR3"):
        text, imports = kept[each.path]
        name = _NAME.match(each.message)
        line = imports.get(name[1], each.line) if name else each.line
        if (each.path, each.message, line) in told:
            continue
        told.add((each.path, each.message, line))
        yield Problem(
            Place(
                line,
                each.column if line == each.line else 1,
                path=each.path,
                code=text.splitlines()[line - 1].strip(),
            ),
            f"{each.message} ({each.code})",
            suggestion=each.fix,
            severity=Severity.LOW if each.code in _WORKS_BY_A_SHIM else None,
        )
