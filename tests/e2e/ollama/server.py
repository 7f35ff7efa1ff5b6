"""A real Ollama with a tiny random model: true protocol, true grammar, nonsense words."""

import fcntl
import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import gguf
import numpy as np

from tests.golang import cache_folder, find_go

VERSION = "0.6.5"
MODEL = "tiny"
CONTEXT_LENGTH = 32_768
_START_SECONDS = 60
_WIDTH, _LAYERS, _HEADS, _INNER = 64, 2, 4, 128


class OllamaMissing(RuntimeError):
    """Ollama could not be built or started; the text says what is missing."""


def build() -> Path:
    """The program, built from its Go module if it is not in the per-user cache yet (about 65 s)."""
    folder = cache_folder() / f"ollama-{VERSION}"
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "ollama"
    with (folder / ".lock").open("w") as lock:
        # Two test runs may start at once; the second finds it built.
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            _build_into(folder)
    return program


def _build_into(folder: Path) -> None:
    go = find_go()
    if go is None:
        raise OllamaMissing("building Ollama needs Go >= 1.26: say `make deps`")
    aside = folder / "building"
    built = subprocess.run(
        [go, "install", f"github.com/ollama/ollama@v{VERSION}"],
        env={**os.environ, "GOBIN": str(aside), "CGO_ENABLED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    if built.returncode != 0:
        raise OllamaMissing(f"Ollama {VERSION} could not be built:\n{built.stderr[-2000:]}")
    (aside / "ollama").rename(folder / "ollama")
    aside.rmdir()


class Server:
    """An Ollama of our own: private home, private models, a free port; `stop` ends it and its runners."""

    def __init__(self, program: Path, home: Path) -> None:
        self.port = _free_port()
        self._log = (home / "ollama.log").open("wb")
        self._home = home
        self._process = subprocess.Popen(
            [str(program), "serve"],
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(home),
                "OLLAMA_MODELS": str(home / "models"),
                "OLLAMA_HOST": f"127.0.0.1:{self.port}",
                "OLLAMA_NUM_PARALLEL": "1",
                "OLLAMA_KEEP_ALIVE": "10m",
            },
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self._wait()

    @property
    def address(self) -> str:
        return f"ollama://127.0.0.1:{self.port}/{MODEL}"

    def stop(self) -> None:
        """End the server, which ends the runners it has started."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, 9)
            self._process.wait(20)
        self._log.close()

    def _wait(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/api/version", timeout=5):
                    return
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.05)
        self.stop()
        raise OllamaMissing(f"Ollama did not start:\n{(self._home / 'ollama.log').read_text()[-2000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_model(path: Path) -> None:
    """A llama of two layers with random weights, whose tokens are bytes: 0.5 MB."""
    writer = gguf.GGUFWriter(str(path), "llama")
    tokens, kinds = _vocabulary()
    writer.add_name("tiny")
    writer.add_context_length(CONTEXT_LENGTH)
    writer.add_embedding_length(_WIDTH)
    writer.add_block_count(_LAYERS)
    writer.add_feed_forward_length(_INNER)
    writer.add_head_count(_HEADS)
    writer.add_head_count_kv(_HEADS)
    writer.add_rope_dimension_count(_WIDTH // _HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_file_type(gguf.LlamaFileType.ALL_F32)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([0.0] * len(tokens))
    writer.add_token_types(kinds)
    writer.add_unk_token_id(0)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    for name, shape in _shapes(len(tokens)).items():
        writer.add_tensor(name, _weights(name, shape))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _vocabulary() -> tuple[list[bytes], list[int]]:
    special = [b"<unk>", b"<s>", b"</s>"]
    tokens = special + [f"<0x{byte:02X}>".encode() for byte in range(256)]
    kinds = [gguf.TokenType.UNKNOWN, gguf.TokenType.CONTROL, gguf.TokenType.CONTROL]
    return tokens, [int(kind) for kind in kinds + [gguf.TokenType.BYTE] * 256]


def _shapes(vocabulary: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        "token_embd.weight": (vocabulary, _WIDTH),
        "output_norm.weight": (_WIDTH,),
        "output.weight": (vocabulary, _WIDTH),
    }
    for layer in range(_LAYERS):
        for part in ("attn_q", "attn_k", "attn_v", "attn_output"):
            shapes[f"blk.{layer}.{part}.weight"] = (_WIDTH, _WIDTH)
        shapes[f"blk.{layer}.attn_norm.weight"] = (_WIDTH,)
        shapes[f"blk.{layer}.ffn_norm.weight"] = (_WIDTH,)
        shapes[f"blk.{layer}.ffn_gate.weight"] = (_INNER, _WIDTH)
        shapes[f"blk.{layer}.ffn_up.weight"] = (_INNER, _WIDTH)
        shapes[f"blk.{layer}.ffn_down.weight"] = (_WIDTH, _INNER)
    return shapes


def _weights(name: str, shape: tuple[int, ...]) -> np.ndarray:
    if "norm" in name:
        return np.ones(shape, dtype=np.float32)
    # The same nonsense everywhere: seeded by the tensor's name.
    random = np.random.default_rng(list(name.encode()))
    # Weights this large make it say all sorts of things, with small ones it has one answer to everything.
    return random.standard_normal(shape).astype(np.float32)


def create_model(program: Path, server: Server, folder: Path) -> None:
    """Let the server import the tiny model."""
    write_model(folder / "tiny.gguf")
    template = "{{ .System }} {{ .Prompt }}"
    (folder / "Modelfile").write_text(f'FROM {folder / "tiny.gguf"}\nTEMPLATE """{template}"""\n')
    subprocess.run(
        [str(program), "create", MODEL, "-f", str(folder / "Modelfile")],
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "OLLAMA_HOST": f"127.0.0.1:{server.port}"},
        check=True,
        capture_output=True,
    )
