"""SQL statements as words: enough to tell what they do, without knowing the dialect."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from analyzers.code_analyzer.context import FileContext
from analyzers.code_analyzer.syntax import argument, last_name, makes_task, text_of

_RUNS = frozenset({"execute", "executemany", "run", "sql", "query", "run_query", "executescript"})
MAX_SQL = 20_000
"""Characters; what stands beyond them is not read."""
_VERBS = ("insert", "delete", "drop", "truncate")
_WORTH_READING = re.compile(r"\b(?:insert|delete|drop|truncate)\b", re.IGNORECASE)
# A template may hold quotes and semicolons of its own; it becomes one word.
_TEMPLATE = re.compile(r"\{\{.{0,500}?\}\}|\{%.{0,500}?%\}|\{#.{0,500}?#\}|\0", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: its words in upper case, punctuation included."""

    words: tuple[str, ...]
    node: ast.AST
    """The expression that holds it."""
    call: ast.Call
    in_task_code: bool

    def starts(self, *words: str) -> bool:
        """Whether it begins with these words."""
        return self.words[: len(words)] == words

    def has(self, *words: str) -> bool:
        """Whether these words stand in it, one after the other."""
        size = len(words)
        return any(self.words[at : at + size] == words for at in range(len(self.words) - size + 1))

    def name_after(self, *words: str) -> str | None:
        """The (dotted) name that follows these words."""
        size = len(words)
        for at in range(len(self.words) - size):
            if self.words[at : at + size] == words:
                return _name(self.words, at + size)
        return None


def statements(file: FileContext) -> Iterator[Statement]:
    """The statements that operators are given and that task code executes, as far as their text is known."""
    if not any(verb in file.lower_text for verb in _VERBS):
        return
    for call in file.all(ast.Call):
        for given, in_task_code in _given(file, call):
            text = text_of(file, given)
            if text is not None and _WORTH_READING.search(text):
                for words in split(text):
                    yield Statement(words, given, call, in_task_code)


def split(text: str) -> Iterator[tuple[str, ...]]:
    """The statements of a script, each as words; comments are left out, strings become one word."""
    # Imported here: it takes a quarter of a second, and most files hold no SQL.
    from sqlglot import tokenize
    from sqlglot.errors import SqlglotError

    try:
        tokens = tokenize(_TEMPLATE.sub(" TEMPLATE_ ", text[:MAX_SQL]))
    except SqlglotError:
        return
    words: list[str] = []
    for token in tokens:
        if token.text == ";":
            if words:
                yield tuple(words)
            words = []
        else:
            words.extend(token.text.upper().split() or ["''"])
    if words:
        yield tuple(words)


def _given(file: FileContext, call: ast.Call) -> Iterator[tuple[ast.expr, bool]]:
    if makes_task(file.parsed.qualified_name(call.func)):
        for name in ("sql", "query", "hql"):
            given = argument(call, name)
            if given is not None:
                for each in given.elts if isinstance(given, ast.List | ast.Tuple) else (given,):
                    yield each, False
    elif last_name(call.func) in _RUNS and isinstance(call.func, ast.Attribute):
        given = argument(call, "sql", 0)
        if given is not None and file.scopes.in_task(call):
            for each in given.elts if isinstance(given, ast.List | ast.Tuple) else (given,):
                yield each, True


def _name(words: tuple[str, ...], at: int) -> str | None:
    parts = []
    while at < len(words) and words[at] in {"IF", "NOT", "EXISTS", "TABLE", "ONLY"}:
        at += 1
    while at < len(words) and words[at] != "(":
        parts.append(words[at])
        if at + 1 >= len(words) or words[at + 1] != ".":
            break
        at += 2
    return ".".join(parts) if parts else None
