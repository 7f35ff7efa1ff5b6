"""The explicit outcome for what no signature explains."""

from analyzers.log_analyzer.signatures.signature import Scope, Signature
from dagaudit.finding import Confidence
from dagaudit.task_attempt import Category, CauseOwner

SIGNATURES = (
    Signature(
        id="unknown",
        category=Category.UNKNOWN,
        scope=Scope.RULE,
        owner=CauseOwner.DAG_AUTHOR,
        retryable=False,
        confidence=Confidence.SUSPECTED,
        weight=0,
        title="The attempt failed, and nothing in its log is known ({subject})",
        nobody="no exception",
        advice="Read the evidence; a signature for it would make the next one known.",
        positive="",
        negative="",
    ),
)
