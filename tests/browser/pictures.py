"""Makes the README's pictures of an audit of the examples: `python -m tests.browser.pictures`."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.browser import real

IMAGES = real.ROOT / "docs" / "images"
SIZE = {"width": 1280, "height": 800}


def main() -> None:
    """Both pictures."""
    with tempfile.TemporaryDirectory() as reports, sync_playwright() as driver:
        folder = real.audit_examples(Path(reports))
        browser = real.launch(driver)
        with real.dashboard(Path(reports)) as site:
            _photograph(browser, site, IMAGES / "overview.png", streamlit=True)
        _photograph(browser, (folder / "report.html").as_uri(), IMAGES / "report.png", streamlit=False)
        browser.close()


def _photograph(browser: Browser, url: str, path: Path, *, streamlit: bool) -> None:
    page = browser.new_page(viewport=SIZE, color_scheme="light")
    page.goto(url)
    if streamlit:
        real.settled(page)
        page.get_by_text("DAGs that need attention").wait_for()
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, animations="disabled")
    page.close()


if __name__ == "__main__":
    main()
