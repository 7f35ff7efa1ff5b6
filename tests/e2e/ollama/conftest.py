"""One real Ollama for all tests here; it ends with them."""

from collections.abc import Iterator

import pytest

from dagaudit.adapters.llm_options import LlmOptions
from dagaudit.adapters.ollama import OllamaLlm
from dagaudit.address import parse
from tests.e2e.ollama import server as ollama_server


@pytest.fixture(scope="session")
def ollama_server_running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ollama_server.Server]:
    program = ollama_server.build()
    home = tmp_path_factory.mktemp("ollama")
    server = ollama_server.Server(program, home)
    try:
        ollama_server.create_model(program, server, home)
        yield server
    finally:
        server.stop()


@pytest.fixture
def address(ollama_server_running: ollama_server.Server) -> str:
    return ollama_server_running.address


@pytest.fixture
def llm(address: str) -> Iterator[OllamaLlm]:
    model = OllamaLlm(parse(address), LlmOptions(context_length=2048, embedding_model="tiny"))
    yield model
    model.close()
