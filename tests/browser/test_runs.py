"""What is wrong with runs, in a real Chromium."""

from playwright.sync_api import expect

from tests.browser import real
from tests.dashboard import sample
from tests.dashboard.troubled import troubled


def test_missed_and_slower_runs_lead_from_the_overview_to_the_dag(open_browser, tmp_path):
    with real.dashboard(sample.publish_sample(tmp_path, troubled()).root) as site:
        page = open_browser(site).open("/")
        attention = page.get_by_text("its run was due at 02:00, 3 h ago, and none was started")
        expect(attention.first).to_be_visible()
        expect(page.get_by_text("1 missed, 1 slower")).to_be_visible()

        page.get_by_role("link", name="stock_sync").first.click()

        expect(page.get_by_role("heading", name="What is wrong with its runs")).to_be_visible()
        expect(page.get_by_text("p50 of load rose from 12 min to 31 min since 2026-11-14")).to_be_visible()

        page.get_by_role("tab", name="Runs").click()

        expect(page.get_by_text("Succeeded the first time")).to_be_visible()
        expect(page.get_by_role("heading", name="What decides when it lands")).to_be_visible()
        expect(page.get_by_text("extract → load decided when it landed in 9 of 12 runs")).to_be_visible()
        assert page.locator("img[src*=foreign], a[href*=foreign], .katex, main script").count() == 0
        # Before the server ends: a page without one calls for it in vain.
        page.close()
