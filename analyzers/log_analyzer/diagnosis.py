"""Why an attempt failed: the evidence by order of precedence, and the signature that it matches.

The order: what scheduler and Kubernetes say, what Airflow says about the end, the exception chain with its
root first, what a child process wrote last. A wrapper ("Bash command failed") is opened before it is blamed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from analyzers.log_analyzer.exceptions import Link, chain_of, tracebacks
from analyzers.log_analyzer.frames import is_own, package_of
from analyzers.log_analyzer.outcome import End, Ending, last_segment
from analyzers.log_analyzer.record import Record, TextLine
from analyzers.log_analyzer.signatures import Match, by_id, match_link, match_text
from analyzers.log_analyzer.signatures.matcher import best
from dagaudit.finding import Confidence

LAST_RECORDS = 50
_CHATTER = (
    "::group::", "::endgroup::", "DAG bundles loaded", "Filling up the DagBag", "Worker startup parse",
    "Running command", "Tmp dir root", "Output:", "Pushing xcom", "Done. Returned", "Task instance is in",
    "Failed to resolve template field",
)  # fmt: skip
_EXIT_CODE = re.compile(r"\b(?:exit|return)\w{0,3}[ _](?:code|status)\b")
_DEAD_TRIGGER = "Trigger exited without sending an event"
_ENDS = ("Command exited with return code", "Process exited with return code")
_MISMATCH = "state-mismatch"
_WORDS = 2
_STRONG_SIDE = 3


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """The verdict on one failed attempt, before anything is masked."""

    match: Match
    confidence: Confidence
    chain: tuple[Link, ...]
    decisive: TextLine
    """The line that shows why."""
    supporting: tuple[TextLine, ...] = ()

    @property
    def root(self) -> Link | None:
        """The innermost exception."""
        return self.chain[0] if self.chain else None


def diagnose(records: Sequence[Record], end: End) -> Diagnosis:
    """Explain a failed attempt, from its records in order of time."""
    segment = last_segment(records)
    said = end.record or segment[-1]
    verdict = _verdict(segment, end, said)
    aside = _from_side_files(records)
    # A state mismatch follows every death by a signal: it explains only what has no other explanation.
    if aside and aside.match.signature.weight >= _STRONG_SIDE and aside.match.signature.id != _MISMATCH:
        return replace(aside, chain=verdict.chain, supporting=(verdict.decisive,))
    return verdict


def diagnose_lost(records: Sequence[Record], *, has_later: bool) -> Diagnosis | None:
    """Explain an attempt whose log has no end; None where it may still be running."""
    aside = _from_side_files(records)
    if aside and aside.match.signature.weight >= _STRONG_SIDE:
        return aside
    if not has_later:
        return None
    last = next((record for record in reversed(records) if record.file == 0), None)
    match = Match(by_id("log-ends-early"))
    return Diagnosis(match, match.signature.confidence, (), _line(last) if last else TextLine(0, 0, ""))


def diagnose_dead_trigger(records: Sequence[Record]) -> Diagnosis | None:
    """Explain a deferral whose trigger died without an event; None where the trigger is well."""
    end = next((r for r in reversed(records) if r.file and r.event.startswith(_DEAD_TRIGGER)), None)
    if end is None:
        return None
    for record in reversed(records[: records.index(end)]):
        chain = chain_of(record) if record.file == end.file and record.level == "error" else ()
        if chain:
            return replace(_of_child_chain(chain), supporting=(_line(end),))
    match = Match(by_id("deferral-failed"))
    return Diagnosis(match, match.signature.confidence, (), _line(end))


def _verdict(segment: Sequence[Record], end: End, said: Record) -> Diagnosis:
    if end.ending is Ending.EXCEPTION:
        return _of_exception(segment, said)
    if end.ending is Ending.EXIT:
        return _of_exit(segment, said)
    if end.ending is Ending.START_UP:
        return _of_start_up(segment, end, said)
    return _of_end_message(segment, said)


def _from_side_files(records: Sequence[Record]) -> Diagnosis | None:
    found = []
    for record in records:
        if record.file and record.logger not in {"task.stdout", "task.stderr"}:
            match = match_text(record.event, end=True)
            if match and match.signature.category.value in {
                "scheduler_heartbeat",
                "infra_k8s",
                "memory_resource",
            }:
                found.append((match, record))
    if not found:
        return None
    match = best([item[0] for item in found])
    record = next(item[1] for item in found if item[0] is match)
    assert match
    return Diagnosis(match, match.signature.confidence, (), TextLine(record.file, record.line, record.event))


def _of_exception(segment: Sequence[Record], said: Record) -> Diagnosis:
    chain = chain_of(said) or _chain_before(segment, said)
    here = _line(said)
    matches = [(match_link(link), link) for link in chain]
    match = best([match for match, _ in matches if match])
    if match and match.signature.weight > 0:
        link = next(link for found, link in matches if found is match)
        found = Diagnosis(match, match.signature.confidence, chain, _line_of(link, said))
        return _in_own_words(found, segment, said) if _EXIT_CODE.search(link.message) else found
    if not _gave_up_itself(chain):
        inside = _inside(segment, said)
        if inside:
            return replace(inside, supporting=(here,), chain=inside.chain or chain)
    where = _line_of(chain[0], said) if chain else here
    if match and match.signature.id != "airflow-exception":
        return Diagnosis(
            match, match.signature.confidence, chain, _last_words(segment, said) or where, (where,)
        )
    return Diagnosis(
        match or _unnamed(chain), Confidence.LIKELY if match else Confidence.SUSPECTED, chain, where
    )


def _in_own_words(found: Diagnosis, segment: Sequence[Record], said: Record) -> Diagnosis:
    """What a wrapper gives as an exit code, the child has often said in words: those are the better line."""
    inside = _inside(segment, said)
    if inside is None or inside.match.signature.weight < _WORDS:
        return found
    return replace(found, match=inside.match, decisive=inside.decisive, supporting=(found.decisive,))


def _gave_up_itself(chain: tuple[Link, ...]) -> bool:
    """Whether the DAG's own code raised, so that what stood in the log before may be another story."""
    if not chain or not chain[-1].frames:
        return False
    return is_own(chain[-1].frames[-1]) and chain[-1].name != "CalledProcessError"


def _unnamed(chain: tuple[Link, ...]) -> Match:
    """No signature knows the exception: the DAG's own one, or somebody else's."""
    if not chain:
        return Match(by_id("unknown"))
    root = chain[0]
    said = root.text[:120]
    if any(is_own(frame) for frame in root.frames[-1:]) or _is_pythons_own(root):
        return Match(by_id("raised-by-dag"), said)
    if any(is_own(frame) for frame in root.frames):
        return Match(by_id("raised-by-library"), said)
    return Match(by_id("unknown"), said)


def _is_pythons_own(root: Link) -> bool:
    """Whether the standard library raised it at the bidding of the DAG's own code."""
    frames = root.frames[-1:]
    return bool(frames) and not package_of(frames[0]) and any(is_own(frame) for frame in root.frames)


def _chain_before(segment: Sequence[Record], said: Record) -> tuple[Link, ...]:
    """Airflow 2 writes the traceback under a record of its own, just before it marks the task."""
    for record in reversed(_before(segment, said)):
        if record.level in {"error", "critical"} and record.continuation and not record.is_of_child:
            found = chain_of(record)
            if found:
                return found
    return ()


def _of_exit(segment: Sequence[Record], said: Record) -> Diagnosis:
    code = said.fields.get("exit_code")
    inside = _inside(segment, said)
    if inside and inside.match.signature.weight >= 1:
        return replace(inside, supporting=(_line(said),))
    match = match_text(said.event, end=True) or Match(by_id("task-exited"))
    if code is not None:
        match = replace(match, subject=f"sys.exit({code!r})")
    return Diagnosis(match, match.signature.confidence, (), _line(said))


def _of_start_up(segment: Sequence[Record], end: End, said: Record) -> Diagnosis:
    for record in (said, *end.others):
        chain = chain_of(record)
        match = best([found for link in chain if (found := match_link(link))])
        if match:
            return Diagnosis(match, match.signature.confidence, chain, _line(record), (_line(said),))
    for record in end.others:
        found = match_text(record.event, end=True)
        if found:
            return Diagnosis(found, found.signature.confidence, (), _line(record), (_line(said),))
    inside = _inside(segment, said)
    if inside and inside.match.signature.weight >= 2:
        return replace(inside, confidence=Confidence.SUSPECTED, supporting=(_line(said),))
    return _of_end_message(segment, said)


def _of_end_message(segment: Sequence[Record], said: Record) -> Diagnosis:
    text = said.event + "".join(
        f" {key}: {said.fields[key]}" for key in ("signal_name",) if key in said.fields
    )
    match = match_text(text, end=True) or Match(by_id("unknown"), text[:120])
    detail = said.fields.get("detail")
    if isinstance(detail, dict):
        detail = detail.get("detail", detail)
        state = detail.get("current_state") if isinstance(detail, dict) else None
        match = replace(match, subject=f"its state is {state} now" if state else match.subject)
    if match.signature.id == "sigkill":
        inside = _inside(segment, said)
        if inside and inside.match.signature.category == match.signature.category:
            return replace(inside, supporting=(_line(said),))
    return Diagnosis(match, match.signature.confidence, (), _line(said))


def _before(segment: Sequence[Record], said: Record) -> list[Record]:
    position = next((i for i, record in enumerate(segment) if record is said), len(segment))
    return list(segment[max(0, position - 4 * LAST_RECORDS) : position])


def _inside(segment: Sequence[Record], said: Record) -> Diagnosis | None:
    """What a child process, a pod or a trigger said last: its traceback, else its most telling line."""
    near = [r for r in _before(segment, said) if not r.event.startswith(_CHATTER)][-LAST_RECORDS:]
    behind = [
        r for r in segment if r.is_of_child and (r.timestamp or 0) >= (said.timestamp or 0) and r is not said
    ]
    near += behind[:LAST_RECORDS]
    channels: dict[str, list[TextLine]] = {}
    for record in near:
        channels.setdefault(f"{record.file}/{record.logger or record.filename}", []).extend(record.lines())
    chains = [chain for lines in channels.values() for chain in tracebacks(lines)]
    # A Python child of Airflow's own (virtualenv operators) reports its end as a record, not as text.
    chains += [chain_of(record) for record in near if record.logger == "unhandled_exception"]
    chains = [chain for chain in chains if chain]
    if chains:
        return _of_child_chain(max(chains, key=lambda chain: (chain[0].file, chain[0].line)))
    return _of_lines([line for lines in channels.values() for line in lines])


def _of_child_chain(chain: tuple[Link, ...]) -> Diagnosis:
    match = best([found for link in chain if (found := match_link(link))])
    if match is None or match.signature.weight == 0:
        match = _unnamed(chain)
    where = TextLine(chain[0].file, chain[0].line, chain[0].text)
    return Diagnosis(match, match.signature.confidence, chain, where)


def _of_lines(lines: Sequence[TextLine]) -> Diagnosis | None:
    """The most telling line, of equals the last; a bare exit code tells less than any words."""
    newest_first = lines[::-1]
    found = [
        (match, line)
        for line in sorted(newest_first, key=lambda line: line.text.startswith(_ENDS))
        if (match := match_text(line.text)) and match.signature.weight > 0
    ]
    words = [match for match, line in found if not line.text.startswith(_ENDS)]
    chosen = best(words) or best([match for match, _ in found])
    if chosen is None:
        return None
    line = next(line for match, line in found if match is chosen)
    # One line among many says it, not an exception: so much less sure.
    sure = chosen.signature.confidence
    return Diagnosis(chosen, Confidence.LIKELY if sure is Confidence.CONFIRMED else sure, (), line)


def _last_words(segment: Sequence[Record], said: Record) -> TextLine | None:
    """The last line that the child wrote."""
    for record in reversed(_before(segment, said)):
        if (
            record.is_of_child
            and record.event.strip()
            and not record.event.startswith((*_CHATTER, "Command exited"))
        ):
            return _line(record)
    return None


def _line(record: Record) -> TextLine:
    return TextLine(record.file, record.line, record.event)


def _line_of(link: Link, said: Record) -> TextLine:
    return TextLine(link.file, link.line or said.line, link.text)
