"""Replaces names in the Jinja templates that stand in Python strings."""

import ast
import re

from analyzers.code_analyzer.fixes import edits
from analyzers.code_analyzer.parsed_file import ParsedFile
from dagaudit.finding import Edit

_JINJA = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_QUOTED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"")


def template_name_replaced(parsed: ParsedFile, node: ast.Constant, name: str, instead: str) -> list[Edit]:
    """The edits that put another expression for a name wherever the string's templates use it.

    What only looks like it is left: an attribute, an argument's name, a text within the template.
    """
    if not isinstance(node.value, str):
        return []
    source = parsed.segment(node)
    word = re.compile(rf"(?<![\w.]){re.escape(name)}(?!\w)(?!\s*=(?!=))")
    first_line, first_column = edits.start(parsed, node)
    made = []
    for block in _JINJA.finditer(source):
        # The same width, so that places stay; a string's own quotes never stand within a template's block.
        code = _QUOTED.sub(lambda quoted: " " * len(quoted[0]), block[0])
        for found in word.finditer(code):
            offset = block.start() + found.start()
            above = source.count("\n", 0, offset)
            column = offset - source.rfind("\n", 0, offset) if above else first_column + offset
            made.append(edits.replace_at(first_line + above, column, name, instead))
    return made
