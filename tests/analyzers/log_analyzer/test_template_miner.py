"""Lines of one statement are one template, whatever their values."""

import gzip
import io
import json
import random

import pytest
from typer.testing import CliRunner

from analyzers.log_analyzer.template_miner import Miner
from dagaudit.cli.app import app

STATEMENTS = (
    "loaded {n} rows into orders in {n}.{n} s",
    "worker 10.0.{n}.{n}:{n} connected",
    "request {u} took {n} ms",
    "copied /data/in/{n}/part-{n}.parquet to /data/out/{n}.parquet",
    "2026-11-20T06:{t}:{t}Z heartbeat {n}",
    "user {w} logged in",
    "job failed: disk is full",
)


def written(statement, rng):
    values = {"n": str(rng.randrange(10 ** rng.randrange(1, 7))), "t": f"{rng.randrange(60):02}"}
    text = statement
    for key, value in values.items():
        while f"{{{key}}}" in text:
            text = text.replace(f"{{{key}}}", value, 1)
            value = str(rng.randrange(60)).zfill(2) if key == "t" else str(rng.randrange(10**6))  # noqa: PLW2901
    text = text.replace("{u}", f"{rng.getrandbits(32):08x}-0000-4000-8000-{rng.getrandbits(48):012x}")
    return text.replace("{w}", rng.choice(("anna", "ben", "cleo", "dora")))


@pytest.fixture(scope="module")
def corpus():
    rng = random.Random(5)
    truth = [rng.randrange(len(STATEMENTS)) for _ in range(3000)]
    return truth, [written(STATEMENTS[number], rng) for number in truth]


def mine(lines, assign=True):
    return Miner(assign=assign).read(io.BytesIO("\n".join(lines).encode()))


def test_each_statement_is_one_group(corpus):
    truth, lines = corpus

    mined = mine(lines)

    assert len(set(zip(truth, mined.lines, strict=True))) == len(set(mined.lines)) == len(STATEMENTS)


def test_counts_are_those_of_the_lines(corpus):
    truth, lines = corpus

    mined = mine(lines)

    assert sorted(t.count for t in mined.templates) == sorted(truth.count(n) for n in set(truth))
    assert mined.total == len(lines)


def test_template_shows_words_and_hides_values():
    mined = mine(["loaded 3 rows into orders", "loaded 17 rows into orders"])

    assert [t.template for t in mined.templates] == ["loaded <NUM> rows into orders"]


def test_ids_do_not_depend_on_chunks(corpus):
    _, lines = corpus
    chunked = Miner()
    for start in range(0, len(lines), 100):
        chunked.add([line.encode() for line in lines[start : start + 100]])

    assert chunked.result().templates == mine(lines, assign=False).templates


def test_ids_are_content_hashes():
    one, two = mine(["took 3 ms"]), mine(["other line", "took 99 ms"])

    assert one.templates[0].id in {t.id for t in two.templates}


def test_blank_lines_have_no_template():
    mined = mine(["a b", "", "   ", "a b"])

    assert [line is None for line in mined.lines] == [False, True, True, False]


def test_words_that_vary_become_open():
    mined = mine([f"user {name} logged in" for name in ("anna", "ben", "cleo")])

    assert [t.template for t in mined.templates] == ["user <*> logged in"]


def test_json_lines_are_grouped_by_what_they_say():
    mined = mine([json.dumps({"timestamp": str(i), "event": f"row {i}", "rank": i}) for i in range(5)])

    assert [(t.template, t.count) for t in mined.templates] == [("row <NUM>", 5)]


def test_secrets_do_not_leave():
    mined = mine(["login with password=hunter22 ok"])

    assert "hunter22" not in repr(mined.templates)


def test_junk_is_no_crash():
    mined = Miner(assign=True).read(io.BytesIO(bytes(range(256)) * 100))

    assert mined.total == 101


def test_long_line_is_no_crash():
    mined = Miner(assign=True).read(io.BytesIO(b"x" * 20_000_000 + b"\ny\n"))

    assert mined.lines[-1] is not None


def run(*arguments, **keywords):
    return CliRunner().invoke(app, ["templates", *map(str, arguments)], **keywords)


def test_command_gives_json(tmp_path):
    file = tmp_path / "a.log"
    file.write_text("took 3 ms\n\ntook 17 ms\n")

    document = json.loads(run(file, "--assign", "--format", "json").stdout)

    template = document["templates"][0]
    assert (template["template"], template["count"], template["example"]) == ("took <NUM> ms", 2, "took 3 ms")
    assert document["lines"] == [template["id"], None, template["id"]]


def test_command_gives_no_lines_unasked(tmp_path):
    file = tmp_path / "a.log"
    file.write_text("took 3 ms\n")

    assert set(json.loads(run(file, "--format", "json").stdout)) == {"schema_version", "templates"}


def test_command_gives_text(tmp_path):
    file = tmp_path / "a.log"
    file.write_text("took 3 ms\ntook 4 ms\n")

    assert run(file).stdout.splitlines()[-1] == "2 lines follow 1 template"


def test_command_reads_gzip(tmp_path):
    file = tmp_path / "a.log.gz"
    file.write_bytes(gzip.compress(b"took 3 ms\n"))

    assert "took <NUM> ms" in run(file).stdout


def test_missing_file_names_the_remedy(tmp_path):
    from dagaudit.errors import SourceUnreadable

    result = run(tmp_path / "no.log")

    assert isinstance(result.exception, SourceUnreadable)
    assert "give a file" in str(result.exception)
