"""A report on S3 opens as one on a disk does."""

import pytest

from dagaudit.adapters import open_report_store
from dagaudit.report import FINAL
from tests.dagaudit.conftest import aws, bucket, s3, s3_endpoint  # noqa: F401
from tests.dashboard import sample
from tests.dashboard.pages import crashed, words


@pytest.fixture
def root(bucket):  # noqa: F811
    return f"s3://{bucket}/audits/prod"


@pytest.fixture
def published(root):
    return sample.publish_at(root, sample.whole())


@pytest.mark.parametrize("page", ["overview", "dags", "failures", "findings"])
def test_page_is_drawn(published, root, open_page, page):
    app = open_page(root, page)

    assert crashed(app) == []
    assert "report from" in words(app)


def test_dag_is_found(published, root, open_page):
    assert "2 of 14 runs failed" in words(open_page(root, "dag", id="orders_etl"))


def test_document_at_the_address_of_the_environment_finds_the_rest(published, root, bucket, open_page):  # noqa: F811
    where = f"s3://{bucket}/dashboards"
    open_report_store(where).write(FINAL, published.model_dump_json().encode())

    assert "2 of 14 runs failed" in words(open_page(f"{where}/{FINAL}", "dag", id="orders_etl"))


def test_bucket_without_report_is_a_sentence(root, open_page):
    app = open_page(root)

    assert not app.exception
    assert "latest" in app.error[0].value


def test_bucket_that_is_not_there_is_a_sentence(aws, open_page):  # noqa: F811
    app = open_page("s3://no-such-bucket-at-all")

    assert not app.exception
    assert "no\\-such\\-bucket" in app.error[0].value
