"""One attempt's files read, judged and explained."""

from dataclasses import dataclass, field, replace
from datetime import datetime

from analyzers.log_analyzer.components import Beside, Components
from analyzers.log_analyzer.confirmation import confirmed
from analyzers.log_analyzer.diagnosis import Diagnosis, diagnose, diagnose_dead_trigger, diagnose_lost
from analyzers.log_analyzer.evidence import evidence_of
from analyzers.log_analyzer.fingerprints import Identity, identify
from analyzers.log_analyzer.known_runs import KnownRuns
from analyzers.log_analyzer.layout import AttemptFiles
from analyzers.log_analyzer.outcome import End, Ending, end_of
from analyzers.log_analyzer.physical_lines import KeptLines, keep_lines
from analyzers.log_analyzer.record import Record
from analyzers.log_analyzer.records import in_order_of_time, records
from analyzers.log_analyzer.timestamps import moment
from analyzers.masking import mask
from dagaudit.errors import DagAuditError
from dagaudit.finding import Failure
from dagaudit.ports import LogSource
from dagaudit.task_attempt import Attempt, Outcome

PART = "log_analyzer"
_SILENT_DEATHS = frozenset({"sigkill", "log-ends-early"})


@dataclass(frozen=True, slots=True)
class ReadAttempt:
    """An attempt, and what its cause is made from."""

    attempt: Attempt
    failures: tuple[Failure, ...] = ()
    lines: int = 0
    diagnosis: Diagnosis | None = None
    identity: Identity | None = None
    ending: Ending = Ending.NOTHING

    @property
    def died_silently(self) -> bool:
        """Whether only the scheduler or Kubernetes could tell why it ended."""
        return self.ending is Ending.NOTHING or self.attempt.signature in _SILENT_DEATHS


@dataclass(frozen=True, slots=True)
class Around:
    """What is known of an attempt besides its own files."""

    has_later: bool = False
    """A further attempt followed it."""
    components: Components = field(default_factory=Components)
    known: KnownRuns = field(default_factory=KnownRuns)


def read_attempt(source: LogSource, files: AttemptFiles, around: Around | None = None) -> ReadAttempt:
    """Read the files of one attempt, main file first, and judge it by all that is known."""
    around = around or Around()
    kept: list[KeptLines] = []
    failures: list[Failure] = []
    for position, file in enumerate(files.files):
        try:
            with source.open(file) as stream:
                kept.append(keep_lines(stream))
        except DagAuditError as error:
            if not position:
                raise
            kept.append(KeptLines((), 0))
            failures.append(Failure(part=PART, path=file.path, message=str(error)))
    failures += [
        failure for file, lines in zip(files.files, kept, strict=True) for failure in _gaps(file.path, lines)
    ]
    found = in_order_of_time([record for i, lines in enumerate(kept) for record in records(lines.lines, i)])
    plain = plain_attempt(files, *(moment(stamp) for stamp in _span(found)))
    read = ReadAttempt(plain, tuple(failures), sum(lines.total for lines in kept))
    end = end_of([record for record in found if record.file == 0])
    read = replace(read, ending=end.ending, attempt=read.attempt.model_copy(update={"outcome": end.outcome}))
    scene = _Scene(files, kept, around.components.of(files.key, *_span(found)))
    found += scene.records()
    diagnosis = _diagnosis(found, end, files, around)
    if diagnosis is None:
        return read
    read = replace(read, attempt=read.attempt.model_copy(update={"outcome": Outcome.FAILED}))
    return _explained(read, scene, diagnosis)


def _diagnosis(found: list[Record], end: End, files: AttemptFiles, around: Around) -> Diagnosis | None:
    """Why the attempt failed, or None where it did not, as far as anybody knows."""
    if end.outcome is Outcome.FAILED:
        return confirmed(diagnose(found, end), files.key, around.known)
    if end.ending is Ending.NOTHING:
        # The log itself is silent, but what stands beside it may tell.
        ended = around.known.end_of(files.key)
        has_ended = around.has_later or (ended is not None and ended.outcome is Outcome.FAILED)
        aside = diagnose_lost(found, has_later=has_ended)
        return confirmed(aside, files.key, around.known) if aside else None
    return diagnose_dead_trigger(found) if end.ending is Ending.PAUSED else None


@dataclass(frozen=True, slots=True)
class _Scene:
    """An attempt's files as they were read, and the lines of components that speak of it behind them."""

    files: AttemptFiles
    kept: list[KeptLines]
    beside: list[Beside]

    def records(self) -> list[Record]:
        """The components' records, numbered as further files."""
        return [replace(line.record, file=len(self.kept) + i) for i, line in enumerate(self.beside)]

    @property
    def paths(self) -> tuple[str, ...]:
        """By file number."""
        return (*(file.path for file in self.files.files), *(line.path for line in self.beside))

    @property
    def physical(self) -> dict[tuple[int, int], str]:
        """The raw lines, by file number and line number."""
        own = {
            (i, line.number): line.data.decode("utf-8", "backslashreplace")
            for i, lines in enumerate(self.kept)
            for line in lines.lines
        }
        return own | {(r.file, r.line): b.text for r, b in zip(self.records(), self.beside, strict=True)}


def _span(found: list[Record]) -> tuple[float | None, float | None]:
    stamps = [record.timestamp for record in found if record.timestamp is not None]
    return min(stamps, default=None), max(stamps, default=None)


def _explained(read: ReadAttempt, scene: _Scene, diagnosis: Diagnosis) -> ReadAttempt:
    identity = identify(scene.files.key, diagnosis)
    root = diagnosis.root
    attempt = read.attempt.model_copy(
        update={
            "category": diagnosis.match.signature.category,
            "confidence": diagnosis.confidence,
            "signature": diagnosis.match.signature.id,
            "root_exception": mask(root.type)[:200] if root else None,
            "fingerprint": identity.fingerprint,
            "cause_id": identity.cause_id,
            "retryable": diagnosis.match.signature.retryable,
            "evidence": evidence_of(diagnosis, scene.physical, scene.paths),
        }
    )
    return replace(read, attempt=attempt, diagnosis=diagnosis, identity=identity)


def plain_attempt(files: AttemptFiles, started_at: datetime | None, ended_at: datetime | None) -> Attempt:
    """An attempt by its path and its times alone."""
    return Attempt(
        path=files.files[0].path,
        also=tuple(file.path for file in files.files[1:]),
        dag_id=files.key.dag_id,
        run_id=files.key.run_id,
        task_id=files.key.task_id,
        map_index=files.key.map_index,
        try_number=files.key.try_number,
        started_at=started_at,
        ended_at=ended_at,
    )


def _gaps(path: str, kept: KeptLines) -> list[Failure]:
    """What of a file was not looked at."""
    gaps = []
    if kept.damage:
        gaps.append(f"{kept.damage}; what stands before was read")
    if kept.cut:
        numbers = ", ".join(map(str, kept.cut[:5]))
        gaps.append(f"{len(kept.cut)} lines are too long and were read in part (line {numbers})")
    if kept.dropped:
        gaps.append(
            f"{kept.dropped} of {kept.total} lines, in the middle, were only searched for marks that decide"
        )
    return [Failure(part=PART, path=path, message=gap) for gap in gaps]
