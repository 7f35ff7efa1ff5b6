"""The log analyzer: every attempt found at a log source, and the causes of the failed ones."""

import logging
from collections import Counter
from collections.abc import Iterator
from functools import partial

from analyzers.analyzer import NoProgress, Progress
from analyzers.attempt import attempt
from analyzers.log_analyzer.clusters import causes_of
from analyzers.log_analyzer.components import components_of, is_component
from analyzers.log_analyzer.courses import with_courses
from analyzers.log_analyzer.known_runs import KnownRuns
from analyzers.log_analyzer.layout import AttemptFiles, Layout
from analyzers.log_analyzer.options import LogOptions
from analyzers.log_analyzer.outcome import Ending
from analyzers.log_analyzer.task_log import PART, Around, ReadAttempt, plain_attempt, read_attempt
from dagaudit.finding import Failure, Metric
from dagaudit.ports import FailuresAlone, LogSource, SourceFile
from dagaudit.section import Coverage, LogsSection, status_of
from dagaudit.task_attempt import Outcome

log = logging.getLogger(__name__)

MAX_STRANGE = 20


def analyze(
    source: LogSource, options: LogOptions | None = None, progress: Progress | None = None
) -> LogsSection:
    """Read every attempt at the source, one after the other, and explain the failed ones.

    Raises:
        SourceUnreadable: the source itself cannot be listed.
    """
    options, progress = options or LogOptions(), progress or NoProgress()
    listed = list(source.files())
    found, strange = Layout.of_template(options.log_filename_template).attempts(listed)
    components = components_of(source, [file for file in strange if is_component(file.path)])
    strange = [file for file in strange if not is_component(file.path)]
    failures = [*_unlisted(source, listed), *components.failures]
    recent = [files for files in found if _is_recent(files, options)]
    # The layout sorts by attempt, so that the last one of an instance stays.
    last = {files.key.instance: files.key.try_number for files in found}
    known = KnownRuns.of(options.history)
    read: list[ReadAttempt] = []
    lost = 0
    progress.start(PART, len(recent))
    for files in recent:
        around = Around(files.key.try_number < last[files.key.instance], components, known)
        result = attempt(PART, partial(_attempt, source, files, around, options), files.files[0].path)
        lost += isinstance(result, Failure)
        failures += [result] if isinstance(result, Failure) else result.failures
        if isinstance(result, ReadAttempt) and _ended_in_time(result, options):
            read.append(result)
        progress.advance(PART)
    progress.finish(PART)
    read = with_courses(read)
    coverage = Coverage(
        unit="attempts", seen=len(found), analyzed=len(read), skipped=len(found) - len(read) - lost
    )
    failures += _strangers(strange)
    if not found and not isinstance(source, FailuresAlone):
        failures.append(_nothing_there(source.address))
    log.info("%s: %d attempts read, %d files of no attempt", source.address, len(read), len(strange))
    return LogsSection(
        status=status_of(tuple(failures), coverage),
        coverage=coverage,
        metrics=tuple(_metrics(read, strange)),
        failures=tuple(failures),
        attempts=tuple(item.attempt for item in read),
        causes=causes_of(read),
    )


def _unlisted(source: LogSource, listed: list[SourceFile]) -> Iterator[Failure]:
    """Folders that could not be looked into: how many attempts lie there, nobody knows."""
    for folder in listed:
        if folder.is_unlisted_folder:
            refused = attempt(PART, partial(source.read, folder), folder.path)
            if isinstance(refused, Failure):
                yield refused


def _attempt(source: LogSource, files: AttemptFiles, around: Around, options: LogOptions) -> ReadAttempt:
    told = _told(files, around.known) if options.skip_successes else None
    return told or read_attempt(source, files, around)


def _told(files: AttemptFiles, known: KnownRuns) -> ReadAttempt | None:
    """An attempt as history tells of it, where it was a success and its log need not be read."""
    ended = known.end_of(files.key)
    if ended is None or ended.outcome is not Outcome.SUCCESS:
        return None
    plain = plain_attempt(files, ended.started_at, ended.ended_at)
    return ReadAttempt(plain.model_copy(update={"outcome": Outcome.SUCCESS}), ending=Ending.FINISHED)


def _nothing_there(address: str) -> Failure:
    """A wrong address must not read as a night without failures."""
    message = (
        f"no task log was found at {address}; give the folder that holds dag_id=…/run_id=…/task_id=…/, "
        "or --log-filename-template"
    )
    return Failure(part=PART, message=message)


def _is_recent(files: AttemptFiles, options: LogOptions) -> bool:
    """Whether the attempt may be new enough, by when its files changed; its records decide later."""
    if options.since is None:
        return True
    changes = [file.modified_at for file in files.files if file.modified_at is not None]
    return not changes or max(changes) >= options.since.timestamp()


def _ended_in_time(item: ReadAttempt, options: LogOptions) -> bool:
    ended = item.attempt.ended_at
    return options.since is None or ended is None or ended >= options.since


def _strangers(strange: list[SourceFile]) -> Iterator[Failure]:
    """Files of no attempt are named: a layout of the site's own must not look like an empty folder."""
    logs = [
        file for file in strange if ".log" in file.path.rpartition("/")[2] and not _is_known_other(file.path)
    ]
    for file in logs[:MAX_STRANGE]:
        yield Failure(
            part=PART,
            path=file.path,
            message="fits no known layout of task logs and was not read; give --log-filename-template",
        )
    if len(logs) > MAX_STRANGE:
        yield Failure(
            part=PART, message=f"{len(logs) - MAX_STRANGE} further files fit no known layout of task logs"
        )


def _is_known_other(path: str) -> bool:
    return any(
        part in {"dag_processor", "dag_processor_manager", "scheduler", "triggerer"}
        for part in path.split("/")[:-1]
    )


def _metrics(read: list[ReadAttempt], strange: list[SourceFile]) -> Iterator[Metric]:
    outcomes = Counter(item.attempt.outcome for item in read)
    for outcome in Outcome:
        yield Metric(name="attempts", value=outcomes[outcome], labels={"outcome": outcome.value})
    categories = Counter(item.attempt.category for item in read if item.attempt.category)
    for category in sorted(categories):
        yield Metric(name="failed_attempts", value=categories[category], labels={"category": category.value})
    courses = Counter(item.attempt.course for item in read if item.attempt.course)
    for course in sorted(courses):
        yield Metric(name="failed_attempts", value=courses[course], labels={"course": course.value})
    # Still running, lost with their worker, or cut off: the log alone cannot tell.
    endless = sum(item.ending is Ending.NOTHING for item in read)
    yield Metric(name="attempts_without_end", value=endless)
    # Only the scheduler's log, a pod's status or the event log could say why.
    silent = sum(item.died_silently for item in read)
    yield Metric(name="attempts_that_died_silently", value=silent)
    yield Metric(name="log_lines", value=sum(item.lines for item in read))
    yield Metric(name="files_of_no_attempt", value=len(strange))
