"""The forms of defects: text files, one for each group of rules, and modules for what no text can say.

    [DGA401 variable-get module]
    also: DGA406
    imports:
        from airflow.sdk import Variable
    bad:
        BUCKET = Variable.get("bucket")  # §
    good:
        BUCKET = "{{ var.value.bucket }}"

The head says rule, name and place: `module`, `task` and `dag` are blocks of the clean file, `end` is after
everything, `dag-argument` and `task-argument` are calls in it, whose arguments stand as `name = value`.
`bad` has a § where the rule may speak; `good` looks alike and is right. More keys: `top` (code after the
imports), `also` (rules that rightly speak of it, too), `needs` and `lacks` (arguments of the call),
`calls` (the operator), `options` (the rule's, as JSON), `text` (comments make the defect), `at` (`dag`: the
rule may speak of the DAG's call, too), `beside` (a path: the next block is another file).
"""

import json
import pkgutil
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import import_module
from importlib.resources import files
from textwrap import dedent
from typing import Any

from analyzers.code_analyzer.planting.form import Form
from analyzers.code_analyzer.planting.places import form_of

_HEAD = re.compile(r"^\[(DGA\d+) (\S+) (\S+)\]$", re.MULTILINE)
_KEY = re.compile(r"^(beside \S+|\w+):[ ]?(.*)$")


@cache
def all_forms() -> tuple[Form, ...]:
    """Every form, sorted by rule and name."""
    found = [
        form
        for entry in files(__name__).iterdir()
        if entry.name.endswith(".txt")
        for form in forms_in(entry.read_text(encoding="utf-8"))
    ]
    for info in pkgutil.iter_modules(__path__):
        made: Iterable[Form] = import_module(f"{__name__}.{info.name}").FORMS
        found += made
    return tuple(sorted(found, key=lambda form: form.key))


def forms_in(text: str) -> Iterator[Form]:
    """The forms of one text file.

    Raises:
        ValueError: a place or a key is unknown.
    """
    parts = _HEAD.split(text)
    for rule, name, place, body in zip(parts[1::4], parts[2::4], parts[3::4], parts[4::4], strict=True):
        yield form_of(rule, name, place, _keys(body))


def _keys(body: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    blocks: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in body.splitlines():
        key = _KEY.match(line)
        if key is None:
            lines.append(line)
            continue
        name, value = key.groups()
        lines = blocks[name] = []
        if value:
            found[name] = value
    found |= {name: dedent("\n".join(each)).strip("\n") for name, each in blocks.items() if any(each)}
    if "options" in found:
        found["options"] = json.loads(found["options"])
    return found
