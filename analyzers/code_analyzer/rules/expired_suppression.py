"""DGA002: a suppression has passed its date.

Whoever wrote it promised to mend the problem by then. The finding that it silenced is shown again, and this
one says why it came back.

Bad:

    from airflow.sdk import *  # dagaudit: ignore[DGA407] until=2020-01-31 reason=until the cleanup  # <- here

Good:

    from airflow.sdk import *  # dagaudit: ignore[DGA407] until=2999-01-31 reason=until the cleanup
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import SuppressionContext
from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.suppression_edits import suppression_removed
from analyzers.code_analyzer.rule import Place, Problem, suppression_rule
from dagaudit.finding import Severity


@suppression_rule("DGA002", "expired-suppression", Severity.LOW, tags=("suppression",), fixes=edits.UNSAFE)
def check(file: SuppressionContext) -> Iterator[Problem]:
    """Each whose last day lies before today."""
    for comment in file.suppressions.comments:
        if comment.expired(file.today):
            reason = f" (it said: {comment.reason})" if comment.reason else ""
            made = suppression_removed(comment, comment.keys)
            yield Problem(
                Place(comment.line, comment.column),
                f"this suppression ended on {comment.until}{reason}",
                suggestion="Mend what it hid, or give it a new date and say why.",
                fix=edits.unsafe("remove it", *made) if made else None,
            )
