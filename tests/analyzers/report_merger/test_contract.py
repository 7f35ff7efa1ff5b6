"""Generated files are what their generators make of the models."""

import pytest

from analyzers.report_merger.attention import FINDINGS, MEANING, NEW_FINDINGS
from analyzers.report_merger.tables import TABLES
from tools import contract, generate


@pytest.mark.parametrize("generator", generate.GENERATORS)
def test_generated_files_are_up_to_date(generator):
    assert generate.stale_of(generator) == [], "run make generate"


def test_every_column_of_every_table_has_words():
    for table in TABLES:
        for column in table.columns:
            known = (table.extra or {}).get(column) or (table.model and column in table.model.model_fields)
            assert known, f"{table.name}.{column}"


def test_every_field_of_every_file_is_on_the_page():
    (page,) = contract.files().values()

    for _, model in contract.FILES:
        for name in model.model_fields:
            assert f"| `{name}` |" in page


def test_points_in_the_words_are_the_points_that_count():
    for weights, prefix in ((FINDINGS, ""), (NEW_FINDINGS, "new ")):
        for severity, (each, most) in weights.items():
            words = MEANING[f"{prefix}{severity} findings"]
            assert words.startswith(f"{each} each")
            assert f"at most {most}" in words
