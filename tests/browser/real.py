"""The real things: Chromium, the dashboard's server, and a report of the example DAGs."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Playwright, expect

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
# Nothing but this machine has a name: whatever still tries to reach a host fails and is seen.
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)  # fmt: skip
SCHEMES = ("light", "dark")
WIDTHS = {1280: 900, 390: 844}


class ChromiumMissing(Exception):
    """The browser is not installed."""


def launch(playwright: Playwright) -> Browser:
    """Debian's Chromium under Playwright, which then downloads none of its own."""
    if not CHROMIUM.exists():
        raise ChromiumMissing(f"{CHROMIUM} is missing; install the Debian package chromium (make deps)")
    return playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))


@contextmanager
def dashboard(address: Path) -> Iterator[str]:
    """The URL of `dagaudit dashboard` on an address, as a user starts it."""
    server = subprocess.Popen(
        [sys.executable, "-m", "dagaudit", "dashboard", str(address), "--port", "0", "--no-browser"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        assert " at http" in line, f"the dashboard did not start: {line!r}"
        yield line.split()[4]
    finally:
        server.terminate()
        server.wait(timeout=30)
        if server.stdout:
            server.stdout.close()


def audit_examples(reports: Path) -> Path:
    """The folder of a real report: the example DAGs and their logs, audited twice."""
    command = [sys.executable, "-m", "dagaudit", "audit", "examples/dags", "--logs", "examples/logs"]
    subprocess.run([*command, "--reports", str(reports)], cwd=ROOT, check=True, capture_output=True)
    return max(reports.glob("runs/*/*"))


def settled(page: Page) -> None:
    """Wait until the page is drawn and the server has nothing more to send."""
    page.locator(
        '[data-testid="stApp"][data-test-script-state="notRunning"][data-test-connection-state="CONNECTED"]'
    ).wait_for()
    page.locator('[data-testid="stHtml"]').first.wait_for()
    # A piece whose script has not arrived yet is a grey box.
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def photograph(page: Page, path: Path, width: int) -> None:
    """A picture of the whole page: what scrolls is given the room it asks for."""
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(height, WIDTHS[width]), 3_000)})
    settled(page)
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, animations="disabled")
