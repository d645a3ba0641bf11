"""Measure the page to write digits on in Chromium, with a mouse and with a finger.

    python results/writing.py

Takes the networks in `models/`, and needs Chromium, its driver and Selenium. Prints how
far the page's numbers are from Keras's, what it reads, and how long it takes.
"""

import contextlib
import statistics
import sys

from common import print_header, print_row

from browser import count_wrong, differences, open_browser, open_page, read_written
from step1 import load_mnist
from strokes import ways, written
from write_digits import PAGE, write_page  # of `beyond/`

# After each movement: from the event to the first task behind the frame that shows it.
WATCH = """
window.delays = [];
const next = new MessageChannel(), points = [];
next.port1.onmessage = () => delays.push(performance.now() - points.shift());
field.addEventListener("pointermove", event => requestAnimationFrame(() => {
  points.push(event.timeStamp);
  next.port2.postMessage(0);
}));"""


def main():
    with contextlib.redirect_stdout(sys.stderr):
        write_page()
    _, (images, _) = load_mnist()
    print_header("what", "measured")
    with open_browser(1280, 800) as chrome:
        ready = statistics.median(open_page(chrome, PAGE) for _ in range(5))
        print_row("from opening to the first digit", f"{ready:.2f} s")
        largest = differences(chrome, images[:1000])
        print_row("page against Keras, 1,000 test digits, all layers", f"{largest:.0e}")
        fields = written()
        wrong, same = read_written(chrome, fields)
        print_row(f"{len(fields):,} written digits", f"{wrong} misread")
        share = f"{100 * same / len(fields):.1f} %"
        print_row("the same 28x28 pixels as `as_mnist`", share)
        for seconds in 0.2, 0.5, 1, 2:
            wrong = count_wrong(chrome, ways(), seconds)
            what = f"drawn with a mouse, {seconds} s a digit"
            print_row(what, f"{wrong} of {len(ways())} misread")
        chrome.execute_script(WATCH)
        count_wrong(chrome, ways(), 0.5)
        delays = chrome.execute_script("return delays")
        cuts = statistics.quantiles(delays, n=20)
        print_row("from a point to its frame, median", f"{cuts[9]:.0f} ms")
        print_row("from a point to its frame, 95 %", f"{cuts[18]:.0f} ms")
    with open_browser(390, 844, finger=True) as chrome:
        open_page(chrome, PAGE)
        for seconds in 0.2, 1:
            wrong = count_wrong(chrome, ways(), seconds, finger=True)
            what = f"drawn with a finger at 390x844, {seconds} s a digit"
            print_row(what, f"{wrong} of {len(ways())} misread")


if __name__ == "__main__":
    main()
