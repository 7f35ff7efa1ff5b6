"""No text of a log, of source or of a model does anything."""

from html import unescape

import pytest

from dashboard import text


@pytest.mark.parametrize("hostile", ["<script>", "<img src=x onerror=y>", '" onmouseover="x', "'", "&lt;"])
def test_html_has_no_tag_quote_or_entity_of_its_own(hostile):
    shown = text.html(hostile)

    assert not set("<>\"'") & set(shown)
    assert unescape(shown) == hostile


@pytest.mark.parametrize(
    "character",
    ["\x00", "\x1b", "\u202e", "\u2066", "\ufeff", "\x7f", "\x9b"],
    ids=lambda one: f"{ord(one):#x}",
)
@pytest.mark.parametrize("show", [text.html, text.markdown, text.clean, text.csv_cell])
def test_what_prints_nothing_is_made_visible(show, character):
    assert show(f"a{character}b") == "a\ufffdb"


def test_newlines_and_tabs_of_a_log_stay():
    assert text.html("a\n\tb") == "a\n\tb"


@pytest.mark.parametrize("mark", list("\\`*_{}[]()<>#+-.!|~^$:&\"'=/@"))
def test_markdown_escapes_every_mark(mark):
    assert f"\\{mark}" in text.markdown(f"a {mark} b")


@pytest.mark.parametrize(
    "living",
    ["http://foreign", "https://foreign", "www.foreign.com", "me@foreign.com", ":red[x]", ":material/home:",
     ":smile:", "a -> b", "a <- b", "a -- b", "a => b"],
)  # fmt: skip
def test_markdown_breaks_what_is_found_after_escaping(living):
    plain = text.markdown(living).replace("\\", "")

    assert living not in plain
    assert plain.replace("\u2060", "") == living


def test_markdown_is_one_line():
    assert text.markdown("# a\n\n- b") == "\\# a \\- b"


def test_prose_shows_backticks_as_code_and_nothing_else():
    assert text.prose("use `{{ ds }}` <b>") == "use <code>{{ ds }}</code> &lt;b&gt;"


def test_code_in_prose_is_inert():
    assert text.prose("`<img src=x>`") == "<code>&lt;img src=x&gt;</code>"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_cell_is_no_formula(start):
    assert text.csv_cell(f"{start}cmd|' /C calc'!A0")[0] in "'\ufffd"


def test_clip_says_that_it_cut():
    assert text.clip("abcdef", 4) == "abc…"


def test_clip_leaves_what_fits():
    assert text.clip("abcd", 4) == "abcd"
