"""DGA133: a template is broken, or uses a name or filter that Airflow does not know.

A broken template fails the task when it runs. So does an unknown name: Airflow renders with
StrictUndefined.

Bad:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="a", bash_command="load {{ ds }")  # <- here
        BashOperator(task_id="b", bash_command="load {{ logical_dte }}")  # <- here

Good:

    from airflow.sdk import DAG
    from airflow.providers.standard.operators.bash import BashOperator

    with DAG("report", schedule="@daily"):
        BashOperator(task_id="a", bash_command="load {{ ds }}")
        BashOperator(task_id="b", bash_command="load {{ logical_date }}")
"""

import difflib
from collections.abc import Iterator

from analyzers.code_analyzer.context import DagContext
from analyzers.code_analyzer.rule import Problem, dag_rule
from analyzers.code_analyzer.rule_help import UNSET, dag_value
from analyzers.code_analyzer.task_templates import HOLE, TemplateUse, templates_of
from analyzers.code_analyzer.template_names import FILTERS, REMOVED_IN_3, context_names
from analyzers.code_analyzer.templates import known_filters
from analyzers.code_analyzer.values import Mapping
from dagaudit.finding import Severity


@dag_rule("DGA133", "jinja-syntax", Severity.HIGH, tags=("template",))
def check(context: DagContext) -> Iterator[Problem]:
    """Look at every template whose operator is known to render it."""
    uses = [use for use in templates_of(context) if use.rendered]
    if not uses:
        return
    own, filters = _own_names(context, "user_defined_macros"), _own_names(context, "user_defined_filters")
    for use in uses:
        problem = use.template.problem
        if problem is not None:
            if not use.has_holes:
                yield Problem(
                    use.place(problem.line, "{", context),
                    f"this template cannot be parsed: {problem.message}",
                    suggestion="mend it, or put literal braces into {% raw %} … {% endraw %}",
                    task_id=use.task.task_id,
                )
            continue
        if own is not None and not use.template.includes:
            yield from _unknown_names(use, own, context)
        if filters is not None:
            yield from _unknown_filters(use, filters, context)


def _unknown_names(use: TemplateUse, own: frozenset[str], context: DagContext) -> Iterator[Problem]:
    known = context_names(context.settings.target) | own
    told: set[str] = set()
    for reference in use.template.references:
        name = reference.name
        if (
            name in known
            or name in told
            or name in use.template.guarded
            or HOLE in name
            or name in REMOVED_IN_3
        ):
            continue
        told.add(name)
        close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.7)
        yield Problem(
            use.place(reference.line, name, context),
            f"templates have no `{name}`",
            suggestion=f"did you mean `{close[0]}`?"
            if close
            else "hand it over by params or user_defined_macros",
            task_id=use.task.task_id,
            severity=Severity.MEDIUM,
        )


def _unknown_filters(use: TemplateUse, own: frozenset[str], context: DagContext) -> Iterator[Problem]:
    known = known_filters() | FILTERS | own
    for reference in use.template.references:
        for name in reference.filters:
            if name in known:
                continue
            close = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)
            yield Problem(
                use.place(reference.line, name, context),
                f"templates have no filter `{name}`",
                suggestion=f"did you mean `{close[0]}`?" if close else "hand it over by user_defined_filters",
                task_id=use.task.task_id,
            )


def _own_names(context: DagContext, where: str) -> frozenset[str] | None:
    """What the DAG adds to every template; None where that is not known."""
    value = dag_value(context.dag, where)
    if value is UNSET or value is None:
        return frozenset()
    argument = context.dag.argument(where)
    if argument is None or not isinstance(argument.value, Mapping) or argument.value.open is not None:
        return None
    return frozenset(str(key) for key in argument.value.items)
