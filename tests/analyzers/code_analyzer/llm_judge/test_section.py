import io
import zipfile

import pytest

from analyzers.code_analyzer.llm_judge import Allowance, Asking, judge_section
from dagaudit.adapters.null import NoCache, NullLlm
from dagaudit.errors import LlmUnavailable, SourceUnreadable
from dagaudit.finding import Failure, Origin
from dagaudit.section import CodeSection, Coverage, SectionStatus
from tests.analyzers.code_analyzer.llm_judge.conftest import RULES, SOURCE, finding
from tests.fakes import MemorySource, ScriptedLlm

SECRET = "AKIAQ3EGRTDXPLBZ7YK4"


def section(*findings, **more):
    coverage = Coverage(seen=1, analyzed=1)
    return CodeSection(status=SectionStatus.OK, coverage=coverage, findings=findings, **more)


def judged(files, *findings, llm=None, before=None, broken=None):
    llm = llm or ScriptedLlm()
    source = MemorySource(files, broken)
    return judge_section(
        before or section(*findings), [source], RULES, Asking(llm, NoCache(), Allowance())
    ), llm


def test_file_is_read_from_its_source():
    llm = ScriptedLlm()
    llm.answers.append({"verdict": "real", "line": 6})

    after, _ = judged({"orders.py": SOURCE}, finding(6), llm=llm)

    assert after.findings[0].origin is Origin.STATIC_AND_LLM
    assert after.status is SectionStatus.OK
    assert after.llm.calls == 1


def test_file_in_an_archive_is_read():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("sub/orders.py", SOURCE)

    _, llm = judged({"dags.zip": packed.getvalue()}, finding(6, path="dags.zip/sub/orders.py"))

    assert "Loads orders" in llm.requests[0].prompt


@pytest.mark.parametrize("data", [b"", b"PK no archive", b"\x00" * 100])
def test_broken_archive_is_not_judged(data):
    after, llm = judged({"dags.zip": data}, finding(6, path="dags.zip/orders.py"))

    assert (len(llm.requests), after.llm.not_judged) == (0, 1)


def test_secrets_are_masked_before_they_leave():
    _, llm = judged(
        {"orders.py": SOURCE.replace('get("x")', f'get("x", aws_access_key_id="{SECRET}")')}, finding(13)
    )

    assert "aws_access_key_id=" in llm.requests[0].prompt
    assert SECRET not in llm.requests[0].prompt


@pytest.mark.parametrize(
    "data",
    [
        SOURCE.replace("\n", "\r\n").encode(),
        SOURCE.replace("\n", "\r").encode(),
        b"\xef\xbb\xbf" + SOURCE.encode(),
        b"# coding: latin-1\n" + SOURCE.replace("Loads orders", "Lädt Aufträge").encode("latin-1"),
        b"# coding: no-such-thing\n" + SOURCE.encode(),
        SOURCE.encode().replace(b"Loads", b"\xff\xfe"),
        SOURCE.encode().replace(b"Loads", b"\x00\x01"),
    ],
    ids=["windows", "old mac", "BOM", "latin-1", "unknown encoding", "no UTF-8", "zeros"],
)
def test_every_encoding_is_shown(data):
    _, llm = judged({"orders.py": data}, finding(6))

    assert "Variable.get" in llm.requests[0].prompt


def test_unreadable_source_leaves_the_findings():
    after, llm = judged({}, finding(6), broken={"orders.py": SourceUnreadable("gone")})

    assert after.findings == (finding(6),)
    assert llm.requests == []


def test_model_that_is_gone_makes_the_section_partial():
    llm = ScriptedLlm()
    llm.answers.extend([LlmUnavailable("refused")] * 9)

    after, _ = judged({"orders.py": SOURCE}, *(finding(line) for line in (6, 13, 15)), llm=llm)

    assert after.status is SectionStatus.PARTIAL
    assert [each.part for each in after.failures] == ["llm judge"]


def test_earlier_failures_stay():
    before = section(finding(6), failures=(Failure(part="code", message="x"),))

    after, _ = judged({"orders.py": SOURCE}, before=before)

    assert after.failures == before.failures


def test_without_a_model_nothing_changes():
    before = section(finding(6))

    after, _ = judged({"orders.py": SOURCE}, before=before, llm=NullLlm())

    assert after.model_copy(update={"llm": None}) == before
    assert after.llm.address == "null://"
