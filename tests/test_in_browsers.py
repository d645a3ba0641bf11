"""The page to write digits on, in Chromium, Firefox and WebKit: it works everywhere."""

import pytest
from browser import COUNTS, NEXT, READY, SEVEN, after_frame, clear, collect, count_wrong
from browser import draw, name_sign, open_page, press, reading, value, wait_for_page
from strokes import no_digits, numbers, small, ways

pytestmark = pytest.mark.slow
TEXT = "byId('reading').textContent"


@pytest.fixture
def page(browser):
    open_page(browser, READY)
    return browser


def test_digits_are_read_whatever_their_size(page):
    quick, slow = ways()[::6], ways()[3::12]
    wrong = count_wrong(page, quick, 0.2) + count_wrong(page, slow, 1)
    wrong += count_wrong(page, small(0.08)[::7], 0.5)
    wrong += count_wrong(page, small(0.14)[1::7], 0.5)
    assert wrong <= 1


def test_numbers_are_read(page):
    assert count_wrong(page, numbers(4), 1.5) <= 1


def test_what_is_no_digit_is_doubted(page):
    certain = 0
    for strokes in no_digits()[::6]:
        draw(page, strokes, 0.5)
        certain += "Not certain" not in after_frame(page, TEXT)
        clear(page)
    assert certain <= 2


def test_a_tap_on_a_digit_chooses_it(page):
    (one, first), (two, second) = ways()[3], ways()[10]
    left = [[(0.5 * x - 0.2, 0.5 * y) for x, y in stroke] for stroke in first]
    right = [[(0.5 * x + 0.5, 0.5 * y) for x, y in stroke] for stroke in second]
    draw(page, left + right, 1)
    assert reading(page) == f"{one}{two}"
    assert value(page, "selected") == 1
    draw(page, [[left[0][0]]], 0.1)
    assert after_frame(page, "selected") == 0
    assert value(page, "sheet.strokes.length") == len(left + right)
    shown = value(page, "indexOfLargest(probabilitiesOf(lenet5))")
    assert shown == one


def test_the_drawing_survives_a_reload_and_the_way_back(page):
    draw(page, SEVEN, 0.2)
    assert reading(page) == "7"
    page.refresh()
    wait_for_page(page)
    assert reading(page) == "7"
    page.get("about:blank")
    page.execute_script("history.back()")
    wait_for_page(page)
    assert reading(page) == "7"


def test_without_coalesced_events(page):
    """Which are missing on a page that comes over plain http."""
    page.execute_script("PointerEvent.prototype.getCoalescedEvents = undefined")
    draw(page, SEVEN, 0.5)
    assert len(value(page, "sheet.strokes[0]")) >= 5
    assert reading(page) == "7"


def test_a_canvas_that_cannot_be_read(page):
    script = "CanvasRenderingContext2D.prototype.{} = () => { throw Error('blocked') }"
    page.execute_script(script.replace("{}", "getImageData"))
    draw(page, SEVEN, 0.2)
    assert reading(page) == "7"


def test_signs_are_collected_and_survive_a_reload(page):
    page.execute_script("localStorage.clear()")
    open_page(page, READY)
    page.execute_script("byId('collecting').open = true")
    one, two, other = (strokes for _, strokes in ways()[3:6])
    collect(page, "one", [one, two])
    collect(page, "other", [other])
    name_sign(page, "one")
    page.refresh()
    wait_for_page(page)
    assert value(page, COUNTS) == [["one", 2], ["other", 1]]
    assert value(page, NEXT) == "Next (n): one 2"  # as it was chosen
    draw(page, other, 0.2)
    press(page, "next")
    assert value(page, COUNTS) == [["one", 3], ["other", 1]]
    page.execute_script("localStorage.clear()")
