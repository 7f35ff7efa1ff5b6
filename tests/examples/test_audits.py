"""The sample audits are what this version takes, all of it."""

from pathlib import Path

import pytest

from dagaudit.spec import left_out, load_audit

AUDITS = sorted((Path(__file__).parents[2] / "examples" / "audits").glob("*.yaml"))


@pytest.mark.parametrize("path", AUDITS, ids=lambda path: path.stem)
def test_sample_audit_is_taken_and_acted_on(path):
    audit = load_audit(path.read_text(), path.name)

    assert audit.metadata.name == path.stem
    assert left_out(audit.spec) == ()
