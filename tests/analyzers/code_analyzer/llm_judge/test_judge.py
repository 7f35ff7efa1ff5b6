import json
import re
import threading

import pytest

from dagaudit.errors import LlmAnswerInvalid, LlmUnavailable
from dagaudit.finding import Confidence, Origin, Severity
from dagaudit.ports import ChatAnswer
from tests.analyzers.code_analyzer.llm_judge.conftest import SOURCE, finding
from tests.fakes import RecordingProgress, ScriptedLlm

C, L, S = Confidence.CONFIRMED, Confidence.LIKELY, Confidence.SUSPECTED


@pytest.mark.parametrize(
    ("verdict", "before", "after", "origin"),
    [
        ("real", C, C, Origin.STATIC_AND_LLM),
        ("real", L, L, Origin.STATIC_AND_LLM),
        ("real", S, L, Origin.STATIC_AND_LLM),
        ("false_alarm", C, S, Origin.STATIC_AND_LLM),
        ("false_alarm", L, S, Origin.STATIC_AND_LLM),
        ("false_alarm", S, S, Origin.STATIC_AND_LLM),
        ("cannot_tell", C, C, Origin.STATIC),
        ("cannot_tell", L, L, Origin.STATIC),
        ("cannot_tell", S, S, Origin.STATIC),
    ],
)
def test_verdict_moves_confidence_and_origin(bench, verdict, before, after, origin):
    (judged,) = bench.says(verdict).judge(finding(confidence=before)).findings

    assert (judged.confidence, judged.origin) == (after, origin)


@pytest.mark.parametrize("verdict", ["real", "false_alarm", "cannot_tell"])
def test_verdict_changes_nothing_else(bench, verdict):
    before = finding()
    (judged,) = bench.says(verdict).judge(before).findings

    changed = {"confidence", "origin"}

    assert judged.model_dump(exclude=changed) == before.model_dump(exclude=changed)


NONSENSE = {
    "nothing": "",
    "words": "The finding is real.",
    "white space": " \n" * 500,
    "half an object": '{"verdict": "real", "line": 6',
    "a list": "[]",
    "null": "null",
    "an empty object": "{}",
    "another verdict": {"verdict": "maybe", "line": 6},
    "no line": {"verdict": "real"},
    "a line in words": {"verdict": "real", "line": "six"},
    "a line as text": {"verdict": "real", "line": "6"},
    "a line between two": {"verdict": "real", "line": 6.5},
    "a line that is true": {"verdict": "real", "line": True},
    "a line that was not shown": {"verdict": "false_alarm", "line": 9999},
    "a line below zero": {"verdict": "false_alarm", "line": -1},
    "a huge line": '{"verdict": "real", "line": 1' + "0" * 400 + ', "audit_id": "x"}',
    "a line far from the finding": {"verdict": "real", "line": 20},
    "another question's id": {"verdict": "real", "line": 6, "audit_id": "000000000000"},
    "no id": json.dumps({"verdict": "real", "line": 6}),
    "a lone surrogate": '{"verdict": "real", "line": 6, "audit_id": "\\ud800"}',
    "a thing of the server": LlmAnswerInvalid("that is no answer of Ollama"),
    "a cut answer": ChatAnswer('{"verdict":"real"', False, 10, 400, 1.0),
    "a deep nest": "[" * 10_000,
}


@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
def test_nonsense_leaves_the_finding_as_it_was_and_is_counted(bench, nonsense):
    bench.llm.answers.extend([nonsense, nonsense])

    judged = bench.judge(finding())

    assert judged.findings == (finding(),)
    assert (judged.use.calls, judged.use.invalid_answers, judged.use.not_judged) == (2, 2, 1)
    assert bench.cache.answers == {}


@pytest.mark.parametrize("nonsense", NONSENSE.values(), ids=NONSENSE)
def test_second_answer_is_taken_after_nonsense(bench, nonsense):
    bench.llm.answers.append(nonsense)

    judged = bench.says("real").judge(finding())

    assert judged.findings[0].origin is Origin.STATIC_AND_LLM
    assert (judged.use.calls, judged.use.invalid_answers, judged.use.not_judged) == (2, 1, 0)


def test_second_question_leaves_a_little_to_chance(bench):
    bench.llm.answers.append("nonsense")
    bench.says("real").judge(finding())

    first, second = bench.llm.requests

    assert (first.temperature, first.seed) == (0.0, 0)
    assert (second.temperature, second.seed) == (0.2, 1)
    assert first.prompt == second.prompt


def test_further_fields_in_an_answer_do_no_harm(bench):
    (judged,) = bench.says("real", because="I say so", severity="low").judge(finding()).findings

    assert judged.severity is Severity.HIGH


@pytest.mark.parametrize(
    ("more", "asked"),
    [
        ({"severity": Severity.CRITICAL}, 0),
        ({"severity": Severity.HIGH}, 1),
        ({"severity": Severity.MEDIUM}, 1),
        ({"severity": Severity.LOW}, 0),
        ({"origin": Origin.LLM}, 0),
        ({"rule": "DGA999"}, 0),
    ],
)
def test_high_and_medium_findings_of_known_rules_are_judged(bench, more, asked):
    bench.says("real").judge(finding(**more))

    assert len(bench.llm.requests) == asked


def test_worst_is_judged_first_and_order_of_findings_stays(bench):
    findings = [finding(6, severity=Severity.MEDIUM), finding(13), finding(15, rule="DGA301")]
    for line in (15, 13, 6):
        bench.says("real", line)

    judged = bench.judge(*findings)

    assert [each.line for each in judged.findings] == [6, 13, 15]
    assert ["line 15" in bench.llm.requests[0].prompt, "line 13" in bench.llm.requests[1].prompt] == [
        True,
        True,
    ]


def test_without_candidates_nobody_is_asked(bench):
    judged = bench.judge(finding(severity=Severity.LOW))

    assert judged.use.calls == 0
    assert judged.failures == ()


def test_without_a_model_findings_stand(bench):
    bench.llm.model = lambda: None

    judged = bench.judge(finding())

    assert judged.findings == (finding(),)
    assert judged.failures == ()


def test_unknown_model_is_one_failure(bench):
    def missing():
        raise LlmUnavailable("ollama pull m")

    bench.llm.model = missing

    judged = bench.judge(finding(6), finding(13))

    assert judged.findings == (finding(6), finding(13))
    assert judged.use.not_judged == 2
    assert [each.message for each in judged.failures] == [
        "2 of 2 findings stand as the rules left them, for no model judged them: ollama pull m"
    ]


def test_model_that_is_gone_is_asked_no_more(bench):
    bench.llm.answers.extend([LlmUnavailable("connection refused")] * 20)

    judged = bench.judge(*(finding(line) for line in (6, 10, 13, 15, 18)))

    assert (judged.use.failed_calls, judged.use.not_judged) == (3, 5)
    assert len(judged.failures) == 1
    assert "connection refused" in judged.failures[0].message


def test_one_lost_call_costs_one_retry(bench):
    bench.llm.answers.append(LlmUnavailable("busy"))

    judged = bench.says("real").judge(finding())

    assert judged.findings[0].origin is Origin.STATIC_AND_LLM
    assert (judged.use.failed_calls, judged.failures) == (1, ())


def test_crash_of_the_adapter_costs_one_finding(bench, caplog):
    bench.llm.answers.append(RuntimeError("bug"))

    judged = bench.says("real", 13).judge(finding(6), finding(13))

    assert [each.origin for each in judged.findings] == [Origin.STATIC, Origin.STATIC_AND_LLM]
    assert [(each.part, each.path, each.message) for each in judged.failures] == [
        ("llm judge", "orders.py", "RuntimeError: bug")
    ]


def test_source_that_cannot_be_shown_is_not_judged(bench):
    judged = bench.says("real").judge(finding(path="gone.py"), finding())

    assert [each.origin for each in judged.findings] == [Origin.STATIC, Origin.STATIC_AND_LLM]
    assert judged.use.not_judged == 1


def test_unchanged_fleet_costs_no_call(bench):
    first = bench.says("real").says("false_alarm", 13).judge(finding(6), finding(13))
    bench.llm = ScriptedLlm()

    again = bench.judge(finding(6), finding(13))

    assert again.findings == first.findings
    assert (again.use.calls, again.use.cached, again.use.not_judged) == (0, 2, 0)


def test_task_that_moved_down_costs_no_call(bench):
    task = "def load():\n" + "\n".join(f"    step({number})" for number in range(60))
    bench.sources[0, "orders.py"] = task
    bench.says("real", 13).judge(finding(13))
    bench.sources[0, "orders.py"] = f"import os\n\n\n{task}"

    again = bench.judge(finding(16))

    assert (again.use.calls, again.use.cached) == (0, 1)
    assert again.findings[0].origin is Origin.STATIC_AND_LLM


@pytest.mark.parametrize("change", ["model", "rule", "source", "message", "line"])
def test_whatever_shapes_an_answer_asks_anew(bench, change):
    bench.says("real", 13).says("real", 13).judge(finding(13))
    asked = finding(13)
    if change == "model":
        bench.llm.digest = "e" * 64
    elif change == "rule":
        bench.rules["DGA401"] += "More words.\n"
    elif change == "source":
        bench.sources[0, "orders.py"] = SOURCE.replace('"x"', '"y"')
    elif change == "message":
        asked = finding(13, message="other words")
    else:
        asked = finding(12)

    again = bench.judge(asked)

    assert (again.use.calls, again.use.cached) == (1, 0)


@pytest.mark.parametrize(
    "stored",
    [
        b"",
        b"\xff",
        b"{}",
        b'{"verdict": "maybe", "line_offset": 0}',
        b'{"verdict": "real", "line_offset": 500}',
    ],
)
def test_broken_cache_entry_is_asked_for_again(bench, stored):
    bench.says("real").judge(finding())
    (key,) = bench.cache.answers
    bench.cache.answers[key] = stored

    again = bench.says("real").judge(finding())

    assert (again.use.calls, again.use.cached) == (1, 0)
    assert again.findings[0].origin is Origin.STATIC_AND_LLM


def test_cache_that_crashes_costs_its_answers_only(bench, caplog):
    def crash(key):
        raise RuntimeError("bug")

    bench.cache.get = crash

    judged = bench.says("real").judge(finding())

    assert judged.findings[0].origin is Origin.STATIC_AND_LLM
    assert judged.failures == ()


def test_same_question_is_asked_once_in_a_run(bench):
    twins = finding(6), finding(6, path="copy.py")
    bench.sources[0, "copy.py"] = SOURCE

    judged = bench.says("real").judge(*twins)

    assert [each.origin for each in judged.findings] == [Origin.STATIC_AND_LLM] * 2
    assert judged.use.calls == 1


def test_budget_of_calls_is_never_overshot(bench):
    for line in (6, 13, 15):
        bench.says("real", line)

    judged = bench.judge(finding(6), finding(13), finding(15), calls=2)

    assert (judged.use.calls, judged.use.not_judged) == (2, 1)
    assert "1 of 3 findings" in judged.failures[0].message
    assert "the budget of 2 calls is used up" in judged.failures[0].message


def test_retries_count_against_the_budget(bench):
    bench.llm.answers.append("nonsense")

    judged = bench.says("real").judge(finding(), calls=1)

    assert (judged.use.calls, judged.use.not_judged) == (1, 1)


@pytest.mark.parametrize("tokens", [1, 1000, 5000, 9000, 20_000])
def test_budget_of_tokens_is_never_overshot_by_the_worst_of_models(bench, tokens):
    class Wasteful(ScriptedLlm):
        def chat(self, request):
            answer = super().chat(request)
            most = len(request.system.encode()) + len(request.prompt.encode()) + 64
            return ChatAnswer(answer.text, True, most, request.max_answer_tokens, 0.1)

    bench.llm = Wasteful()
    lines = (6, 10, 13, 15, 18)
    for line in lines:
        bench.says("cannot_tell", line)

    judged = bench.judge(*(finding(line) for line in lines), tokens=tokens)

    assert judged.use.prompt_tokens + judged.use.answer_tokens <= tokens
    assert judged.use.calls + judged.use.not_judged == 5


def test_budget_of_seconds_bounds_each_call(bench):
    for line in (6, 13, 15):
        bench.says("cannot_tell", line)

    judged = bench.judge(finding(6), finding(13), finding(15), seconds=1.6)

    assert [request.timeout_seconds for request in bench.llm.requests] == [1.6, 1.1]
    assert judged.use.not_judged == 1


def test_cached_answers_cost_no_budget(bench):
    bench.says("real").judge(finding())

    judged = bench.judge(finding(), calls=0)

    assert (judged.use.cached, judged.failures) == (1, ())


def test_progress_is_told(bench):
    progress = RecordingProgress()
    bench.says("real").judge(finding(), progress=progress)

    assert progress.told == [
        ("start", "llm judge", 1),
        ("advance", "llm judge", 1),
        ("finish", "llm judge", None),
    ]


def test_use_names_the_model_and_what_it_cost(bench):
    use = bench.says("real").judge(finding()).use

    assert (use.model, use.model_digest, use.address) == ("scripted", "d" * 64, bench.llm.address)
    assert use.prompt_tokens > 0
    assert use.answer_tokens > 0
    assert use.seconds == 0.5


class Slow(ScriptedLlm):
    """Answers each question by its own line, once `together` of them are waiting."""

    def __init__(self, together):
        super().__init__()
        self.barrier = threading.Barrier(together)

    def chat(self, request):
        self.barrier.wait(30)
        properties = request.answer_schema["properties"]
        line = int(re.search(r"The rule fired at line (\d+)", request.prompt)[1])
        verdict = "false_alarm" if line % 2 else "cannot_tell"
        answer = {"verdict": verdict, "line": line, "audit_id": properties["audit_id"]["const"]}
        return ChatAnswer(json.dumps(answer), True, 100, 20, 0.5)


def test_as_many_are_asked_at_a_time_as_there_are_slots(bench):
    bench.llm = Slow(together=4)
    findings = [finding(line) for line in range(5, 13)]

    judged = bench.judge(*findings, concurrency=4)

    assert [each.confidence for each in judged.findings] == [S, C, S, C, S, C, S, C]
    assert [each.line for each in judged.findings] == list(range(5, 13))
    assert judged.use.prompt_tokens == 800


@pytest.mark.parametrize(
    "limits", [{"calls": 4}, {"tokens": 30_000}, {"seconds": 40}], ids=["calls", "tokens", "seconds"]
)
def test_budget_holds_with_many_slots(bench, limits):
    bench.llm = Slow(together=1)
    findings = [finding(line) for line in range(5, 20)]

    use = bench.judge(*findings, concurrency=4, **limits).use

    assert use.calls <= limits.get("calls", 99)
    assert use.prompt_tokens + use.answer_tokens <= limits.get("tokens", 10**9)
    assert use.seconds <= limits.get("seconds", 10**9)
    assert use.calls + use.not_judged >= 15
