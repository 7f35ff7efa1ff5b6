"""The verdict on each DAG, each file's share, and the order of work."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from analyzers.code_analyzer.migration.changes import WORST_FIRST, BundleFacts
from analyzers.code_analyzer.migration.file_facts import DagRow, FileFacts
from dagaudit.migration import Counts, Effect, MigrationChange, MigrationDag, MigrationFile, Step, Verdict

MAX_REASONS = 5


def counts_of(changes: Iterable[MigrationChange]) -> Counts:
    """How many there are of each effect."""
    numbers = dict.fromkeys(WORST_FIRST, 0)
    fixable = 0
    for change in changes:
        numbers[change.effect] += 1
        fixable += change.fixed_by is not None
    return Counts(**{effect.value: number for effect, number in numbers.items()}, fixable=fixable)


def dags_of(bundle: BundleFacts, changes: Sequence[MigrationChange]) -> Iterator[MigrationDag]:
    """Every DAG with its verdict, in the order of place."""
    by_path = _by_path(changes)
    for _, facts in sorted(bundle.files.items()):
        for row in facts.dags:
            yield _dag(bundle, facts, row, by_path)


def files_of(bundle: BundleFacts, changes: Sequence[MigrationChange]) -> Iterator[MigrationFile]:
    """Every file that defines DAGs or must change, in the order of path."""
    by_path = _by_path(changes)
    for path in sorted({*by_path, *(path for path, facts in bundle.files.items() if facts.dags)}):
        own = by_path.get(path, [])
        facts = bundle.files.get(path)
        yield MigrationFile(
            bundle=bundle.number,
            path=path,
            loads=_loads(bundle, path, facts, by_path),
            dags=bundle.dags_of(path),
            imported_by=bundle.links.importers(path),
            counts=counts_of(own),
        )


def order_of(
    bundles: Sequence[BundleFacts], changes: Sequence[MigrationChange], dags: Sequence[MigrationDag]
) -> tuple[Step, ...]:
    """The files to change: blockers first, then what holds up most DAGs, then what is little work."""
    left = [{*dag.blocked_by} for dag in dags]
    waiting: dict[tuple[int, str], list[set[str]]] = {}
    for dag, paths in zip(dags, left, strict=True):
        for path in paths:
            waiting.setdefault((dag.bundle, path), []).append(paths)
    loaded = sum(not paths for paths in left)
    steps = []
    for bundle, path, own in _in_order(bundles, changes):
        for paths in waiting.get((bundle, path), ()):
            paths.discard(path)
            loaded += not paths
        held = len({dag_id for change in own for dag_id in change.dag_ids})
        steps.append(Step(bundle=bundle, path=path, counts=counts_of(own), dags=held, loads_then=loaded))
    return tuple(steps)


def _in_order(
    bundles: Sequence[BundleFacts], changes: Sequence[MigrationChange]
) -> Iterator[tuple[int, str, list[MigrationChange]]]:
    found = []
    for bundle in bundles:
        for path, own in _by_path(each for each in changes if each.bundle == bundle.number).items():
            counts = counts_of(own)
            held = len({dag_id for change in own for dag_id in change.dag_ids})
            if counts.work:
                found.append((not counts.breaks_at_parse, -held, counts.work, bundle.number, path, own))
    for *_, number, path, own in sorted(found, key=lambda each: each[:5]):
        yield number, path, own


def _by_path(changes: Iterable[MigrationChange]) -> Mapping[str, list[MigrationChange]]:
    found: dict[str, list[MigrationChange]] = {}
    for change in changes:
        found.setdefault(change.path, []).append(change)
    return found


def _loads(
    bundle: BundleFacts, path: str, facts: FileFacts | None, by_path: Mapping[str, list[MigrationChange]]
) -> bool | None:
    if _blockers(bundle, path, by_path):
        return False
    return None if facts is None else True


def _blockers(
    bundle: BundleFacts, path: str, by_path: Mapping[str, list[MigrationChange]]
) -> tuple[str, ...]:
    """The files that must change before this one loads, itself first."""
    needed = [path, *sorted(bundle.links.needed_to_load(path))]
    return tuple(
        each
        for each in needed
        if any(change.effect is Effect.BREAKS_AT_PARSE for change in by_path.get(each, ()))
    )


def _dag(
    bundle: BundleFacts, facts: FileFacts, row: DagRow, by_path: Mapping[str, list[MigrationChange]]
) -> MigrationDag:
    loaded = (facts.path, *bundle.links.needed_to_load(facts.path))
    own = [change for path in loaded for change in by_path.get(path, ()) if row.dag_id in change.dag_ids]
    # What a task imports when it runs fails there, not when the DAG is loaded.
    late = [
        change.model_copy(update={"effect": Effect.BREAKS_AT_RUN})
        if change.effect is Effect.BREAKS_AT_PARSE
        else change
        for path in bundle.links.needed_to_run(facts.path)
        for change in by_path.get(path, ())
    ]
    changes = [*own, *late]
    blockers = _blockers(bundle, facts.path, by_path)
    verdict = _verdict(blockers, counts_of(changes), row)
    return MigrationDag(
        dag_id=row.dag_id,
        bundle=bundle.number,
        path=facts.path,
        line=row.line,
        tier=row.tier,
        verdict=verdict,
        reasons=tuple(_reasons(verdict, changes, row)),
        blocked_by=blockers,
        counts=counts_of(changes),
        unread=row.unread,
    )


def _verdict(blockers: tuple[str, ...], counts: Counts, row: DagRow) -> Verdict:
    if blockers:
        return Verdict.BLOCKED
    if counts.work:
        return Verdict.NEEDS_WORK
    return Verdict.UNKNOWN if row.hides else Verdict.READY


def _reasons(verdict: Verdict, changes: Sequence[MigrationChange], row: DagRow) -> Iterator[str]:
    if verdict is Verdict.UNKNOWN:
        yield from row.hides
        return
    if verdict is Verdict.READY:
        return
    work = [change for effect in WORST_FIRST[:3] for change in changes if change.effect is effect]
    for change in work[:MAX_REASONS]:
        yield f"{change.path}:{change.line}: {change.message}"
    if len(work) > MAX_REASONS:
        yield f"and {len(work) - MAX_REASONS} more"
    yield from row.hides
