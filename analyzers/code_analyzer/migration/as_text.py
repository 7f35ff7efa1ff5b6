"""The migration report for people: plain text and Markdown."""

import re
from collections.abc import Iterator

from analyzers.code_analyzer.migration.kinds import TITLES
from dagaudit.migration import Counts, Effect, MigrationChange, MigrationDag, MigrationReport, Step, Verdict

MAX_STEPS = 20
WORDS = {
    Effect.BREAKS_AT_PARSE: "breaks at parse",
    Effect.BREAKS_AT_RUN: "breaks at run",
    Effect.CHANGES_SILENTLY: "changes silently",
    Effect.DEPRECATED: "deprecated",
}
VERDICTS = {
    Verdict.BLOCKED: "blocked",
    Verdict.NEEDS_WORK: "needs work",
    Verdict.UNKNOWN: "unknown",
    Verdict.READY: "ready",
}


def text(report: MigrationReport) -> str:
    """The report as plain text."""
    return "\n".join(_text(report)) + "\n"


def markdown(report: MigrationReport) -> str:
    """The report as Markdown; whatever stands in the DAGs is escaped."""
    return "\n".join(_markdown(report)) + "\n"


def _text(report: MigrationReport) -> Iterator[str]:
    yield f"Airflow {report.from_version} to {report.to_version}: {_sentence(report)}"
    yield ""
    for dag in _sorted(report):
        yield f"{VERDICTS[dag.verdict]:<10}  {dag.dag_id}  ({dag.path}:{dag.line})  {_numbers(dag.counts)}"
        yield from (f"            {reason}" for reason in dag.reasons)
    for kind in report.kinds:
        yield ""
        places = f"{_numbers(kind.counts)} in {_many(kind.files, 'file')}, {_many(kind.dags, 'DAG')}"
        yield f"{kind.title}: {places}"
        for change in report.changes:
            if change.kind == kind.kind:
                yield f"  {_place(change)}: {change.message}{_remedy(change)}"
    if report.order:
        yield ""
        yield "Order of work: what holds up most DAGs first"
        for number, step in enumerate(report.order[:MAX_STEPS], 1):
            yield f"  {number}. {step.path}: {_then(step, report)}"
        if len(report.order) > MAX_STEPS:
            yield f"  and {len(report.order) - MAX_STEPS} more; --format json has them all"
    if report.providers:
        yield ""
        yield "Provider packages"
        for provider in report.providers:
            at_least = f">={provider.minimum}" if provider.minimum else ""
            new = ", part of Airflow's core before" if provider.since_3 else ""
            yield f"  {provider.package}{at_least}  ({_many(provider.files, 'file')}{new})"
    if report.failures:
        yield ""
        yield "Not looked at"
        yield from (f"  {failure.path or failure.part}: {failure.message}" for failure in report.failures)


def _markdown(report: MigrationReport) -> Iterator[str]:
    yield f"# Airflow {report.from_version} to {report.to_version}"
    yield ""
    yield _sentence(report)
    yield ""
    yield "| verdict | DAG | file | breaks at parse | at run | silently | deprecated | why |"
    yield "|---|---|---|---|---|---|---|---|"
    for dag in _sorted(report):
        counts = dag.counts
        numbers = (counts.breaks_at_parse, counts.breaks_at_run, counts.changes_silently, counts.deprecated)
        why = "<br>".join(map(_escaped, dag.reasons))
        cells = [
            VERDICTS[dag.verdict],
            _code(dag.dag_id),
            _code(f"{dag.path}:{dag.line}"),
            *map(str, numbers),
        ]
        yield f"| {' | '.join(cells)} | {why} |"
    for kind in report.kinds:
        yield from ("", f"## {TITLES[kind.kind]}", "")
        for change in report.changes:
            if change.kind == kind.kind:
                said = _escaped(change.message + _remedy(change))
                yield f"- {_code(_place(change))} *{WORDS[change.effect]}*: {said}"
    if report.order:
        yield from ("", "## Order of work", "")
        for number, step in enumerate(report.order, 1):
            yield f"{number}. {_code(step.path)}: {_then(step, report)}"
    if report.providers:
        yield from ("", "## Provider packages", "", "| package | from version | files | new beside core |")
        yield "|---|---|---|---|"
        for provider in report.providers:
            new = "yes" if provider.since_3 else ""
            yield f"| {provider.package} | {provider.minimum or ''} | {provider.files} | {new} |"
    if report.failures:
        yield from ("", "## Not looked at", "")
        yield from (f"- {_escaped(f'{each.path or each.part}: {each.message}')}" for each in report.failures)


def _then(step: Step, report: MigrationReport) -> str:
    places, dags = _many(step.counts.work, "place"), _many(step.dags, "DAG")
    return f"{places}, {dags}; {step.loads_then} of {report.totals.dags} DAGs load then"


def _sentence(report: MigrationReport) -> str:
    totals = report.totals
    said = (
        f"{_many(totals.dags, 'DAG')}: {totals.blocked} blocked, {totals.needs_work} need work, "
        f"{totals.unknown} unknown, {totals.ready} ready. {_numbers(totals.changes)}; "
        f"{totals.changes.fixable} of these can be mended by a tool."
    )
    left = report.coverage.seen - report.coverage.analyzed - report.coverage.skipped
    unread = totals.files_unread or left
    return (
        f"{said} {_many(unread, 'file')} could not be read: their DAGs are not counted." if unread else said
    )


def _sorted(report: MigrationReport) -> list[MigrationDag]:
    order = list(VERDICTS)
    return sorted(report.dags, key=lambda dag: (order.index(dag.verdict), dag.bundle, dag.path, dag.line))


def _numbers(counts: Counts) -> str:
    parts = [
        (counts.breaks_at_parse, "break at parse"),
        (counts.breaks_at_run, "break at run"),
        (counts.changes_silently, "change silently"),
        (counts.deprecated, "deprecated"),
    ]
    return ", ".join(f"{number} {words}" for number, words in parts if number) or "nothing to change"


def _place(change: MigrationChange) -> str:
    return f"{change.path}:{change.line}"


def _remedy(change: MigrationChange) -> str:
    by = f" [{change.fixed_by} can]" if change.fixed_by else ""
    return f"; {change.suggestion}{by}" if change.suggestion else by


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _code(text_: str) -> str:
    return "`" + text_.replace("`", "'").replace("|", "\\|").replace("\n", " ") + "`"


def _escaped(text_: str) -> str:
    plain = text_.replace("&", "&amp;").replace("<", "&lt;").replace("\n", " ")
    # Within a word an underscore is one; elsewhere it would set the text in italics.
    return re.sub(r"[|*\[\]#\\`]|(?<!\w)_|_(?!\w)", lambda found: f"\\{found[0]}", plain)
