"""A real Chromium in front of a real server; what is missing is said at once."""

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright

from tests.browser import real
from tests.dashboard import sample

# Streamlit looks for its server below the page's own path first, and finds it at the root.
PROBES = ("/_stcore/health", "/_stcore/host-config")


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    try:
        browser = real.launch(playwright_driver)
    except real.ChromiumMissing as error:
        pytest.exit(str(error), returncode=1)
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def sample_report(tmp_path_factory: pytest.TempPathFactory) -> sample.Sample:
    return sample.publish_sample(tmp_path_factory.mktemp("sample"), sample.whole())


@pytest.fixture(scope="session")
def site(sample_report: sample.Sample) -> Iterator[str]:
    """The dashboard on the sample report."""
    with real.dashboard(sample_report.root) as url:
        yield url


@pytest.fixture(scope="session")
def example_report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a report of the example DAGs and logs."""
    return real.audit_examples(tmp_path_factory.mktemp("examples"))


class Watched:
    """A page that remembers what it should not have done."""

    def __init__(self, page: Page, site: str) -> None:
        self.page = page
        self.site = site
        self.foreign: list[str] = []
        self.errors: list[str] = []
        page.on("request", lambda request: self._asked(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._said)

    def open(self, path: str) -> Page:
        """Go to a path of the site and wait until it is drawn."""
        self.page.goto(self.site + path)
        real.settled(self.page)
        return self.page

    def _asked(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("data", "blob") and parts.netloc != urlsplit(self.site).netloc:
            self.foreign.append(url)

    def _said(self, message: object) -> None:
        if message.type == "error" and not message.location.get("url", "").endswith(PROBES):
            self.errors.append(message.text)


@pytest.fixture
def open_browser(chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """A fresh browser at a site; whatever it saw of other hosts or errors fails the test."""
    opened: list[Watched] = []

    def fresh(site: str, **options: object) -> Watched:
        context = chromium.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        opened.append(Watched(context.new_page(), site))
        return opened[-1]

    yield fresh
    for one in opened:
        one.page.context.close()
    assert [url for one in opened for url in one.foreign] == []
    assert [error for one in opened for error in one.errors] == []


@pytest.fixture
def visitor(open_browser: Callable[..., Watched], site: str) -> Watched:
    """Somebody in front of the dashboard."""
    return open_browser(site)
