"""Makes a whole report of the sections: every file as bytes, the manifest last."""

from collections.abc import Collection, Sequence
from datetime import datetime
from functools import partial

from pydantic_core import to_json

from analyzers.attempt import attempt
from analyzers.report_merger import manifest
from analyzers.report_merger.attention import Yardstick
from analyzers.report_merger.detail import detail
from analyzers.report_merger.files import PAGE, SARIF, Content, ReportFiles
from analyzers.report_merger.fleet import all_findings, facts
from analyzers.report_merger.gate import gate
from analyzers.report_merger.html import html
from analyzers.report_merger.rows import Judged, judged
from analyzers.report_merger.sections import Sections
from analyzers.report_merger.since_last import Comparison, Previous, compare
from analyzers.report_merger.tables import tables
from dagaudit.finding import Failure
from dagaudit.report import FINAL, SECTION_FILES, AuditInfo, Report, ReportStatus
from dagaudit.section import Section


def merge(  # noqa: PLR0913 - the forms are optional
    sections: Sections,
    previous: Previous,
    audit: AuditInfo,
    now: datetime,
    report_id: str,
    *,
    forms: Collection[str] = (SARIF, PAGE),
) -> ReportFiles:
    """The report's files by key below its folder, in the order to write them.

    Equal input gives equal bytes. `forms` are the files for people and other tools that are wanted besides.
    """
    comparison = compare(sections, previous, now)
    dags = facts(sections, comparison)
    yardstick = Yardstick.of(sections, dags)
    all_judged = [judged(dag, yardstick) for dag in dags]
    rows = [one.row for one in all_judged]
    report = manifest.manifest(sections, rows, comparison, (audit, report_id, now))
    report = report.model_copy(update={"gate": gate(report, all_findings(sections), comparison)})

    files: dict[str, Content] = {
        SECTION_FILES[name]: partial(_encoded, section) for name, section in sections.items()
    }
    made = tables(sections, [(one.row, one.verdict) for one in all_judged], comparison)
    files |= {entry.path: data for entry, data in made.items()}
    for one in all_judged:
        assert one.row.detail is not None
        model = one.facts.model
        text = sections.texts.get((model.bundle, model.path)) if model else None
        files[one.row.detail] = partial(detail, one, text, report_id, now)
    report = report.model_copy(update={"tables": tuple(made)})
    extras, failures = _extras(report, sections, all_judged, comparison, forms)
    if failures:
        report = _with_failures(report, failures)
    return ReportFiles({**files, **extras, FINAL: manifest.encode(report)})


def _encoded(section: Section) -> bytes:
    # Straight to bytes: the text of a large fleet's attempts would be a hundred megabytes more.
    return to_json(section, by_alias=False) + b"\n"


def _extras(
    report: Report,
    sections: Sections,
    all_judged: Sequence[Judged],
    comparison: Comparison,
    forms: Collection[str],
) -> tuple[dict[str, bytes], tuple[Failure, ...]]:
    """The files for people and other tools: losing one must not cost the report."""
    made: dict[str, bytes] = {}
    failures = []
    for name, work in (
        (SARIF, lambda: sarif(sections)),
        (PAGE, lambda: html(report, sections, all_judged, comparison)),
    ):
        if name not in forms:
            continue
        result = attempt(name, work)
        if isinstance(result, Failure):
            failures.append(result)
        else:
            made[name] = result
    return made, tuple(failures)


def sarif(sections: Sections) -> bytes:
    """The findings in the source as SARIF 2.1.0, by the code analyzer's own writer."""
    from analyzers.code_analyzer.formats import Shown
    from analyzers.code_analyzer.formats.sarif import render

    return render(Shown(sections.code)).encode()


def _with_failures(report: Report, failures: tuple[Failure, ...]) -> Report:
    status = ReportStatus.PARTIAL if report.status is ReportStatus.OK else report.status
    return report.model_copy(update={"failures": (*report.failures, *failures), "status": status})
