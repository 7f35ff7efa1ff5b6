"""report.html of a real audit, opened as a file, without network and without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser import real


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
@pytest.mark.parametrize("scheme", real.SCHEMES)
def test_report_is_readable(open_browser, example_report, scripts, scheme):
    path = example_report / "report.html"
    visitor = open_browser("file://", java_script_enabled=scripts, color_scheme=scheme, offline=True)

    visitor.page.goto(path.as_uri())

    expect(visitor.page.get_by_text("The connection to a service is refused").first).to_be_visible()
    if not scripts:
        visitor.page.screenshot(path=real.ROOT / "build" / "screenshots" / f"report-{scheme}.png")
