"""One attempt's files read, judged and explained."""

from dataclasses import dataclass, replace

from analyzers.log_analyzer.diagnosis import Diagnosis, diagnose, diagnose_dead_trigger, diagnose_lost
from analyzers.log_analyzer.evidence import evidence_of
from analyzers.log_analyzer.fingerprints import Identity, identify
from analyzers.log_analyzer.layout import AttemptFiles
from analyzers.log_analyzer.outcome import Ending, end_of
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


@dataclass(frozen=True, slots=True)
class ReadAttempt:
    """An attempt, and what its cause is made from."""

    attempt: Attempt
    failures: tuple[Failure, ...] = ()
    lines: int = 0
    diagnosis: Diagnosis | None = None
    identity: Identity | None = None
    ending: Ending = Ending.NOTHING


def read_attempt(source: LogSource, files: AttemptFiles, *, has_later: bool = False) -> ReadAttempt:
    """Read the files of one attempt, main file first; `has_later` where a further attempt followed it."""
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
    read = ReadAttempt(_plain(files, found), tuple(failures), sum(lines.total for lines in kept))
    end = end_of([record for record in found if record.file == 0])
    read = replace(read, ending=end.ending, attempt=read.attempt.model_copy(update={"outcome": end.outcome}))
    if end.outcome is Outcome.FAILED:
        return _explained(read, files, diagnose(found, end), kept)
    if end.ending is Ending.NOTHING:
        # The log itself is silent, but what stands beside it may tell.
        aside = diagnose_lost(found, has_later=has_later)
    elif end.ending is Ending.PAUSED:
        aside = diagnose_dead_trigger(found)
    else:
        return read
    if not aside:
        return read
    read = replace(read, attempt=read.attempt.model_copy(update={"outcome": Outcome.FAILED}))
    return _explained(read, files, aside, kept)


def _explained(
    read: ReadAttempt, files: AttemptFiles, diagnosis: Diagnosis, kept: list[KeptLines]
) -> ReadAttempt:
    identity = identify(files.key, diagnosis)
    physical = {
        (i, line.number): line.data.decode("utf-8", "backslashreplace")
        for i, lines in enumerate(kept)
        for line in lines.lines
    }
    paths = tuple(file.path for file in files.files)
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
            "evidence": evidence_of(diagnosis, physical, paths),
        }
    )
    return replace(read, attempt=attempt, diagnosis=diagnosis, identity=identity)


def _plain(files: AttemptFiles, found: list[Record]) -> Attempt:
    stamps = [record.timestamp for record in found if record.timestamp is not None]
    return Attempt(
        path=files.files[0].path,
        also=tuple(file.path for file in files.files[1:]),
        dag_id=files.key.dag_id,
        run_id=files.key.run_id,
        task_id=files.key.task_id,
        map_index=files.key.map_index,
        try_number=files.key.try_number,
        started_at=moment(min(stamps, default=None)),
        ended_at=moment(max(stamps, default=None)),
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
