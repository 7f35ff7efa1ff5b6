"""One shard of a run, and the merge of all of them."""

from dataclasses import dataclass, replace
from functools import partial

from analyzers.attempt import attempt
from analyzers.code_analyzer.audit_cache import BundleMemory, entry_key
from analyzers.code_analyzer.bundle_audit import audit_bundle, checks_of
from analyzers.code_analyzer.workers.pool import crew_of
from analyzers.run_all.audit import EXIT_RETRY, Ports, audit
from analyzers.run_all.plan import Plan
from analyzers.run_all.run import Stopped, Surroundings, TooSlow, check, code_options
from analyzers.run_all.shards import PartCache, WholeCache, Without, clean_up, lost, lost_shards, shard_plan
from analyzers.run_all.source_texts import Remembering
from dagaudit.errors import DagAuditError
from dagaudit.finding import Failure
from dagaudit.run_summary import RunSummary
from dagaudit.spec import AnalyzerName

EXIT_POISON = 42


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of which run this process is."""

    run: str
    """The name of the run's Job."""
    count: int
    index: int | None = None
    """None is the merge."""


def run_part(part: Part, plan: Plan, ports: Ports, around: Surroundings) -> RunSummary:
    """A shard or the merge, and what to tell of it.

    Raises:
        SourceUnreadable: the source cannot be listed; trying again may help.
        StoreUnwritable: what was found could not be kept.
    """
    check(plan)
    return (
        run_merge(part, plan, ports, around) if part.index is None else run_shard(part, plan, ports, around)
    )


def run_shard(part: Part, plan: Plan, ports: Ports, around: Surroundings) -> RunSummary:
    """Look at the files of one shard; 42 where trying again would end the same way."""
    asked = plan.asked(AnalyzerName.CODE)
    if asked is None or not ports.dags or part.index is None:
        return RunSummary(exit_code=0)
    source = Remembering(ports.dags[0], plan.exclude)
    written = shard_plan(ports.reports, part.run, source, part.count, around.clock())
    paths = frozenset(written.shards[part.index])
    if not paths:
        return RunSummary(exit_code=0, sections={"code": "skipped"})
    options = replace(code_options(plan), today=written.created_at.date())
    checks = checks_of(options)
    key = entry_key(source.address, 0, checks.rules, checks.settings)
    cache = PartCache(ports.reports, part.run, part.index, ports.audits)
    memory = BundleMemory(cache, key)
    crew = partial(crew_of, jobs=around.jobs, options=options, with_answers=True)
    passing: list[DagAuditError] = []

    def work() -> int:
        try:
            only = replace(checks, part=paths)
            return len(audit_bundle(0, source, only, memory, around.progress, crew).dags)
        except DagAuditError as error:
            passing.append(error)
            raise

    try:
        with around.interruptible(asked.timeout_seconds):
            made = attempt("code", work)
    except Stopped:
        return RunSummary(exit_code=EXIT_RETRY, error="the shard was told to end", stopped=True)
    except TooSlow:
        made = Failure(part="code", message=f"took longer than its {asked.timeout_seconds} seconds")
    if isinstance(made, Failure):
        code = EXIT_RETRY if passing else EXIT_POISON
        return RunSummary(exit_code=code, error=f"shard {part.index} of {part.count}: {made.message}")
    cache.ended()
    return RunSummary(exit_code=0, dags=made, sections={"code": "ok"})


def run_merge(part: Part, plan: Plan, ports: Ports, around: Surroundings) -> RunSummary:
    """The ordinary audit, which knows what the shards found; a lost shard costs its own files only."""
    if plan.asked(AnalyzerName.CODE) is not None and ports.dags:
        first = ports.dags[0]
        now = around.clock()
        written = shard_plan(ports.reports, part.run, Remembering(first, plan.exclude), part.count, now)
        gone = lost_shards(ports.reports, part.run, written)
        hidden = [path for index in gone for path in written.shards[index]]
        ports = replace(
            ports,
            dags=(Without(first, hidden), *ports.dags[1:]),
            audits=WholeCache(ports.reports, part.run, ports.audits),
            lost=tuple(lost(index, written) for index in gone),
            lost_files=len(hidden),
            day=written.created_at.date(),
        )
    outcome = audit(plan, ports, around)
    clean_up(ports.reports, part.run, around.clock())
    return outcome.summary
