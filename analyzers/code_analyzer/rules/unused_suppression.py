"""DGA001: a suppression silences nothing.

The problem it was written for has gone, or the comment stands on the wrong line. Left in place, it would hide
the next problem of that kind. A bare `noqa` is not reported: it may be meant for another tool.

Bad:

    from airflow.sdk import DAG

    with DAG("sales", schedule="@daily"):  # noqa: DGA407  # <- here
        pass

Good:

    from airflow.sdk import *  # noqa: DGA407

    with DAG("sales", schedule="@daily"):
        pass
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import SuppressionContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.suppression_edits import suppression_removed
from analyzers.code_analyzer.rule import Place, Problem, Profile, suppression_rule
from dagaudit.finding import Severity


@suppression_rule(
    "DGA001",
    "unused-suppression",
    Severity.LOW,
    profile=Profile.STRICT,
    tags=("suppression",),
    fixes=edits.SAFE,
)
def check(file: SuppressionContext) -> Iterator[Problem]:
    """Each key on its own: one comment may name several rules, of which some still find something."""
    for comment in file.suppressions.comments:
        if comment.fault or comment.expired(file.today):
            continue
        unused = [
            key
            for key in comment.keys
            if not any(rule.startswith(key) or key == name for rule, name in comment.used.items())
            and any(rule.startswith(key) or key == name for rule, name in file.ran.items())
        ]
        if unused:
            made = suppression_removed(comment, unused)
            yield Problem(
                Place(comment.line, comment.column),
                f"nothing is silenced here by {', '.join(unused)}",
                suggestion="Remove it, or put it on the line of the finding.",
                fix=edits.safe("remove it", *made) if made else None,
            )
