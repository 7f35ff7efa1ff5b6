"""report.html: safe, whole, and honest about what was not seen."""

import hashlib
import re
from base64 import b64encode
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from analyzers.report_merger.html import TEMPLATES
from analyzers.report_merger.sections import Sections
from analyzers.report_merger.since_last import Previous, compare
from dagaudit.drift import DriftChange, DriftInput, DriftItem, DriftKind, DriftState
from dagaudit.finding import Failure
from dagaudit.report import Report
from dagaudit.section import CodeSection, Coverage, DriftSection, LogsSection, SectionStatus
from dagaudit.task_attempt import EvidenceLine
from tests.analyzers.report_merger.samples import (
    AUDIT,
    NOW,
    attempt,
    cause,
    code,
    dag,
    finding,
    logs,
    merged,
    night,
)


def page(sections=None, **changes) -> str:
    return merged(sections, **changes)["report.html"].decode()


class Elements(HTMLParser):
    """Tags and attributes of a page, as a browser would see them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


HOSTILE = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</title></style></svg><img src=x onerror=alert(1)>",
    "![](http://evil.example/x.png)",
    ":red[all clear]",
    '" onmouseover="alert(1)',
    "{{ 7 * 7 }}{% raw %}",
    "a\x00b\x1b[31mc\u202ed\u2066e",
]


def hostile_night(text: str) -> Sections:
    line = EvidenceLine(line=1, text=text, path=text)
    return Sections(
        code=code(
            finding(
                text, text, name=text, message=text, evidence=text, suggestion=text, dag_id=text, task_id=text
            ),
            dags=(dag(text, text, edges=((text, f"{text}2"),), owners=(text,), schedule=text, tags=(text,)),),
            status=SectionStatus.PARTIAL,
            failures=(Failure(part=text, path=text, message=text),),
            reason=text,
        ),
        logs=logs(
            cause(text, (text,), title=text, advice=text, explanation=text, evidence=(line,)),
            attempts=(attempt(text, text),),
        ),
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_is_inert(text):
    audit = AUDIT.model_copy(update={"name": text, "dags_address": text, "namespace": text})
    usual = Elements(page(hostile_night("harmless"), audit=audit.model_copy(update={"name": "harmless"})))

    shown = Elements(page(hostile_night(text), audit=audit))

    assert [tag for tag, _ in shown.tags if tag in ("script", "img", "iframe", "style")] == [
        "style",
        "script",
    ]
    assert {tag for tag, _ in shown.tags} == {tag for tag, _ in usual.tags}
    assert not [name for _, attributes in shown.tags for name in attributes if name.startswith("on")]


def test_characters_that_print_nothing_are_shown_as_replacements():
    text = page(hostile_night(HOSTILE[-1]))

    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)
    assert "a\ufffdb" in text


def test_markdown_is_shown_as_it_is():
    assert "![](http://evil.example/x.png)" in page(hostile_night(HOSTILE[3]))


def test_page_loads_nothing():
    elements = Elements(page(hostile_night("http://evil.example/x")))

    loading = {"src", "srcset", "action", "formaction", "poster", "data", "background"}
    assert not [attributes for _, attributes in elements.tags if loading & set(attributes)]
    assert all((attributes.get("href") or "#").startswith("#") for _, attributes in elements.tags)


def test_policy_forbids_all_but_our_own_style_and_script():
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page())
    policy = policy.replace("&#39;", "'")

    assert policy.startswith("default-src 'none'; ")
    assert "unsafe" not in policy
    for name in ("report.css", "report.js"):
        digest = hashlib.sha256((TEMPLATES / name).read_bytes()).digest()
        assert f"'sha256-{b64encode(digest).decode()}'" in policy


def test_no_style_attribute_that_the_policy_would_refuse():
    assert not [attributes for _, attributes in Elements(page()).tags if "style" in attributes]


def test_verdict_comes_first():
    (heading,) = re.findall(r"<h1>(.*?)</h1>", page())

    assert heading == "1 of 3 DAGs is failing from 1 cause; 1 is at risk; 1 critical finding."


def test_clean_complete_report_is_all_clear():
    clean = Sections(code=code(), logs=logs())

    assert "All clear: nothing is failing and nothing high was found in 1 DAG." in page(clean)


INCOMPLETE = {
    "failed source": Sections(
        code=CodeSection(status=SectionStatus.FAILED, reason="it crashed"), logs=logs()
    ),
    "failed logs": Sections(code=code(), logs=LogsSection(status=SectionStatus.FAILED, reason="it crashed")),
    "file not read": Sections(
        code=code(
            status=SectionStatus.PARTIAL,
            failures=(Failure(part="reading", path="x.py", message="it crashed"),),
        )
    ),
    "gap": Sections(
        code=code(status=SectionStatus.PARTIAL, coverage=Coverage(seen=9, analyzed=2), reason="it crashed")
    ),
    "nothing": Sections(),
}


@pytest.mark.parametrize("sections", INCOMPLETE.values(), ids=INCOMPLETE.keys())
def test_incomplete_report_has_a_banner_and_is_never_all_clear(sections):
    text = page(sections)

    assert 'class="banner" role="alert"' in text
    assert "all clear" not in text.lower()
    assert "it crashed" in text or sections is INCOMPLETE["nothing"]


def test_whole_report_has_no_banner():
    assert 'class="banner"' not in page()


def test_long_texts_are_cut_and_say_so():
    long = Sections(
        code=code(finding(message="m" * 5000, evidence="e" * 5000)),
        logs=logs(cause(evidence=tuple(EvidenceLine(line=one, text="x" * 500) for one in range(1, 90)))),
    )

    text = page(long)

    assert "(5,000 characters, cut)" in text
    assert not re.search("m{301}|e{301}|x{301}", text)
    assert text.count("<pre>xxx") == 20


def test_graph_is_drawn_with_its_failed_task():
    text = page(night())

    assert '<g class="failed"><title>load: BashOperator, failed, 1 finding</title>' in text


def test_what_was_fixed_is_named():
    before = compare(Sections(code=code(finding("DGA301", "old.py"))), Previous(), NOW)

    text = page(Sections(code=code()), previous=Previous("before", before.known, None))

    assert '<span class="tag fixed">fixed</span> <b>DGA301</b> <code>old.py</code>' in text


def test_finding_of_a_model_is_marked_as_such():
    assert "origin llm" in page(Sections(code=code(finding(origin="llm", confidence="suspected"))))


def drifted(state: str, name: str = "etl") -> DriftSection:
    moved = DriftItem(
        item=name,
        dags=(name,),
        distance=3,
        changes=(DriftChange(feature="time per attempt", before=60, now=600, unit="seconds"),),
    )
    one = DriftInput(
        kind=DriftKind.NUMBERS,
        state=DriftState(state),
        reason="It drifts.",
        reset="other rules",
        moved_items=(moved,),
    )
    return DriftSection(status=SectionStatus.OK, inputs=(one,))


def test_drift_is_told_with_what_moved():
    text = page(replace(night(), drift=drifted("drift")))

    assert "The DAGs in numbers" in text
    assert "time per attempt 60 s -&gt; 10 min" in text
    assert "The reference starts anew: other rules" in text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_name_of_what_moved_is_inert(text):
    plain = [tag for tag, _ in Elements(page(replace(night(), drift=drifted("drift", "plain")))).tags]

    assert [tag for tag, _ in Elements(page(replace(night(), drift=drifted("drift", text)))).tags].count(
        "script"
    ) == plain.count("script")


@pytest.mark.parametrize(
    ("state", "points"), [("drift", [6]), ("suspected", []), ("recovering", []), ("steady", [])]
)
def test_only_confirmed_drift_asks_for_attention(state, points):
    files = merged(replace(night(), drift=drifted(state)))
    report = Report.model_validate_json(files["final_dashboard_data.json"])

    row = next(row for row in report.dags if row.dag_id == "etl")
    assert [part.points for part in row.attention_parts if part.name == "drift"] == points
    assert report.totals.drift == {"numbers": state}
