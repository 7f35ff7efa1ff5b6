"""Asks the model about every candidate, and keeps the report whole whatever it answers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from analyzers.analyzer import NoProgress, Progress
from analyzers.attempt import attempt
from analyzers.code_analyzer.llm_judge.allowance import Allowance
from analyzers.code_analyzer.llm_judge.court import Court
from analyzers.code_analyzer.llm_judge.question import MAX_MESSAGE_CHARACTERS, Question, rule_for_prompt
from analyzers.code_analyzer.llm_judge.redaction import Redact
from analyzers.code_analyzer.llm_judge.slice import Outline
from analyzers.code_analyzer.llm_judge.verdict import Verdict, applied
from analyzers.masking import MARK, mask
from dagaudit.errors import LlmAnswerInvalid, LlmUnavailable
from dagaudit.finding import Failure, Finding, Origin, Severity
from dagaudit.ports import AnswerCache, Llm
from dagaudit.section import LlmUse

PART = "llm judge"
JUDGED_SEVERITIES = (Severity.HIGH, Severity.MEDIUM)

MaskedSource = Callable[[int, str], str | None]
"""Bundle and path to the file's masked text, or None where it cannot be shown."""


@dataclass(frozen=True, slots=True)
class Judged:
    """All findings, none lost; what was asked; what could not be."""

    findings: tuple[Finding, ...]
    use: LlmUse
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True)
class Asking:
    """Whom to ask, what is known already, and what it may cost."""

    llm: Llm
    cache: AnswerCache
    allowance: Allowance = field(default_factory=Allowance)
    redact: Redact = mask
    concurrency: int = 1


def judge(
    findings: Sequence[Finding],
    masked_source: MaskedSource,
    rules: Mapping[str, str],
    asking: Asking,
    progress: Progress | None = None,
) -> Judged:
    """Judge the high and medium findings; `rules` leads from a rule's id to its documentation.

    Never raises for anything a model or a server does.
    """
    llm = asking.llm
    candidates = sorted(
        (index for index, finding in enumerate(findings) if _is_candidate(finding, rules)),
        # The worst first, if the budget ends early; then by rule, whose words the server keeps in mind.
        key=lambda index: (findings[index].severity.rank, findings[index].rule, findings[index].place),
    )
    if not candidates:
        return Judged(tuple(findings), LlmUse(address=llm.address))
    try:
        model = llm.model()
    except (LlmUnavailable, LlmAnswerInvalid) as error:
        return _nobody(findings, llm, len(candidates), str(error))
    if model is None:
        return Judged(tuple(findings), LlmUse(address=llm.address))
    court = Court(llm, model, asking.cache, asking.allowance, asking.concurrency)
    progress = progress or NoProgress()
    progress.start(PART, len(candidates))
    questions = _questions(findings, candidates, masked_source, rules, asking.redact)
    court.look_up(questions.values())
    judged = _held(findings, candidates, questions, court, progress)
    progress.finish(PART)
    return judged


def _held(
    findings: Sequence[Finding],
    candidates: Sequence[int],
    questions: Mapping[int, Question],
    court: Court,
    progress: Progress,
) -> Judged:
    judged = list(findings)
    failures = []
    alike: dict[str, list[int]] = {}
    for index in candidates:
        if index in questions:
            alike.setdefault(questions[index].key(court.model), []).append(index)
    silent = len(candidates) - len(questions)
    asked = [questions[same[0]] for same in alike.values()]
    for same, verdict in zip(alike.values(), _verdicts(court, asked), strict=True):
        if isinstance(verdict, Failure):
            failures.append(verdict)
        elif verdict is not None:
            court.cached += len(same) - 1
            for index in same:
                judged[index] = applied(findings[index], verdict)
        silent += 0 if isinstance(verdict, Verdict) else len(same)
        progress.advance(PART, len(same))
    if court.stopped:
        failures.append(_unjudged(silent, len(candidates), court.stopped))
    return Judged(tuple(judged), court.use(silent), tuple(failures))


def _verdicts(court: Court, questions: Sequence[Question]) -> Iterator[Verdict | Failure | None]:
    """The questions' verdicts in their order; as many are asked at a time as the server has slots."""

    def ask(question: Question) -> Verdict | Failure | None:
        return attempt(PART, partial(court.verdict, question), question.finding.path)

    if court.concurrency == 1:
        yield from map(ask, questions)
        return
    pool = ThreadPoolExecutor(court.concurrency)
    try:
        yield from pool.map(ask, questions)
    finally:
        # Where the run is stopped from outside, nobody waits for what was not asked yet.
        pool.shutdown(cancel_futures=True)


def _is_candidate(finding: Finding, rules: Mapping[str, str]) -> bool:
    return finding.severity in JUDGED_SEVERITIES and finding.origin is Origin.STATIC and finding.rule in rules


def _questions(
    findings: Sequence[Finding],
    candidates: Sequence[int],
    masked_source: MaskedSource,
    rules: Mapping[str, str],
    redact: Redact,
) -> dict[int, Question]:
    """The candidates' questions; file by file, so that each is read and taken apart once."""
    by_file: dict[tuple[int, str], list[int]] = {}
    for index in candidates:
        by_file.setdefault((findings[index].bundle, findings[index].path), []).append(index)
    hidden = _hidden_lines(findings)
    texts = {rule: rule_for_prompt(text) for rule, text in rules.items()}
    questions = {}
    for place in sorted(by_file):
        source = attempt(PART, partial(masked_source, *place), place[1])
        if not isinstance(source, str):
            continue
        outline = Outline(source, hidden.get(place))
        for index in by_file[place]:
            finding = findings[index]
            message = redact(" ".join(finding.message.split()))[:MAX_MESSAGE_CHARACTERS]
            part = outline.around(finding.line)
            questions[index] = Question(finding, texts[finding.rule], message, part)
    return questions


def _hidden_lines(findings: Sequence[Finding]) -> dict[tuple[int, str], dict[int, str]]:
    """Lines in which a rule knows a secret that masking cannot: they are shown as their evidence is."""
    found: dict[tuple[int, str], dict[int, str]] = {}
    for finding in findings:
        if finding.evidence and MARK in finding.evidence:
            found.setdefault((finding.bundle, finding.path), {})[finding.line] = finding.evidence
    return found


def _nobody(findings: Sequence[Finding], llm: Llm, candidates: int, reason: str) -> Judged:
    use = LlmUse(address=llm.address, failed_calls=1, not_judged=candidates)
    return Judged(tuple(findings), use, (_unjudged(candidates, candidates, reason),))


def _unjudged(silent: int, candidates: int, reason: str) -> Failure:
    text = (
        f"{silent} of {candidates} findings stand as the rules left them, for no model judged them: {reason}"
    )
    return Failure(part=PART, message=text)
