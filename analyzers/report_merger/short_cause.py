"""Shortens a cause for a list or a page; causes.parquet has all of it."""

from analyzers.report_merger.text import clip
from dagaudit.task_attempt import Cause

MAX_TEXT = 1_000


def short_cause(cause: Cause, names: int, evidence: int) -> Cause:
    """At most so many names of DAGs and tasks and so many evidence lines; cut names are counted."""
    return cause.model_copy(
        update={
            "title": clip(cause.title, MAX_TEXT),
            "advice": clip(cause.advice, MAX_TEXT),
            "explanation": clip(cause.explanation, MAX_TEXT) if cause.explanation else None,
            "dags": cause.dags[:names],
            "dags_total": len(cause.dags) if len(cause.dags) > names else cause.dags_total,
            "tasks": cause.tasks[:names],
            "tasks_total": len(cause.tasks) if len(cause.tasks) > names else cause.tasks_total,
            "evidence": cause.evidence[:evidence],
        }
    )
