"""Source code with its findings under their lines."""

import streamlit as st

from dashboard import text
from dashboard.views.source import Code, CodeLine, Gap, Mark
from dashboard.widgets import marks

_STYLE = """<style>
.dagaudit-code{font-family:monospace;font-size:.82rem;line-height:1.5;overflow-x:auto;
 border:1px solid rgba(128,128,128,.35);border-radius:.5rem;padding:.4rem 0}
.dagaudit-code .row{display:flex;min-width:max-content}
.dagaudit-code .n{flex:0 0 3.4rem;text-align:right;padding-right:.8rem;opacity:.6;user-select:none}
.dagaudit-code .t{white-space:pre;padding-right:1rem}
.dagaudit-code .found{background:rgba(220,59,59,.13)}
.dagaudit-code .here{outline:2px solid rgba(220,59,59,.7);outline-offset:-2px}
.dagaudit-code .mark{font-family:sans-serif;margin:.2rem .8rem .5rem 3.4rem;padding:.4rem .7rem;
 border-left:3px solid rgba(220,59,59,.8);background:rgba(128,128,128,.1);border-radius:.2rem;
 position:sticky;left:3.4rem;max-width:min(60rem,calc(100vw - 9rem));
 white-space:normal;overflow-wrap:anywhere}
.dagaudit-code .gap{padding:.1rem 0 .1rem 3.4rem;opacity:.6;font-style:italic;font-family:sans-serif}
</style>"""


def code_view(code: Code) -> None:
    """The rows; long lines scroll sideways inside their frame, and what was found stays in sight."""
    rows = "".join(_gap(row) if isinstance(row, Gap) else _line(row) for row in code.rows)
    st.html(f'{_STYLE}<div class="dagaudit-code" role="region" aria-label="Source" tabindex="0">{rows}</div>')


def _line(row: CodeLine) -> str:
    classes = "row" + (" found" if row.marks else "") + (" here" if row.pointed_at else "")
    found = "".join(_mark(mark) for mark in row.marks)
    return (
        f'<div class="{classes}"><span class="n">{row.number}</span>'
        f'<span class="t">{text.html(row.text.expandtabs(4)) or " "}</span></div>{found}'
    )


def _mark(mark: Mark) -> str:
    state = f" {marks.muted(mark.state)}" if mark.state else ""
    advice = (
        f'<div style="margin-top:.2rem"><strong>Do:</strong> {text.prose(mark.suggestion)}</div>'
        if mark.suggestion
        else ""
    )
    return (
        f'<div class="mark">{marks.badge(mark.badge)} <strong>{text.html(mark.rule)}</strong> '
        f"{marks.muted(mark.name)}{state}<div>{text.prose(mark.message)}</div>{advice}</div>"
    )


def _gap(gap: Gap) -> str:
    return f'<div class="gap">⋯ {text.html(gap.words)}</div>'
