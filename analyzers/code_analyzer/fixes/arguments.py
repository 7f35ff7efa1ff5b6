"""Puts an item into a call or a dict, or takes one out, and leaves layout and comments as they are."""

import ast
import io
import tokenize
from dataclasses import dataclass

from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.fixes.edits import Located
from analyzers.code_analyzer.parsed_file import ParsedFile
from dagaudit.finding import Edit

_Place = tuple[int, int]
_LAYOUT = frozenset(
    {
        tokenize.NL, tokenize.NEWLINE, tokenize.COMMENT, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
    }
)  # fmt: skip
_OPENING = {")": "(", "}": "{"}


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: _Place
    end: _Place


@dataclass(frozen=True, slots=True)
class _Brackets:
    """What stands between the brackets of a call or a dict."""

    inside: tuple[_Token, ...]
    """Without the brackets, layout and comments."""
    closing: _Token
    items: tuple[int, ...]
    """Index of the first token of each argument or item, in the order of the source."""


def add_argument(parsed: ParsedFile, call: ast.Call | ast.Dict, text: str) -> list[Edit]:
    """The edits that add `name=value` as last argument of a call, or `"key": value` as last item of a dict.

    On a line of its own where the last one stands so. Empty where it cannot be done, as in `f(x for x in y)`.
    """
    brackets = _brackets(parsed, call)
    if brackets is None:
        return []
    if not brackets.inside:
        commented = _comments(parsed, call.lineno, brackets.closing.start[0] - 1)
        return [] if commented else [edits.insert(brackets.closing.start, text)]
    last, comma = brackets.inside[-1], "," if brackets.inside[-1].text == "," else ""
    if brackets.closing.start[0] == last.end[0]:
        return [edits.insert(last.end, f" {text}" if comma else f", {text}")]
    line, column = brackets.inside[brackets.items[-1]].start
    indent = parsed.line(line)[: column - 1]
    if indent.strip():
        # Several on one line, the bracket on the next: it joins them.
        return [edits.insert(last.end, f" {text}," if comma else f", {text}")]
    # After a comment, which belongs to the argument before.
    after = (last.end[0], len(parsed.line(last.end[0]).rstrip()) + 1)
    if after == last.end:
        return [edits.insert(after, f"{'' if comma else ','}\n{indent}{text}{comma}")]
    own_line = edits.insert(after, f"\n{indent}{text}{comma}")
    return [own_line] if comma else [edits.insert(last.end, ","), own_line]


def remove_argument(parsed: ParsedFile, call: ast.Call | ast.Dict, item: Located) -> list[Edit]:
    """The edits that take an argument (its keyword) or an item (its key) out, with its comma.

    Empty where a comment stands beside it.
    """
    brackets = _brackets(parsed, call)
    place = edits.start(parsed, item)
    if brackets is None:
        return []
    inside = brackets.inside
    number = next((at for at, index in enumerate(brackets.items) if inside[index].start == place), None)
    if number is None:
        return []
    first = brackets.items[number]
    following = brackets.items[number + 1] if number + 1 < len(brackets.items) else len(inside)
    if _comments(parsed, place[0], inside[following - 1].end[0]):
        # A comment beside it would speak of another argument then.
        return []
    if number + 1 < len(brackets.items):
        return [edits.between(place, inside[brackets.items[number + 1]].start, "")]
    last = inside[-1]
    if number == 0:
        return [edits.between(place, last.end, "")]
    comma = inside[first - 1]
    if last.text == "," and brackets.closing.start[0] > last.end[0]:
        # Each line has its comma: that of the argument before stays.
        return [edits.between(comma.end, last.end, "")]
    return [edits.between(comma.start, last.start if last.text == "," else last.end, "")]


def _comments(parsed: ParsedFile, first: int, last: int) -> bool:
    return any(line in parsed.comments for line in range(first, last + 1))


def _brackets(parsed: ParsedFile, node: ast.Call | ast.Dict) -> _Brackets | None:
    tokens = _tokens(parsed, node)
    opening = _opening(tokens)
    if opening is None:
        return None
    inside = tokens[opening + 1 : -1]
    at = {token.start: index for index, token in enumerate(inside)}
    items = []
    for item in _items(node):
        index = at.get(edits.start(parsed, item))
        if index is None:
            return None
        while index and inside[index - 1].text in ("(", "**"):
            index -= 1
        items.append(index)
    if isinstance(node, ast.Call) and any(isinstance(each, ast.GeneratorExp) for each in node.args):
        return None
    return _Brackets(tuple(inside), tokens[-1], tuple(sorted(items)))


def _items(node: ast.Call | ast.Dict) -> list[Located]:
    if isinstance(node, ast.Call):
        return [*node.args, *node.keywords]
    return [key if key is not None else value for key, value in zip(node.keys, node.values, strict=True)]


def _opening(tokens: list[_Token]) -> int | None:
    """Index of the bracket that the last token closes."""
    if not tokens or tokens[-1].text not in _OPENING:
        return None
    depth = 0
    for index in range(len(tokens) - 1, -1, -1):
        depth += (tokens[index].text in ")]}") - (tokens[index].text in "([{")
        if depth == 0:
            return index
    return None


def _tokens(parsed: ParsedFile, node: Located) -> list[_Token]:
    """The node's tokens without layout and comments; empty where they cannot be told apart."""
    (line, column), (last, width) = edits.start(parsed, node), edits.end(parsed, node)
    lines = [parsed.line(number) for number in range(line, last + 1)]
    lines[-1] = lines[-1][: width - 1]
    # Blanks in place of what stands before keep the columns; the brackets make the indentation mean nothing.
    lines[0] = "(" + lines[0][column - 1 :]
    try:
        found = list(tokenize.generate_tokens(io.StringIO("\n".join(lines) + ")").readline))
    except (tokenize.TokenError, SyntaxError):
        return []
    tokens = [
        _Token(each.string, _placed(each.start, line, column), _placed(each.end, line, column))
        for each in found
        if each.type not in _LAYOUT
    ]
    return tokens[1:-1]


def _placed(place: _Place, line: int, column: int) -> _Place:
    """From a place in the tokenized text to one in the file; the added bracket is one character."""
    row, offset = place
    return (line, offset - 1 + column) if row == 1 else (line + row - 1, offset + 1)
