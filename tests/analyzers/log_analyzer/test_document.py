"""docs/signatures.md says what the catalogue says."""

from pathlib import Path

from analyzers.log_analyzer.signatures.document import page

DOCUMENT = Path(__file__).parents[3] / "docs" / "signatures.md"


def test_page_is_up_to_date():
    assert DOCUMENT.read_text() == page(), "run make generate"
