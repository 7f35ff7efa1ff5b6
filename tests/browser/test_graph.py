"""The picture of a DAG under the mouse: it is a canvas, so places are worked out from its layout."""

import re

from playwright.sync_api import Page, expect

LEFT, RIGHT, TOP, BOTTOM = 60, 60, 5, 20


def place(page: Page, column: float, row: float) -> tuple[float, float]:
    """Where a task is drawn: shares of the way from the first to the last column and row."""
    canvas = page.get_by_test_id("stEChartsChart").locator("canvas")
    canvas.wait_for()
    box = canvas.bounding_box()
    assert box
    width, height = box["width"] - LEFT - RIGHT, box["height"] - TOP - BOTTOM
    return box["x"] + LEFT + width * column, box["y"] + TOP + height * row


def test_click_on_a_task_moves_the_picture_there(visitor):
    page = visitor.open("/dag?id=wide_dag&tab=Graph")
    expect(page.get_by_text("this is what lies around extract")).to_be_visible()

    page.mouse.click(*place(page, 2.1 / 2.2, 0.5))

    expect(page.get_by_text("this is what lies around step_2")).to_be_visible()
    expect(page).to_have_url(re.compile("task=step_2"))


def test_tip_of_a_hostile_task_is_text(visitor):
    page = visitor.open("/dag?id=stock_sync&tab=Graph")
    x, y = place(page, 3.1 / 3.2, 0.5)

    # Rows of a level lie around the middle, and this level has two.
    for step in range(-60, 0, 4):
        page.mouse.move(x, y + step)

    expect(page.get_by_text("<img src=http://foreign.invalid/x onerror=alert(1)>").first).to_be_attached()
    assert page.locator("img[src*=foreign]").count() == 0
