"""Renders report.html: one file that needs no network, no script and no trust in what it shows."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from analyzers.report_merger.page import Limits, page
from analyzers.report_merger.rows import Judged
from analyzers.report_merger.sections import Sections
from analyzers.report_merger.since_last import Comparison
from analyzers.report_merger.text import clean, clip, one_line
from dagaudit.report import Report

MAX_BYTES = 5_000_000
TEMPLATES = Path(__file__).parent / "templates"


def html(report: Report, sections: Sections, judged: Sequence[Judged], comparison: Comparison) -> bytes:
    """The page as bytes, at most 5 MB: lists get shorter until it fits, and say so."""
    template = _environment().get_template("report.html.j2")
    style = (TEMPLATES / "report.css").read_text()
    script = (TEMPLATES / "report.js").read_text()
    limits = Limits()
    while True:
        data = template.render(
            page=page(report, sections, judged, comparison, limits),
            # Our own files, not input.
            style=Markup(style),  # noqa: S704
            script=Markup(script),  # noqa: S704
            policy=_policy(style, script),
        ).encode()
        if len(data) <= MAX_BYTES or limits.dags == 0:
            return data
        limits = limits.smaller()


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_finalize,
    )
    environment.filters["clip"] = clip
    environment.filters["one_line"] = one_line
    return environment


def _finalize(value: object) -> object:
    """The one place every printed text passes: nothing unprintable comes through."""
    if isinstance(value, str) and not isinstance(value, Markup):
        return clean(value)
    return value


def _policy(style: str, script: str) -> str:
    """Nothing may be loaded, and only our own style and script may run, known by their hashes."""
    return (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
