"""`dagaudit audit`: the main job, all analyzers and the report."""

import hashlib
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dagaudit.errors import SpecInvalid

if TYPE_CHECKING:
    from analyzers.run_all.audit import Outcome
    from analyzers.run_all.plan import Given, Named, Plan
    from dagaudit.spec import RuleProfile, Thresholds

EXIT_GATE_FAILED = 80


def command(
    dags: Annotated[
        list[str] | None,
        typer.Argument(metavar="[DAGS]...", help="Folders or addresses of DAGs; each is a bundle."),
    ] = None,
    logs: Annotated[
        str | None,
        typer.Option(metavar="ADDR", help="Task logs, in Airflow's path layout, or airflow+https://."),
    ] = None,
    history: Annotated[str | None, typer.Option(metavar="ADDR", help="Airflow's run history.")] = None,
    llm: Annotated[
        str | None, typer.Option(metavar="ADDR", help="The model that judges, as ollama://host:11434/model.")
    ] = None,
    reports: Annotated[
        str | None,
        typer.Option(
            metavar="ADDR", help="Reports root; default: one per DAGS in your data folder (XDG_DATA_HOME)."
        ),
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", "-f", metavar="FILE", help="A DagAudit, as kubectl apply takes it."),
    ] = None,
    profile: Annotated[str | None, typer.Option(help="default, or strict with the policy rules.")] = None,
    target: Annotated[str | None, typer.Option(help="The Airflow version to audit for.")] = None,
    fail_on: Annotated[
        str | None, typer.Option(metavar="SEVERITY", help="Exit 80 where a finding is this bad or worse.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="Processes that read DAG files, at most; default: the cores.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Print the report's path only.")] = False,
) -> None:
    """Audit DAGs, task logs and run history: 0 done, 1 a retry may help, 78 wrong input, 80 gate failed."""
    from analyzers.run_all.plan import Given

    given = Given(
        dags=tuple(dags or ()),
        logs=logs,
        history=history,
        llm=llm,
        reports=reports,
        profile=_profile(profile),
        target=target,
    )
    plan = _plan(given, file, fail_on)
    outcome = _run(plan, jobs, quiet=quiet)
    _tell(outcome, plan, quiet=quiet)
    raise typer.Exit(_exit_code(outcome))


def _plan(given: "Given", file: Path | None, fail_on: str | None) -> "Plan":
    from analyzers.run_all.plan import plan
    from dagaudit.cli.config import code_options

    audit = _audit_in(file, reports_given=given.reports is not None) if file else None
    if audit is None and not (given.dags or given.logs or given.history):
        raise SpecInvalid("nothing to audit; give a folder with DAGs, --logs ADDR, or -f audit.yaml")
    if audit is None and given.reports is None:
        given = replace(given, reports=str(_default_reports(given)))
    made = plan(audit, given)
    local = [Path(each.removeprefix("file://")) for each in made.dags if each.startswith("file://")]
    for folder in local:
        if not folder.exists():
            raise SpecInvalid(
                f"{folder} does not exist, or is a link to nothing; give a folder with DAGs, or a DAG file"
            )
    _check_logs(made.logs)
    return replace(
        made,
        name=made.name if audit else _name_of(given),
        code=code_options(local),
        thresholds=_thresholds(fail_on) if fail_on else made.thresholds,
    )


def _audit_in(file: Path, *, reports_given: bool) -> "Named":
    from analyzers.run_all.plan import Named
    from dagaudit.spec import load_audit

    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SpecInvalid(f"{file} cannot be read: {error}; `dagaudit init` writes a sample") from error
    audit = load_audit(text, str(file), reports_given=reports_given)
    return Named(audit.spec, audit.metadata.name, audit.metadata.namespace)


def _check_logs(address: str | None) -> None:
    if address and address.startswith("file://") and not Path(address.removeprefix("file://")).exists():
        raise SpecInvalid(
            f"{address.removeprefix('file://')} does not exist; give the folder of the task logs"
        )


def _default_reports(given: "Given") -> Path:
    """One root per audited place, so that a report is compared with an earlier one of the same DAGs."""
    base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    places = [*given.dags, given.logs or "", given.history or ""]
    absolute = [each if "://" in each or not each else os.path.realpath(each) for each in places]
    digest = hashlib.sha256("\0".join(absolute).encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return base / "dagaudit" / "reports" / f"{_name_of(given)}-{digest}"


def _name_of(given: "Given") -> str:
    """A word for the page's title: the folder's name."""
    first = (given.dags or (given.logs or given.history or "local",))[0].rstrip("/")
    last = first.rpartition("/")[2] if "://" in first else Path(os.path.realpath(first)).name
    return last or "local"


def _profile(text: str | None) -> "RuleProfile | None":
    from dagaudit.spec import RuleProfile

    if text is None:
        return None
    try:
        return RuleProfile(text.capitalize())
    except ValueError:
        raise SpecInvalid(f"--profile {text} is unknown; give default or strict") from None


def _thresholds(fail_on: str) -> "Thresholds":
    from dagaudit.finding import Severity
    from dagaudit.spec import Thresholds

    if fail_on not in ("critical", "high", "medium"):
        raise SpecInvalid(f"--fail-on {fail_on} is unknown; give critical, high or medium")
    floor = Severity(fail_on)
    return Thresholds(
        critical=0,
        high=0 if Severity.HIGH.at_least(floor) else None,
        medium=0 if Severity.MEDIUM.at_least(floor) else None,
    )


def _run(plan: "Plan", jobs: int | None, *, quiet: bool) -> "Outcome":
    from analyzers.__main__ import now, open_ports
    from analyzers.run_all.audit import audit
    from analyzers.run_all.interruption import Interruption
    from analyzers.run_all.run import Surroundings
    from dagaudit.cli.commits import tell_commits
    from dagaudit.cli.progress import ProgressBar
    from dagaudit.cores import usable_cores

    with ProgressBar(quiet=quiet) as bar, Interruption() as interruption:
        around = Surroundings(now, bar, interruption.interruptible, jobs or usable_cores())
        ports = open_ports(plan)
        outcome = audit(plan, ports, around)
    tell_commits(ports.dags)
    return outcome


def _tell(outcome: "Outcome", plan: "Plan", *, quiet: bool) -> None:
    from dagaudit.cli.audit_summary import last_line, summary
    from dagaudit.cli.output import console

    if not quiet:
        console().print(summary(outcome, plan.reports))
    sys.stdout.write(last_line(outcome, plan.reports) + "\n")


def _exit_code(outcome: "Outcome") -> int:
    from dagaudit.report import GateResult

    if outcome.summary.exit_code:
        return outcome.summary.exit_code
    return EXIT_GATE_FAILED if outcome.report.gate is GateResult.FAILED else 0
