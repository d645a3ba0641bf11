"""Measure the page to write digits on, in three browsers, with a mouse and with a finger.

    python results/writing.py

Takes the networks in `models/`, and needs Chromium and its driver, Firefox, WebKit's
driver and Xvfb, and the packages of tests/requirements.txt. Prints how far the page's
numbers are from Keras's, what it reads and doubts, and how long it takes.
"""

import contextlib
import statistics
import sys

from common import print_header, print_row

from browser import after_frame, clear, count_wrong, differences, display, draw
from browser import open_browser, open_page, open_webkit, read_written
from firefox import Firefox
from step1 import load_mnist
from strokes import no_digits, numbers, small, ways, written
from write_digits import PAGE, write_digits_page  # of `beyond/`

A_DIGIT = 0.35  # seconds, as one writes numbers

# After each movement: from the event to the first task behind the frame that shows it.
WATCH = """
window.delays = [];
const next = new MessageChannel(), points = [];
next.port1.onmessage = () => delays.push(performance.now() - points.shift());
field.addEventListener("pointermove", event => requestAnimationFrame(() => {
  points.push(event.timeStamp);
  next.port2.postMessage(0);
}));"""
HOLD = {
    "no unit": "closeSum()",
    "a unit of C5": "isHeld = true; choose(strongestOf(layers[4]))",
}
ASK = """
const start = performance.now();
findWhatMatters();
return performance.now() - start;"""


def count_certain(browser, things):
    """Returns how many things, which are no digits, are read without a doubt."""
    certain = 0
    for strokes in things:
        draw(browser, strokes, 0.5)
        text = after_frame(browser, "byId('reading').textContent")
        certain += "Not certain" not in text
        clear(browser)
    return certain


def print_reading(name, browser, kind="mouse"):
    """Prints the rows that every browser has."""
    for seconds in 0.2, 1:
        wrong = count_wrong(browser, ways(), seconds, kind)
        print_row(f"{name}, {seconds} s a digit", f"{wrong} of {len(ways())} misread")
    some = numbers(20, seed=1)
    wrong = count_wrong(browser, some, 5 * A_DIGIT, kind)
    print_row(f"{name}, numbers", f"{len(some) - wrong} of {len(some)} whole")


def print_delays(chrome, what):
    open_page(chrome, PAGE)
    chrome.execute_script(WATCH)
    chrome.execute_script(HOLD[what])
    count_wrong(chrome, ways(), 0.5)
    cuts = statistics.quantiles(chrome.execute_script("return delays"), n=20)
    said = f"{cuts[9]:.0f}, {cuts[18]:.0f} ms"
    print_row(f"from a point to its frame, {what} held: median, 95 %", said)


def print_all_of_chromium(chrome, images):
    ready = statistics.median(open_page(chrome, PAGE) for _ in range(5))
    print_row("from opening to the first digit", f"{ready:.2f} s")
    largest = differences(chrome, images[:1000])
    print_row("page against Keras, 1,000 test digits, all layers", f"{largest:.0e}")
    fields = written()
    wrong, same = read_written(chrome, fields)
    print_row(f"{len(fields):,} written digits", f"{wrong} misread")
    share = f"{100 * same / len(fields):.1f} %"
    print_row("the same 28x28 pixels as `as_mnist`", share)
    for share in 0.08, 0.14:
        wrong = count_wrong(chrome, small(share), 0.5)
        what = f"as tall as {100 * share:.0f} % of the field"
        print_row(what, f"{len(ways()) - wrong} of {len(ways())} read")
    right, digits = 0, 0
    for number, strokes in numbers(100):
        wrong = count_wrong(chrome, [(number, strokes)], A_DIGIT * len(number))
        right, digits = right + 1 - wrong, digits + len(number)
    what = f"100 numbers, of {digits} digits, {A_DIGIT} s a digit"
    print_row(what, f"{right} whole")
    certain = count_certain(chrome, no_digits())
    what = f"{len(no_digits())} letters, signs, scribbles, dots"
    print_row(what, f"{certain} without a doubt")
    draw(chrome, ways()[0][1], 0.5)
    after_frame(chrome, "0")
    milliseconds = statistics.median(chrome.execute_script(ASK) for _ in range(5))
    print_row("What matters?, 100 forward passes", f"{milliseconds:.0f} ms")
    for what in HOLD:
        print_delays(chrome, what)


def main():
    with contextlib.redirect_stdout(sys.stderr):
        write_digits_page()
    _, (images, _) = load_mnist()
    print_header("what", "measured")
    with open_browser(1440, 900) as chrome:
        print_all_of_chromium(chrome, images)
        open_page(chrome, PAGE)
        print_reading("Chromium, mouse", chrome)
    with open_browser(390, 844, finger=True) as chrome:
        open_page(chrome, PAGE)
        print_reading("Chromium, finger at 390x844", chrome, "touch")
    firefox = Firefox(1440, 900)
    open_page(firefox, PAGE)
    print_reading("Firefox, mouse", firefox)
    firefox.quit()
    with display():
        webkit = open_webkit()
        open_page(webkit, PAGE)
        print_reading("WebKit, mouse", webkit)
        webkit.quit()


if __name__ == "__main__":
    main()
