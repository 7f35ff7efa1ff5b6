"""Runs an audit in a pod or a script: the environment says what, the termination message says how it went.

    python -m analyzers [.run_all]                  all analyzers, and the report
    python -m analyzers.code_analyzer               one analyzer; its section lies below the reports root
    python -m analyzers.report_merger               the report, of the sections that lie there

With arguments these are the commands `dagaudit audit`, `code`, `stats` and `logs`.
"""

import logging
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from analyzers.run_all import audit
from analyzers.run_all.audit import Ports, Step
from analyzers.run_all.interruption import Interruption
from analyzers.run_all.plan import Named, Plan, filled, given_by_environment, plan
from analyzers.run_all.run import Surroundings
from dagaudit.cores import usable_cores
from dagaudit.errors import DagAuditError, SpecInvalid
from dagaudit.run_summary import RunSummary
from dagaudit.spec import left_out, spec_from_json

if TYPE_CHECKING:
    from analyzers.run_all.sharded import Part

log = logging.getLogger(__name__)

EXIT_RETRY = 1
EXIT_SPEC_INVALID = 78
TERMINATION_LOG = Path("/dev/termination-log")
# By the name of the module that was started: the command it is with arguments, and the step it is without.
COMMANDS = {
    "code": "code",
    "stats": "stats",
    "logs": "logs",
    "drift": "drift",
    "merge": "audit",
    "all": "audit",
}


def main(step: Step = "all") -> int:
    """Run one step, or all of them; the exit code of the contract."""
    if len(sys.argv) > 1:
        return _command(COMMANDS[step])
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    summary = run_step(step, os.environ)
    _leave_message(summary, os.environ)
    return summary.exit_code


def run_step(step: Step, environment: Mapping[str, str]) -> RunSummary:
    """What the environment asks for, and how it went; no error of ours gets out."""
    try:
        planned = plan_of(environment)
        with Interruption() as interruption:
            around = Surroundings(now, interruptible=interruption.interruptible, jobs=usable_cores())
            ports = open_ports(planned, environment)
            part = part_of(environment)
            if part is not None:
                from analyzers.run_all.sharded import run_part

                return run_part(part, planned, ports, around)
            return audit.run_step(step, planned, ports, around)
    except SpecInvalid as error:
        log.error("%s", error)
        return RunSummary(exit_code=EXIT_SPEC_INVALID, error=str(error))
    except DagAuditError as error:
        log.error("%s", error)
        return RunSummary(exit_code=EXIT_RETRY, error=str(error))


def plan_of(environment: Mapping[str, str]) -> Plan:
    """The plan that DAGAUDIT_SPEC and the names of the environment make."""
    given = given_by_environment(environment)
    text = environment.get("DAGAUDIT_SPEC")
    if not text:
        if given.reports is None:
            raise SpecInvalid(
                "neither DAGAUDIT_SPEC nor DASHBOARD_DATA_PATH is set; "
                "one of them must say where the report goes"
            )
        return plan(None, given)
    spec = spec_from_json(text)
    if missing := left_out(spec):
        log.warning("this version leaves out %s", ", ".join(missing))
    named = Named(
        spec,
        environment.get("DAGAUDIT_NAME") or "local",
        environment.get("DAGAUDIT_NAMESPACE") or None,
    )
    return plan(named, filled(named, given))


def part_of(environment: Mapping[str, str]) -> "Part | None":
    """The part of a sharded run that this process is, as the operator set it; None is the whole of a run."""
    kind = environment.get("DAGAUDIT_PART")
    if kind is None:
        return None
    from analyzers.run_all.sharded import Part

    try:
        index = int(environment["JOB_COMPLETION_INDEX"]) if kind == "shard" else None
        return Part(environment["DAGAUDIT_RUN"], int(environment["DAGAUDIT_SHARDS"]), index)
    except (KeyError, ValueError) as error:
        names = "DAGAUDIT_RUN, DAGAUDIT_SHARDS and, for a shard, JOB_COMPLETION_INDEX"
        raise SpecInvalid(f"DAGAUDIT_PART is {kind}, which needs {names}: {error}") from error


def open_ports(planned: Plan, environment: Mapping[str, str] = os.environ) -> Ports:
    """Every place that the plan names, opened; what this version cannot open yet is said, not lost."""
    from dagaudit import adapters

    reports = adapters.open_report_store(planned.reports, planned.kms_key_id)
    absent: dict[str, str] = {}
    logs = None
    if planned.logs:
        try:
            logs = adapters.open_log_source(planned.logs, reports, environment)
        except SpecInvalid as error:
            absent["logs"] = f"not available in this version: {error}"
    key = environment.get("LLM_API_KEY", "").strip() or None
    options = adapters.llm_options(planned.model, planned.gpu, key) if planned.model else None
    folder, document = None, ""
    if planned.copy_to:
        root, _, document = planned.copy_to.rpartition("/")
        folder = adapters.open_report_store(root or ("/" if planned.copy_to.startswith("/") else "."))
    return Ports(
        dags=tuple(adapters.open_dag_source(each, environment) for each in planned.dags),
        logs=logs,
        history=adapters.open_run_history(planned.history, environment, reports) if planned.history else None,
        llm=adapters.open_llm(planned.llm, options),
        cache=adapters.open_answer_cache(planned.reports, planned.kms_key_id),
        audits=adapters.open_audit_cache(planned.reports, planned.kms_key_id) if planned.remembers else None,
        reports=reports,
        copy_folder=folder,
        copy_name=document,
        absent=absent,
    )


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def _command(name: str) -> int:
    from dagaudit.cli import main as command_line

    sys.argv = ["dagaudit", name, *sys.argv[1:]]
    try:
        command_line()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _leave_message(summary: RunSummary, environment: Mapping[str, str]) -> None:
    """For the kubelet, which hands it to the operator; a laptop has no such file."""
    named = environment.get("DAGAUDIT_TERMINATION_LOG")
    path = Path(named) if named else TERMINATION_LOG
    if not named and not path.exists():
        return
    try:
        path.write_bytes(summary.message())
    except OSError as error:
        log.warning("%s: the summary cannot be left there: %s", path, error.strerror)


if __name__ == "__main__":
    sys.exit(main())
