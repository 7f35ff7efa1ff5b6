"""DGA003: a suppression cannot be understood, or names a rule that does not exist.

It silences nothing, though its author believes that it does.

Bad:

    from airflow.sdk import DAG

    DEFAULTS = {"retries": 0}  # dagaudit: ignore[DGA301] until=soon  # <- here

Bad:

    from airflow.sdk import DAG

    DEFAULTS = {"retries": 0}  # dagaudit: ignore[no-retry]  # <- here

Good:

    from airflow.sdk import DAG

    DEFAULTS = {"retries": 0}  # dagaudit: ignore[DGA401] until=2999-12-31
"""

from collections.abc import Iterator

from analyzers.code_analyzer.context import SuppressionContext
from analyzers.code_analyzer.rule import Place, Problem, suppression_rule
from dagaudit.finding import Severity


@suppression_rule("DGA003", "malformed-suppression", Severity.LOW, tags=("suppression",))
def check(file: SuppressionContext) -> Iterator[Problem]:
    """Faulty comments, and those of ours that name no rule there is."""
    for comment in file.suppressions.comments:
        fault = comment.fault or _unknown(comment.keys if comment.ours else (), file.known)
        if fault:
            yield Problem(
                Place(comment.line, comment.column),
                f"this suppression silences nothing: {fault}",
                suggestion="Write it as `# dagaudit: ignore[DGA301] until=2027-03-01 reason=…`.",
            )


def _unknown(keys: tuple[str, ...], known: frozenset[str]) -> str | None:
    for key in keys:
        if key not in known and not any(name.startswith(key) for name in known):
            return f"there is no rule {key}"
    return None
