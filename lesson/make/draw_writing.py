"""Make beyond/write-digits.html, the page for whom nothing is installed, and its pictures.

    python step4.py && python lesson/make/draw_writing.py

Takes the networks in `models/`, and draws write-digits.png and .gif: a 3 is written on the
page. It needs Chromium, its driver and Selenium.
"""

import io
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ASSETS = ROOT / "lesson" / "assets"
sys.path[:0] = [str(ROOT / folder) for folder in (".", "beyond", "tests/helpers")]

from browser import draw, open_browser, open_page, reading
from PIL import Image
from strokes import STROKES
from write_digits import PAGE, write_digits_page

MAXCOVERAGE = Image.Quantize.MAXCOVERAGE  # keeps the red of small cells


def main():
    (stroke,) = STROKES[3][0]
    points = [(0.2 + 0.6 * x, 0.15 + 0.7 * y) for x, y in stroke]
    frames = []
    page = ROOT / "beyond" / PAGE
    write_digits_page(page)
    with open_browser(1280, 900) as chrome:
        open_page(chrome, page)
        chrome.execute_script("change(EMPTY)")
        draw(chrome, [points], 0.5)
        reading(chrome)
        chrome.execute_script("choose(strongestOf(layers[2]))")
        for end in range(2, len(points) + 1, 2):
            chrome.execute_script("change(EMPTY)")
            draw(chrome, [points[:end]], 0.1)
            picture = chrome.get_screenshot_as_png()
            frames.append(Image.open(io.BytesIO(picture)).convert("RGB"))
    frames[-1].quantize(256, MAXCOVERAGE).save(
        ASSETS / "write-digits.png", optimize=True
    )
    frames = [
        frame.resize((960, 960 * frame.height // frame.width)) for frame in frames
    ]
    colours = frames[-1].quantize(256, MAXCOVERAGE)
    frames = [frame.quantize(palette=colours, dither=0) for frame in frames]
    durations = [80] * (len(frames) - 1) + [2500]
    first, *others = frames
    animation = {"append_images": others, "duration": durations, "loop": 0}
    first.save(ASSETS / "write-digits.gif", save_all=True, **animation)


if __name__ == "__main__":
    main()
