"""How the commands speak: JSON on stdout, words on stderr, colour only on a terminal."""

import sys

import orjson
from pydantic import BaseModel
from rich.console import Console


def console(*, stderr: bool = False) -> Console:
    """A console that honours NO_COLOR and stays plain off a terminal."""
    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def plural(number: int, word: str, *verbs: str) -> str:
    """`1 line`, `2 lines`; with two verbs also `1 line follows`, `2 lines follow`."""
    verb = f" {verbs[0 if number == 1 else 1]}" if verbs else ""
    return f"{number} {word}{'' if number == 1 else 's'}{verb}"


def plain(text: str) -> str:
    """No control characters: a log or a DAG id that nobody here wrote must not command the terminal."""
    return "".join(char if char.isprintable() or char == "\t" else "?" for char in text)


def problem(text: str) -> None:
    """Say what went wrong, and what mends it, on stderr."""
    shown = "\n".join(plain(line) for line in text.splitlines())
    console(stderr=True).print(f"error: {shown}", style="red", markup=False)


def print_json(document: BaseModel | dict[str, object]) -> None:
    """One JSON object on stdout and nothing else there; unknown keys are null, never missing."""
    plain = document.model_dump(mode="json") if isinstance(document, BaseModel) else document
    sys.stdout.buffer.write(orjson.dumps(plain, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    sys.stdout.buffer.flush()
