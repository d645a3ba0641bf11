"""The page to write digits on, in browsers: what is shared by all that drives it."""

import base64
import glob
import json
import os
import re
import shutil
import time
from pathlib import Path

import numpy as np
from as_mnist import as_mnist
from networks import load_networks
from person import ROOT
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from pyvirtualdisplay import Display
from step2 import prepare
from write_digits import PAGE, shown_layers

import keras

READY = ROOT / "beyond" / PAGE
SEVEN = [[(0.2, 0.2), (0.45, 0.2), (0.7, 0.2), (0.55, 0.5), (0.4, 0.85)]]
IS_READY = (
    "globalThis.document?.getElementById('sums')?.textContent && performance.now()"
)
# The square in the middle of the field: left, top, width.
SQUARE = """(({ left, top, width, height }) => [left + (width - height) / 2, top, height])(
    field.getBoundingClientRect())"""
MIDDLE = """(({ left, top, width, height }) =>
    [Math.round(left + width / 2), Math.round(top + height / 2)])(
    byId("%s").getBoundingClientRect())"""
COUNTS = "collection.signs.map(({ name, drawings }) => [name, drawings.length])"
NEXT = "byId('next').textContent"
# Of an image, 28x28: all numbers of all layers.
COMPUTE = """
const image = prepare(decode(arguments[0]), 0, 0);
compute(lenet5, image);
compute(dense, cut(image, 2, 2, SIZE));
return layers.map(({ maps }) => maps.map(({ values }) => Array.from(values)));"""
# Of a sheet, 200x200: the digit, 28x28, and the ten probabilities.
READ = """
const values = decode(arguments[0]);
const digit = asMnist({ width: 200, height: 200, values });
compute(lenet5, prepare(digit, 0, 0));
return [Array.from(digit), lenet5.layers.at(-1).maps.map(({ values }) => values[0])];"""


def open_browser(width, height, finger=False):
    """Returns a Chromium without a window; `finger` makes it that of a phone."""
    options = webdriver.ChromeOptions()
    size = f"--window-size={width},{height}"
    for option in "--headless=new", "--no-sandbox", "--hide-scrollbars", size:
        options.add_argument(option)
    if finger:
        screen = {"width": width, "height": height, "pixelRatio": 3, "touch": True}
        options.add_experimental_option("mobileEmulation", {"deviceMetrics": screen})
    return webdriver.Chrome(
        options, webdriver.ChromeService(shutil.which("chromedriver"))
    )


def display():
    """Returns a display without a screen, to be used by `with`."""
    return Display(visible=False, size=(1440, 900))


def open_webkit():
    """Returns WebKit's small browser; it needs a `display`."""
    options = webdriver.WebKitGTKOptions()
    (options.binary_location,) = glob.glob("/usr/lib/*/webkit2gtk-4.*/MiniBrowser")
    options.add_argument("--automation")
    # Its compositor's thread falls over now and then where there is no graphics card.
    environment = {**os.environ, "WEBKIT_DISABLE_COMPOSITING_MODE": "1"}
    service = webdriver.WebKitGTKService(
        shutil.which("WebKitWebDriver"), env=environment
    )
    return webdriver.WebKitGTK(options, service)


def open_page(browser, path):
    """Opens the page; returns the seconds until its first digit is painted."""
    browser.get("about:blank")  # or it would be a reload, which keeps the drawing
    browser.get(Path(path).resolve().as_uri())
    return wait_for_page(browser)


def wait_for_page(browser):
    """Returns the seconds from opening the page until it is ready."""
    while not (seconds := value(browser, IS_READY)):
        time.sleep(0.01)
    return seconds / 1000


def pointer(browser, kind="mouse", milliseconds=50):
    """Returns the actions of a mouse, finger ("touch") or pen, which takes its time."""
    return ActionBuilder(browser, mouse=PointerInput(kind, kind), duration=milliseconds)


def draw(browser, strokes, seconds, kind="mouse"):
    """Draws strokes on the field in some seconds.

    Their points are in units of the field's height, from the middle of the field: (0, 0)
    to (1, 1) is the largest square.
    """
    browser.execute_script("field.scrollIntoView({ block: 'end' })")
    left, top, height = value(browser, SQUARE)
    points = max(1, sum(map(len, strokes)))
    hand = pointer(browser, kind, round(1000 * seconds / points))
    for stroke in strokes:
        for number, (x, y) in enumerate(stroke):
            place = round(left + x * height), round(top + y * height)
            hand.pointer_action.move_to_location(*place)
            if number == 0:
                hand.pointer_action.pointer_down()
        hand.pointer_action.pointer_up()
    hand.perform()


def value(chrome, script):
    """Returns the value of an expression on the page."""
    return chrome.execute_script(f"return {script}")


def after_frame(chrome, script):
    """Returns the value of an expression on the page after the next frame."""
    wait = "requestAnimationFrame(() => setTimeout(() => arguments[0]({}), 0))"
    return chrome.execute_async_script(wait.format(script))


def reading(chrome):
    """Returns the number that LeNet-5 reads on the page, as text, after the next frame."""
    text = after_frame(chrome, "byId('reading').textContent")
    return re.search(r"LeNet-5 reads (\d+)", text)[1]


def press(browser, button, kind="mouse"):
    """Clicks a button, or taps it, as slowly as a hand does."""
    browser.execute_script(f"byId('{button}').scrollIntoView({{ block: 'nearest' }})")
    x, y = value(browser, MIDDLE % button)
    hand = pointer(browser, kind)
    hand.pointer_action.pause(0.3).move_to_location(x, y).pointer_down().pause(
        0.1
    ).pointer_up()
    hand.perform()


def clear(browser, kind="mouse"):
    press(browser, "clear", kind)


def name_sign(browser, name):
    browser.execute_script(f"byId('name').value = {json.dumps(name)}")
    browser.execute_script("byId('naming').requestSubmit()")


def collect(browser, name, drawings, kind="mouse"):
    """Collects drawings of a sign, each a list of strokes."""
    name_sign(browser, name)
    for strokes in drawings:
        draw(browser, strokes, 0.2, kind)
        press(browser, "next", kind)


def count_wrong(browser, ways, seconds, kind="mouse"):
    """Draws `(digits, strokes)`, each in some seconds; returns how many are misread."""
    wrong = 0
    for digits, strokes in ways:
        draw(browser, strokes, seconds, kind)
        wrong += reading(browser) != str(digits)
        clear(browser, kind)
    return wrong


def run(chrome, script, image):
    """Returns what a script of the page makes of a uint8 image."""
    return chrome.execute_script(script, base64.b64encode(image.tobytes()).decode())


def differences(chrome, images):
    """Returns the largest difference between the page and Keras, for all layers."""
    keras_layers = []
    for network in load_networks():
        outputs = [layer.output for layer in shown_layers(network)]
        model = keras.Model(network.inputs[0], outputs)
        keras_layers += model.predict(prepare(images), verbose=0)
    largest = 0
    for i, image in enumerate(images):
        for ours, theirs in zip(run(chrome, COMPUTE, image), keras_layers):
            theirs = theirs[i].reshape(-1, theirs.shape[-1]).T
            largest = max(largest, np.abs(ours - theirs).max())
    return largest


def read_written(chrome, fields):
    """Returns how many fields are misread, and how many digits are as `as_mnist`'s."""
    wrong = same = 0
    for digit, field in fields:
        picture = Image.fromarray(255 - field)
        picture.thumbnail(
            (200, 200)
        )  # as `as_mnist` makes it smaller first; ink is 255
        sheet = np.asarray(picture)
        image, probabilities = run(chrome, READ, sheet)
        wrong += np.argmax(probabilities) != digit
        same += np.array_equal(np.reshape(image, (28, 28)), as_mnist(sheet))
    return wrong, same
