import pytest

from analyzers.code_analyzer.llm_judge import Asking, judge_section, redactor
from dagaudit.adapters.null import NoCache
from dagaudit.section import CodeSection, SectionStatus
from tests.analyzers.code_analyzer.llm_judge.conftest import RULES, SOURCE, finding
from tests.fakes import MemorySource, ScriptedLlm

SECRET = 'aws_access_key_id="AKIAQ3EGRTDXPLBZ7YK4"'


@pytest.mark.parametrize(
    ("secrets", "patterns", "text", "shown"),
    [
        (True, (), SECRET, 'aws_access_key_id="***"'),
        (False, (), SECRET, SECRET),
        (True, ("ACME-[0-9]+",), "ticket ACME-42 of ACME-7", "ticket *** of ***"),
        (False, ("ACME-[0-9]+",), "ACME-42", "***"),
        (True, ("x*",), "ab", "ab"),
        (True, ("(?s)BEGIN.*END",), "a\nBEGIN\n1\nEND\nb", "a\n***\n\n\nb"),
    ],
)
def test_what_is_named_is_hidden(secrets, patterns, text, shown):
    assert redactor(secrets=secrets, extra_patterns=patterns)(text) == shown


def test_what_is_named_reaches_no_prompt():
    llm = ScriptedLlm()
    section = CodeSection(status=SectionStatus.OK, findings=(finding(13, message="pulls orders of ACME-42"),))
    source = MemorySource({"orders.py": SOURCE.replace('"x"', '"ACME-42"')})

    judge_section(
        section, [source], RULES, Asking(llm, NoCache(), redact=redactor(extra_patterns=["ACME-[0-9]+"]))
    )

    assert "ACME-42" not in llm.requests[0].prompt
    assert 'Variable.get("***")' in llm.requests[0].prompt
