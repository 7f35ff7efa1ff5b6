"""How fast the dashboard shows a fleet of 10,000 DAGs, and what 25 people at once cost its server.

python bench/dashboard_speed.py [--dags 10000] [--people 25] [--rounds 10]

Times are what somebody in front of a real Chromium sees: from the click until the page is drawn and the
server has nothing more to send. Browser and server share the machine, so both are in every figure.
"""

import argparse
import re
import statistics
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from measure import machine, megabytes, table
from merge_speed import once
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser import real

TEAM = "team_42_"


def main() -> None:
    """Measure and print a Markdown table."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--dags", type=int, default=10_000)
    options.add_argument("--people", type=int, default=25)
    options.add_argument("--rounds", type=int, default=10)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="dashboard-") as root:
        once(chosen.dags, root)
        with real.dashboard(Path(root)) as url, sync_playwright() as driver:
            browser = real.launch(driver)
            rows = _measure(browser, url, chosen)
            browser.close()
    print(f"{chosen.dags} DAGs, {chosen.rounds} rounds. {machine()}.\n")
    print(table(["what", "median", "range"], rows))


def _measure(browser: Browser, url: str, chosen: argparse.Namespace) -> list[list[str]]:
    first = _seconds(lambda: _open(browser, url))
    paints = [_seconds(lambda: _open(browser, url)) for _ in range(chosen.rounds)]
    alone = _filters(_open(browser, f"{url}/dags"), chosen)
    started = _server_bytes(url)
    people = [_open(browser, f"{url}/dags") for _ in range(chosen.people)]
    shared = [_filter(page, number) for number, page in enumerate(people)]
    return [
        ["first visit after the start", f"{first:.2f} s", ""],
        ["overview, warm, until drawn", *_told(paints)],
        ["list of DAGs, a filter changed", *_told(alone)],
        [f"the same by each of {chosen.people} open sessions", *_told(shared)],
        ["server's memory before them", megabytes(started), ""],
        [f"server's memory with {chosen.people} sessions", megabytes(_server_bytes(url)), ""],
    ]


def _open(browser: Browser, url: str) -> Page:
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(url)
    real.settled(page)
    return page


def _filters(page: Page, chosen: argparse.Namespace) -> list[float]:
    return [_filter(page, number) for number in range(chosen.rounds)]


def _filter(page: Page, number: int) -> float:
    """Search for one DAG, as nobody did before, until the count of the matches is there."""
    box = page.get_by_label("Search", exact=True)
    box.fill(f"dag_{number:05}")
    start = time.perf_counter()
    box.press("Enter")
    expect(page.get_by_text(re.compile(r"^1 of [\d,]+ DAGs match"))).to_be_visible()
    taken = time.perf_counter() - start
    box.fill("")
    box.press("Enter")
    expect(page.get_by_text(re.compile(r"^1 of [\d,]+ DAGs match"))).to_have_count(0)
    return taken


def _seconds(work: object) -> float:
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


def _told(seconds: list[float]) -> list[str]:
    unit = [f"{each * 1000:.0f}" for each in (statistics.median(seconds), min(seconds), max(seconds))]
    return [f"{unit[0]} ms", f"{unit[1]} to {unit[2]} ms"]


def _server_bytes(url: str) -> int:
    """What the process that listens there holds."""
    port = f"{int(url.rpartition(':')[2].strip('/')):04X}"
    lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
    inode = next(
        words[9] for words in map(str.split, lines) if words[1].endswith(f":{port}") and words[3] == "0A"
    )
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            links = [str(link.readlink()) for link in (folder / "fd").iterdir()]
        except OSError:
            continue
        if f"socket:[{inode}]" in links:
            status = (folder / "status").read_text()
            return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) * 1024  # type: ignore[index]
    raise SystemExit(f"nobody listens at {url}")


if __name__ == "__main__":
    main()
