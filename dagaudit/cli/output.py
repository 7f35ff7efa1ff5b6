"""How the commands speak: JSON on stdout, words on stderr, colour only on a terminal."""

import sys

import orjson
from pydantic import BaseModel
from rich.console import Console


def console(*, stderr: bool = False) -> Console:
    """A console that honours NO_COLOR and stays plain off a terminal."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def problem(text: str) -> None:
    """Say what went wrong, and what mends it, on stderr."""
    console(stderr=True).print(f"error: {text}", style="red", markup=False)


def print_json(document: BaseModel | dict[str, object]) -> None:
    """One JSON object on stdout and nothing else there; unknown keys are null, never missing."""
    plain = document.model_dump(mode="json") if isinstance(document, BaseModel) else document
    sys.stdout.buffer.write(orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
