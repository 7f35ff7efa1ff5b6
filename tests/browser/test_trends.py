"""The page of trends in a browser: from the verdict to the DAG that moved."""

from playwright.sync_api import expect

from tests.browser import real
from tests.dashboard import sample
from tests.dashboard.test_drift import drifting, kind


def test_drift_leads_to_the_dag_that_moved(open_browser, tmp_path):
    section = drifting(kind("numbers", "drift"), kind("source", "steady"))
    sample.publish_sample(tmp_path, sample.replace(sample.whole(), drift=section))
    with real.dashboard(tmp_path) as site:
        page = open_browser(site).open("/trends")

        expect(page.get_by_text("Drift: The DAGs in numbers")).to_be_visible()
        expect(page.get_by_text("time per attempt 2 min -> 10 min").first).to_be_visible()
        expect(page.locator("canvas, [data-testid=stEChartsChart] svg").first).to_be_visible()
        assert page.locator("img[src*=foreign], a[href*=foreign], .katex, main script").count() == 0

        page.get_by_role("link", name="orders_etl").first.click()

        expect(page.get_by_text("Causes of failure")).to_be_visible()
