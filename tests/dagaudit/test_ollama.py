"""How the adapter bears bad days; the protocol itself is tested in tests/e2e/ollama."""

import json
import threading
from collections import deque
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from analyzers.__main__ import open_ports
from analyzers.run_all.plan import Plan
from dagaudit.adapters.llm_options import LlmOptions, llm_options
from dagaudit.adapters.ollama import OllamaLlm, least_tokens
from dagaudit.address import parse
from dagaudit.errors import DagAuditError, LlmAnswerInvalid, LlmUnavailable
from dagaudit.ports import ChatRequest
from dagaudit.spec import Gpu, Llm
from dagaudit.spec.base import SecretRef

QUESTION = ChatRequest("system", "prompt", {"type": "object"}, max_answer_tokens=100)
GOOD = {
    "message": {"role": "assistant", "content": "{}"},
    "done": True,
    "done_reason": "stop",
    "prompt_eval_count": 30,
    "eval_count": 5,
}
NEVER = 0
TAGS = {"models": [{"model": "m:latest", "digest": "d" * 64}]}


class Scripted(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.released = threading.Event()
        self.answers = deque()
        self.asked = []

    @property
    def address(self):
        return parse(f"ollama://127.0.0.1:{self.server_port}/m")


class _Handler(BaseHTTPRequestHandler):
    server: Scripted

    def do_POST(self):
        self._serve(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def do_GET(self):
        self._serve({})

    def _serve(self, body):
        self.server.asked.append((self.path, body, dict(self.headers)))
        status, answer = self.server.answers.popleft()
        if status == NEVER:
            self.server.released.wait(30)
            return
        data = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        """Tests are quiet."""


@pytest.fixture
def server():
    scripted = Scripted()
    thread = threading.Thread(target=scripted.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield scripted
    scripted.released.set()
    scripted.shutdown()
    scripted.server_close()
    thread.join()


class Time:
    def __init__(self):
        self.now = 0.0
        self.pauses = []

    def pause(self, seconds):
        self.pauses.append(seconds)
        self.now += seconds

    def clock(self):
        return self.now


@pytest.fixture
def time():
    return Time()


@pytest.fixture
def llm(server, time):
    model = OllamaLlm(server.address, LlmOptions(), pause=time.pause, clock=time.clock)
    yield model
    model.close()


def test_everything_that_shapes_an_answer_is_sent(server, llm):
    server.answers.append((200, GOOD))
    llm.chat(ChatRequest("sys", "pro", {"type": "object"}, max_answer_tokens=7, temperature=0.2, seed=3))

    path, body, _ = server.asked[0]

    assert path == "/api/chat"
    assert body["format"] == {"type": "object"}
    assert body["options"] == {"num_ctx": 8192, "num_predict": 7, "temperature": 0.2, "seed": 3}
    assert (body["truncate"], body["shift"], body["stream"]) == (False, False, False)
    assert [message["content"] for message in body["messages"]] == ["sys", "pro"]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_busy_server_is_asked_again_after_a_pause(server, llm, time, status):
    server.answers.extend([(status, {"error": "busy"}), (status, {"error": "busy"}), (200, GOOD)])

    assert llm.chat(QUESTION).text == "{}"
    assert len(time.pauses) == 2
    assert time.pauses[0] == 0.5
    assert 0.5 <= time.pauses[1] <= 1.5


def test_server_that_stays_busy_is_given_up(server, llm):
    server.answers.extend([(503, {"error": "server busy, please try again"})] * 4)

    with pytest.raises(LlmUnavailable, match="the server answered 503: server busy"):
        llm.chat(QUESTION)
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("status", "told", "kind", "said"),
    [
        (400, "m does not support chat", LlmUnavailable, "the server answered 400: m does not support chat"),
        (400, "input length exceeds the context length", LlmAnswerInvalid, "the prompt does not fit"),
        (401, "unauthorized", LlmUnavailable, "check the API key"),
        (404, "model 'm' not found", LlmUnavailable, "run `ollama pull m` there"),
    ],
)
def test_refusal_is_not_asked_again(server, llm, status, told, kind, said):
    server.answers.append((status, {"error": told}))

    with pytest.raises(kind, match=said):
        llm.chat(QUESTION)
    assert len(server.asked) == 1


def test_unreachable_server_is_named_with_the_remedy(server, time):
    server.server_close()
    llm = OllamaLlm(server.address, LlmOptions(), pause=time.pause, clock=time.clock)

    with pytest.raises(LlmUnavailable, match="the server cannot be reached; check that Ollama runs there"):
        llm.model()
    with pytest.raises(LlmUnavailable, match="the server cannot be reached"):
        llm.chat(QUESTION)
    assert len(time.pauses) == 3


def test_server_that_does_not_answer_in_time_is_not_asked_again(server, time):
    llm = OllamaLlm(server.address, LlmOptions(read_seconds=0.2), pause=time.pause, clock=time.clock)
    server.answers.append((NEVER, {}))

    with pytest.raises(LlmUnavailable, match=r"no answer in time; raise llm\.timeoutSeconds"):
        llm.chat(QUESTION)
    assert len(server.asked) == 1


def test_question_with_little_time_gives_up_early(server, llm, time):
    server.answers.extend([(503, {"error": "busy"})] * 4)

    with pytest.raises(LlmUnavailable, match="busy"):
        llm.chat(replace(QUESTION, timeout_seconds=0.4))
    assert time.pauses == []


@pytest.mark.parametrize(
    "answer",
    [b"", b"<html>", b"[]", b"{}", {"message": {}}, {"message": {"content": None}}, {"message": "text"}],
)
def test_what_is_no_answer_is_an_error(server, llm, answer):
    server.answers.append((200, answer))

    with pytest.raises(LlmAnswerInvalid):
        llm.chat(QUESTION)


def test_answer_cut_by_its_limit_is_not_complete(server, llm):
    server.answers.append((200, {**GOOD, "done_reason": "length"}))

    assert not llm.chat(QUESTION).complete


@pytest.mark.parametrize(
    ("prompt", "counted"),
    [
        ("short", {"prompt_eval_count": 8192, "eval_count": 0}),
        ("short", {"prompt_eval_count": 8000, "eval_count": 192}),
        ("word " * 4000, {"prompt_eval_count": 1024, "eval_count": 5}),
        ("x" * 9000, {"prompt_eval_count": 0, "eval_count": 5}),
    ],
    ids=["cut at the window", "beginning forgotten", "half a window", "not told"],
)
def test_prompt_that_was_cut_is_an_error_and_never_silent(server, llm, prompt, counted):
    server.answers.append((200, {**GOOD, **counted}))

    with pytest.raises(LlmAnswerInvalid, match="do not fit in a context of 8192"):
        llm.chat(ChatRequest("system", prompt, {}, max_answer_tokens=100))


def test_short_prompt_from_the_servers_cache_needs_no_count(server, llm):
    server.answers.append((200, {**GOOD, "prompt_eval_count": 0}))

    assert llm.chat(QUESTION).prompt_tokens == 1


def test_dead_server_is_left_alone_and_probed_later(server, llm, time):
    server.answers.extend([(401, {"error": "no"})] * 5)
    for _ in range(5):
        with pytest.raises(LlmUnavailable):
            llm.chat(QUESTION)

    with pytest.raises(LlmUnavailable, match="failed 5 times in a row and is left alone for 60 s"):
        llm.chat(QUESTION)
    assert len(server.asked) == 5

    time.now += 61
    server.answers.append((200, GOOD))

    assert llm.chat(QUESTION).text == "{}"


def test_server_that_never_recovers_is_given_up_for_the_run(server, llm, time):
    server.answers.extend([(401, {"error": "no"})] * 7)
    for _ in range(7):
        with pytest.raises(LlmUnavailable):
            llm.chat(QUESTION)
        time.now += 61

    with pytest.raises(LlmUnavailable, match="is not asked again in this run"):
        llm.chat(QUESTION)
    assert len(server.asked) == 7


def test_nonsense_does_not_open_the_breaker(server, llm):
    server.answers.extend([(200, b"[]")] * 6)
    for _ in range(6):
        with pytest.raises(LlmAnswerInvalid):
            llm.chat(QUESTION)
    server.answers.append((200, GOOD))

    assert llm.chat(QUESTION).text == "{}"


def test_server_that_is_being_started_is_waited_for(server, time):
    options = LlmOptions(wait_seconds=60)
    llm = OllamaLlm(server.address, options, pause=time.pause, clock=time.clock)
    server.answers.extend([(503, {"error": "starting"})] * 3 + [(200, TAGS), (200, {"model_info": {}})])

    assert llm.model().digest == "d" * 64
    assert time.pauses == [2, 2, 2]


def test_waiting_ends(server, time):
    llm = OllamaLlm(server.address, LlmOptions(wait_seconds=5), pause=time.pause, clock=time.clock)
    server.answers.extend([(503, {"error": "starting"})] * 10)

    with pytest.raises(LlmUnavailable, match="starting"):
        llm.model()


@pytest.mark.parametrize("digest", ["d" * 64, f"sha256:{'d' * 64}"])
def test_wanted_version_of_the_model_is_taken(server, digest):
    server.answers.extend([(200, TAGS), (200, {"model_info": {}})])

    assert OllamaLlm(server.address, LlmOptions(digest=digest)).model().name == "m:latest"


def test_other_version_of_the_model_is_refused(server):
    server.answers.append((200, TAGS))

    with pytest.raises(LlmUnavailable, match="has version dddddddddddd of the model, but eeeeeeeeeeee is"):
        OllamaLlm(server.address, LlmOptions(digest="e" * 64)).model()


def test_fallback_is_asked_where_the_first_is_missing(server):
    server.answers.extend([(200, TAGS), (200, {"model_info": {}}), (200, GOOD)])
    address = parse(str(server.address).replace("/m", "/large"))
    llm = OllamaLlm(address, LlmOptions(fallback_model="m", digest="e" * 64))

    assert llm.model().name == "m:latest"
    llm.chat(QUESTION)
    assert server.asked[-1][1]["model"] == "m:latest"


def test_spec_says_how_a_model_is_asked():
    llm = Llm(
        endpoint="https://llm.example.org", model="m", context_length=4096, timeout_seconds=9,
        fallback_model="f", embedding_model="e", model_digest="d" * 64,
    )  # fmt: skip

    options = llm_options(llm, Gpu(wait_for_llm_seconds=7), api_key="key")

    assert options == LlmOptions(
        context_length=4096, read_seconds=9, wait_seconds=7, digest="d" * 64,
        fallback_model="f", embedding_model="e", api_key="key",
    )  # fmt: skip


def test_key_of_the_environment_is_sent(server, tmp_path):
    model = Llm(endpoint="https://llm.example.org", model="m", secret_ref=SecretRef(name="llm"))
    planned = Plan(reports=str(tmp_path), llm=str(server.address), model=model)
    server.answers.extend([(200, TAGS), (200, {"model_info": {}})])

    open_ports(planned, {"LLM_API_KEY": "hunter2\n"}).llm.model()

    assert server.asked[0][2]["authorization"] == "Bearer hunter2"


def test_key_is_sent_and_never_shown(server):
    llm = OllamaLlm(server.address, LlmOptions(api_key="hunter2", tries=1))
    server.answers.append((401, {"error": "wrong key"}))

    with pytest.raises(DagAuditError) as refused:
        llm.chat(QUESTION)

    assert server.asked[0][2]["Authorization"] == "Bearer hunter2"
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("one two", 1), ("def f(x):\n        return x", 4), (" " * 1000, 0), ("x" * 1000, 0)],
)
def test_least_tokens_is_a_lower_bound(text, tokens):
    assert least_tokens(text) == tokens
