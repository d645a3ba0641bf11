"""Digits as people hand them in: on sheets, as strokes, with a mouse in a browser."""

import base64
import io
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from person import ENVIRONMENT, ROOT
from PIL import Image, ImageDraw
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains


def sheet_of(digit, rng):
    """Returns a sheet, uint8 `(300, 400)`, with a digit, `(28, 28)`, somewhere on it.

    The digit is enlarged 8 times, and dark on light; half of the light is gone on one
    side of the sheet, and there is noise on it.
    """
    ink = np.zeros((300, 400))
    top, left = rng.integers(300 - 224 + 1), rng.integers(400 - 224 + 1)
    large = Image.fromarray(digit).resize((224, 224), Image.Resampling.BICUBIC)
    ink[top : top + 224, left : left + 224] = np.asarray(large) / 255
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.indices(ink.shape)
    light = np.cos(angle) * x + np.sin(angle) * y
    light = 0.5 + 0.5 * (light - light.min()) / np.ptp(light)
    grey = (230 - 190 * ink) * light + rng.normal(0, 8, ink.shape)
    return np.clip(grey, 0, 255).astype(np.uint8)


def arc(x, y, rx, ry, start, end):
    """Returns points of an ellipse around x, y; 0 degrees is right, 90 is down."""
    angles = np.radians(np.linspace(start, end, 24))
    return [(x + rx * np.cos(a), y + ry * np.sin(a)) for a in angles]


# Digits as one learns to write them: ways of writing, each a list of strokes, each a
# list of points (x, y) from the top left corner (0, 0) to the bottom right one (1, 1).
STROKES = {
    0: [
        [arc(0.5, 0.5, 0.3, 0.5, -90, 270)],
        [arc(0.5, 0.5, 0.42, 0.5, -60, 300)],
        [arc(0.5, 0.5, 0.22, 0.5, -90, 270)],
    ],
    1: [
        [[(0.5, 0), (0.5, 1)]],
        [[(0.25, 0.3), (0.5, 0), (0.5, 1)]],
        [[(0.6, 0), (0.4, 1)]],
        [[(0.3, 0.25), (0.5, 0), (0.5, 1)], [(0.25, 1), (0.75, 1)]],
    ],
    2: [
        [arc(0.5, 0.28, 0.32, 0.28, -170, 40) + [(0.18, 1), (0.85, 1)]],
        [arc(0.5, 0.25, 0.3, 0.25, -180, 30) + [(0.15, 0.95), (0.5, 0.9), (0.85, 1)]],
    ],
    3: [
        [arc(0.45, 0.25, 0.32, 0.25, -160, 90) + arc(0.45, 0.74, 0.36, 0.26, -90, 150)],
        [[(0.2, 0), (0.8, 0), (0.45, 0.4)] + arc(0.45, 0.7, 0.35, 0.3, -90, 140)],
    ],
    4: [
        [[(0.55, 0), (0.1, 0.65), (0.9, 0.65)], [(0.65, 0.35), (0.65, 1)]],
        [[(0.2, 0), (0.2, 0.5), (0.8, 0.5)], [(0.75, 0), (0.75, 1)]],
        [[(0.9, 0.65), (0.1, 0.65), (0.6, 0), (0.6, 1)]],
    ],
    5: [
        [
            [(0.25, 0), (0.2, 0.45)] + arc(0.45, 0.68, 0.35, 0.3, -130, 140),
            [(0.25, 0), (0.8, 0)],
        ],
        [[(0.8, 0), (0.25, 0), (0.2, 0.45)] + arc(0.45, 0.68, 0.35, 0.32, -130, 140)],
    ],
    6: [
        [[(0.65, 0), (0.35, 0.3)] + arc(0.5, 0.7, 0.3, 0.3, 180, -180)],
        [arc(0.75, 0.6, 0.6, 0.6, -110, -180) + arc(0.45, 0.7, 0.3, 0.3, 180, -180)],
    ],
    7: [
        [[(0.15, 0), (0.85, 0), (0.4, 1)]],
        [[(0.15, 0), (0.85, 0), (0.4, 1)], [(0.3, 0.5), (0.75, 0.5)]],
        [[(0.15, 0.12), (0.15, 0), (0.85, 0), (0.35, 1)]],
    ],
    8: [
        [arc(0.5, 0.25, 0.25, 0.25, 90, -270) + arc(0.5, 0.75, 0.32, 0.25, -90, 270)],
        [
            arc(0.5, 0.23, 0.27, 0.23, -30, -270)
            + arc(0.5, 0.73, 0.3, 0.27, -90, 270)
            + [(0.7, 0.1)]
        ],
    ],
    9: [
        [arc(0.48, 0.3, 0.3, 0.3, 0, -360) + [(0.75, 1)]],
        [
            arc(0.48, 0.28, 0.28, 0.28, -20, -380)
            + [(0.77, 0.7)]
            + arc(0.5, 0.72, 0.27, 0.28, 0, 140)
        ],
    ],
}


def write(strokes, height, pen, corner, slant=0):
    """Returns a field, uint8 `(280, 280)`, with a digit in one of its corners.

    `corner` is (0, 0), top left, to (1, 1); `height` and `pen` are in pixels.
    """
    field = Image.new("L", (280, 280), "white")
    draw = ImageDraw.Draw(field)
    left, top = (20 + c * (240 - height) for c in corner)
    for stroke in strokes:
        points = [
            (left + height * (0.8 * x + slant * (1 - y)), top + height * y)
            for x, y in stroke
        ]
        draw.line(points, fill=0, width=pen, joint="curve")
        for x, y in points:
            draw.ellipse([x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2], fill=0)
    return np.asarray(field)


def written():
    """Returns `(digit, field)` for all: thin and thick, small and large, in corners."""
    return [
        (digit, write(strokes, height, pen, corner, slant))
        for digit, ways in STROKES.items()
        for strokes in ways
        for height in (40, 100, 180, 240)
        for pen in (4, 8, 14, 20, 28)
        if pen <= height / 5
        for corner in ((0, 0), (1, 0), (0, 1), (1, 1))
        for slant in (0, 0.15)
    ]


CLEAR = [(0.5, 1.1)]  # the button, for `Page.mouse`: below the middle of the field


def wait_until(condition):
    """Waits until something holds, for as much as a minute."""
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


class Page:
    """What `beyond/draw.py --browser` serves, open in a Chromium without a window."""

    # the real program, which also prints what it reads
    PROGRAM = """
import draw, sys
show = draw.View.show
def show_and_tell(view, *arguments):
    probabilities = show(view, *arguments)
    print(view.axes["sheet"].get_title(), flush=True)
    return probabilities
draw.View.show = show_and_tell
draw.main()
"""

    def __init__(self, folder):
        """Opens it, with the networks in the `models/` of a folder."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.log = Path(folder) / "page.log"
        with self.log.open("w") as log:
            self.program = subprocess.Popen(
                [sys.executable, "-c", self.PROGRAM, "--browser", f"--port={port}"],
                cwd=folder,
                env={
                    **ENVIRONMENT,
                    "PYTHONPATH": f"{ENVIRONMENT['PYTHONPATH']}:{ROOT / 'beyond'}",
                    "PYTHONUNBUFFERED": "1",
                },
                stdout=log,
                stderr=subprocess.DEVNULL,
            )
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: f" {address}\n" in self.log.read_text())
        options = webdriver.ChromeOptions()
        for option in "--headless=new", "--no-sandbox", "--window-size=1300,800":
            options.add_argument(option)
        service = webdriver.ChromeService(shutil.which("chromedriver"))
        self.browser = webdriver.Chrome(options, service)
        self.browser.get(address)
        self.canvas = self.browser.find_element("css selector", "canvas.mpl-canvas")
        wait_until(
            lambda: self.picture().mean() > 128
        )  # until it is drawn, it is black
        self.browser.execute_script(self.WATCH)

    def wait_for(self, title):
        """Waits until the program shows a title, and the page shows all of it."""
        wait_until(lambda: self.log.read_text().splitlines()[-1].startswith(title))
        wait_until(lambda: np.array_equal(self.picture(), self.later_picture()))

    def later_picture(self):
        time.sleep(0.5)
        return self.picture()

    # milliseconds from a movement of the mouse to the next picture
    WATCH = """
window.latencies = [];
let moved = null;
document.addEventListener("mousemove", () => { moved ??= performance.now(); }, true);
const draw = CanvasRenderingContext2D.prototype.drawImage;
CanvasRenderingContext2D.prototype.drawImage = function () {
  if (moved !== null) window.latencies.push(performance.now() - moved);
  moved = null;
  return draw.apply(this, arguments);
};
"""

    def mouse(self, points):
        """Moves the mouse with the button down; (0, 0) to (1, 1) is the field."""
        size = self.canvas.size
        chain = ActionChains(self.browser, duration=20)
        for number, (x, y) in enumerate(points):
            across = (0.02 + 0.36 * x - 0.5) * size["width"]
            down = (0.09 + 0.78 * y - 0.5) * size["height"]
            chain.move_to_element_with_offset(self.canvas, across, down)
            if number == 0:
                chain.click_and_hold()
        chain.release().perform()

    def picture(self):
        """Returns the picture on the page, uint8 `(h, w, 3)`."""
        data = self.browser.execute_script(
            "return arguments[0].toDataURL()", self.canvas
        )
        file = io.BytesIO(base64.b64decode(data.partition(",")[2]))
        return np.asarray(Image.open(file).convert("RGB"))

    def latencies(self):
        return self.browser.execute_script("return window.latencies")

    def close(self):
        """Ends both; returns the exit status of the program."""
        self.browser.quit()
        self.program.send_signal(signal.SIGINT)
        return self.program.wait(timeout=30)
