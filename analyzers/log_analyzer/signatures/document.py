"""The catalogue as a page for people: docs/signatures.md."""

from analyzers.log_analyzer.signatures.catalogue import SIGNATURES
from analyzers.log_analyzer.signatures.signature import Scope, Signature
from dagaudit.task_attempt import Category

_HEAD = """<!-- Generated from analyzers/log_analyzer/signatures; `make generate` writes it anew. -->
# Signatures

How `dagaudit logs` knows why a task attempt failed. Each attempt gets the one signature that explains it
best: what the scheduler and Kubernetes say comes first, then what Airflow says about the end, then the
exception chain from its root outwards, then what a child process wrote last. Among several that fit, the
heavier one wins: an error code or an unmistakable phrase before a telling exception, that before an everyday
one, and a wrapper such as "Bash command failed" comes last.

*Sure* is how far a match alone may be trusted: confirmed, likely or suspected. A line of output instead of
an exception makes a confirmed one likely. *Retry* says whether trying again may help.
"""


def files() -> dict[str, str]:
    """What `make generate` writes, by path."""
    return {"docs/signatures.md": page()}


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for category in Category:
        rows = [_row(signature) for signature in SIGNATURES if signature.category is category]
        parts.append(
            f"\n## {category.value}\n\n| id | what it says | sure | retry | for | example | what to do |"
        )
        parts.append("|---|---|---|---|---|---|---|")
        parts += rows
    return "\n".join(parts) + "\n"


def _row(signature: Signature) -> str:
    example = signature.positive or "concluded by the analyzer"
    cells = (
        f"`{signature.id}`",
        signature.title.replace("{subject}", "…"),
        signature.confidence.value,
        "yes" if signature.retryable else "no",
        signature.owner.value,
        f"`{_plain(example)}`" if signature.scope is not Scope.RULE else example,
        signature.advice,
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("`", "'")
