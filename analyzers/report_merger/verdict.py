"""One sentence per DAG and one for the whole report: how it is, and why."""

from analyzers.report_merger.attention import CHANGED, Troubles
from analyzers.report_merger.fleet import DagFacts
from analyzers.report_merger.text import count, listed, one_line
from dagaudit.finding import Severity
from dagaudit.report import Health, Report, ReportStatus
from dagaudit.run_problem import ProblemKind

MAX_TITLE = 160
LOUD = (Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM)


def of_dag(dag: DagFacts, troubles: Troubles, health: Health) -> str:
    """As: Failing: the newest run failed, as did 3 of 14 runs; likely ConnectionError …; 2 high findings."""
    said = [_runs(dag, troubles), _problem(dag), _cause(dag), _findings(dag)]
    words = "; ".join(part for part in said if part)
    return f"{_word(health)}: {words or 'nothing is known of its source or its runs'}."


def _word(health: Health) -> str:
    return health.value.replace("_", " ").capitalize()


def _runs(dag: DagFacts, troubles: Troubles) -> str:
    runs = dag.runs
    if runs is None or not runs.runs:
        return "the newest run failed" if troubles.newest_run_failed else ""
    tally = f"{runs.failed_runs:,} of {count(runs.runs, 'run')} failed"
    if troubles.never_succeeded:
        return f"no run is known to have succeeded, {tally}"
    if troubles.newest_run_failed:
        return f"the newest run failed; {tally}" if runs.runs > 1 else "its only known run failed"
    late = "; its newest run is late" if troubles.late else ""
    if runs.failed_runs:
        return f"the newest run succeeded, {tally}{late}"
    return f"no failure in {count(runs.runs, 'known run')}{late}"


def _problem(dag: DagFacts) -> str:
    if not dag.problems or dag.problems[0].kind.rank > ProblemKind.FLAKY.rank:
        return ""
    more = (
        f", and {count(len(dag.problems) - 1, 'more problem')} of its runs" if len(dag.problems) > 1 else ""
    )
    return f"{one_line(dag.problems[0].message, MAX_TITLE).rstrip('.')}{more}"


def _cause(dag: DagFacts) -> str:
    if not dag.causes:
        return ""
    first = dag.causes[0]
    others = (first.dags_total or len(first.dags)) - 1
    shared = f", shared with {count(others, 'other DAG')}" if others else ""
    more = f", and {count(len(dag.causes) - 1, 'more cause')}" if len(dag.causes) > 1 else ""
    return f"cause ({first.confidence}): {one_line(first.title, MAX_TITLE).rstrip('.')}{shared}{more}"


def _findings(dag: DagFacts) -> str:
    if not dag.findings:
        return "no findings in the source" if dag.model else ""
    counts = {severity: sum(one.severity is severity for one in dag.findings) for severity in Severity}
    loud = [f"{counts[severity]} {severity}" for severity in LOUD if counts[severity]]
    if not loud:
        return count(counts[Severity.LOW], "low finding")
    changed = sum(state in CHANGED for state in dag.states.values())
    new = f" ({changed} new)" if changed else ""
    total = sum(counts[severity] for severity in LOUD)
    return f"{listed(loud)} {'finding' if total == 1 else 'findings'}{new}"


def of_report(report: Report) -> str:
    """What a tired reader needs to know first; never all clear unless everything was looked at."""
    said = []
    health = report.totals.dags_by_health
    dags = report.totals.dags
    failing, at_risk = health.get(Health.FAILING, 0), health.get(Health.AT_RISK, 0)
    if failing:
        causes = f" from {count(report.totals.causes, 'cause')}" if report.totals.causes else ""
        said.append(f"{failing:,} of {count(dags, 'DAG')} {'is' if failing == 1 else 'are'} failing{causes}")
    if at_risk:
        of_all = "" if failing else f" of {count(dags, 'DAG')}"
        said.append(f"{at_risk:,}{of_all} {'is' if at_risk == 1 else 'are'} at risk")
    loud = [
        f"{number:,} {severity}"
        for severity in (Severity.CRITICAL, Severity.HIGH)
        if (number := report.totals.findings_by_severity.get(severity, 0))
    ]
    if loud:
        one = sum(report.totals.findings_by_severity.get(word, 0) for word in LOUD[:2]) == 1
        said.append(f"{listed(loud)} {'finding' if one else 'findings'}")
    if not said:
        if report.status is ReportStatus.OK and dags and not report.totals.causes:
            return f"All clear: nothing is failing and nothing high was found in {count(dags, 'DAG')}."
        if not dags:
            return "No DAG was found where the audit looked." + _incomplete(report)
        said.append(f"nothing burning in {count(dags, 'DAG')}")
    sentence = "; ".join(said)
    return sentence[0].upper() + sentence[1:] + "." + _incomplete(report)


def _incomplete(report: Report) -> str:
    if report.status is ReportStatus.OK:
        return ""
    if report.status is ReportStatus.FAILED:
        return " Nothing could be looked at: see below."
    return " Not everything could be looked at: see below."
