"""DGA117: a trigger rule is not one that Airflow has.

Airflow refuses the file.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        EmptyOperator(task_id="end", trigger_rule="all_finished")  # <- here

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        EmptyOperator(task_id="end", trigger_rule="none_failed_or_skipped")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.empty import EmptyOperator

    with DAG("report", schedule="@daily"):
        EmptyOperator(task_id="end", trigger_rule="all_done")
"""

import ast
import difflib
from collections.abc import Iterator
from functools import lru_cache

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.model import Argument
from analyzers.code_analyzer.rule import Problem, Version, dag_rule
from analyzers.code_analyzer.rule_help import at
from dagaudit.finding import Fix, Severity

_RULES = frozenset(
    {"all_success", "all_failed", "all_done", "all_done_setup_success", "one_success", "one_failed",
     "one_done", "none_failed", "none_skipped", "always", "none_failed_min_one_success", "all_skipped"}
)  # fmt: skip
_SINCE = {"all_done_min_one_success": (3, 1)}
RENAMED = {"dummy": "always", "none_failed_or_skipped": "none_failed_min_one_success"}
"""What Airflow 2 called two of them, to what it calls them since."""
_BEFORE = {"dummy": (2, 3), "none_failed_or_skipped": (2, 3)}


@dag_rule("DGA117", "trigger-rule-invalid", Severity.HIGH, tags=("correctness",), fixes=edits.EITHER)
def check(context: DagContext) -> Iterator[Problem]:
    """Compare with the rules of the target version."""
    valid = _valid(context.settings.target)
    told: set[int] = set()
    for task in context.dag.tasks:
        argument = task.effective("trigger_rule")
        rule = argument.value.plain() if argument else None
        if not argument or not isinstance(rule, str) or rule.lower() in valid or id(argument.value) in told:
            continue
        told.add(id(argument.value))
        close = difflib.get_close_matches(rule.lower(), sorted(valid), n=1, cutoff=0.5)
        yield Problem(
            at(argument, context),
            f"there is no trigger rule `{rule}`",
            suggestion=f"did you mean `{close[0]}`?" if close else f"use one of {', '.join(sorted(valid))}",
            task_id=task.task_id,
            fix=_fix(argument, rule, close),
        )


def _fix(argument: Argument, rule: str, close: list[str]) -> Fix | None:
    """Old names have exactly one new one; what a typing error stands for is a guess."""
    node, parsed = argument.value.node, argument.value.file
    if parsed is None or not isinstance(node, ast.Constant):
        return None
    new = RENAMED.get(rule.lower())
    alike = difflib.get_close_matches(rule.lower(), close, n=1, cutoff=0.85)
    instead = new or (alike[0] if alike else None)
    made = edits.replace_word(parsed, node, rule, instead) if instead else []
    if not made:
        return None
    return edits.safe(f"use its new name, {new}", *made) if new else edits.unsafe(f"use {instead}", *made)


@lru_cache
def _valid(target: Version) -> frozenset[str]:
    return (
        _RULES
        | {name for name, since in _SINCE.items() if target >= since}
        | {name for name, before in _BEFORE.items() if target < before}
    )
