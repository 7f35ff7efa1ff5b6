"""DAG source and incidents as vectors, one row per DAG and per cause of failures."""

from collections.abc import Mapping

from analyzers.drift_checker.embedding import Embedder
from analyzers.drift_checker.night import Rows, sampled
from analyzers.drift_checker.numbers import LOOKED
from dagaudit.section import CodeSection, LogsSection
from dagaudit.task_attempt import Cause

MAX_ITEMS = 2_000
MAX_EVIDENCE = 20
Texts = Mapping[tuple[int, str], str]
"""The text of DAG files by bundle and path, secrets masked."""


def source(code: CodeSection, texts: Texts, embedder: Embedder) -> Rows | None:
    """A row per DAG: the file that defines it; None where the source was not looked at."""
    if code.status not in LOOKED:
        return None
    known = {dag.dag_id: dag for dag in code.dags if (dag.bundle, dag.path) in texts}
    items = sampled(list(known), MAX_ITEMS)
    places = [(known[item].bundle, known[item].path) for item in items]
    unique = sorted(set(places))
    vectors = embedder.embed([texts[place] for place in unique])
    row = {place: number for number, place in enumerate(unique)}
    return Rows(
        version=embedder.version,
        names=_dimensions(vectors.shape[-1] if items else 0),
        items=tuple(items),
        values=vectors[[row[place] for place in places]] if items else vectors.reshape(0, 0),
        labels=tuple(path for _, path in places),
        dags=tuple((item,) for item in items),
        seen=len(known),
    )


def incidents(logs: LogsSection, embedder: Embedder) -> Rows | None:
    """A row per cause of failures; None where no logs were looked at."""
    if logs.status not in LOOKED:
        return None
    causes = {cause.cause_id: cause for cause in logs.causes}
    items = sampled(list(causes), MAX_ITEMS)
    vectors = embedder.embed([_text(causes[item]) for item in items])
    return Rows(
        version=embedder.version,
        names=_dimensions(vectors.shape[-1] if items else 0),
        items=tuple(items),
        values=vectors if items else vectors.reshape(0, 0),
        labels=tuple(causes[item].title for item in items),
        dags=tuple(causes[item].dags for item in items),
        seen=len(causes),
    )


def _text(cause: Cause) -> str:
    """What was seen, not what we say about it: our advice changes with our versions."""
    lines = [line.text for line in cause.evidence[:MAX_EVIDENCE]]
    return "\n".join([cause.category.value, cause.root_exception or "", cause.title, *lines])


def _dimensions(number: int) -> tuple[str, ...]:
    return tuple(str(position) for position in range(number))
