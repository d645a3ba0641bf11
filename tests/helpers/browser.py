"""The page to write digits on, in Chromium: what is shared by all that drives it."""

import base64
import re
import shutil
from pathlib import Path

import numpy as np
from as_mnist import as_mnist
from networks import load_networks
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_input import PointerInput
from step2 import prepare
from write_digits import shown_layers

import keras

SEVEN = [[(0.2, 0.2), (0.45, 0.2), (0.7, 0.2), (0.55, 0.5), (0.4, 0.85)]]
# Of an image, 28x28: all numbers of all layers.
COMPUTE = """
const image = prepare(decode(arguments[0]), 0, 0);
compute(lenet5, image);
compute(dense, cut(image, 2, 2, SIZE));
return layers.map(({ maps }) => maps.map(({ values }) => Array.from(values)));"""
# Of a sheet, 200x200: the digit, 28x28, and the ten probabilities.
READ = """
const values = decode(arguments[0]);
const digit = asMnist({ width: FIELD, height: FIELD, values });
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


def open_page(chrome, path):
    """Opens the page; returns the seconds until its first digit is painted."""
    chrome.get(Path(path).resolve().as_uri())
    while not (seconds := value(chrome, "lenet5.layers[0].maps && performance.now()")):
        pass
    return seconds / 1000


def pointer(chrome, finger, milliseconds=50):
    """Returns the actions of a mouse or a finger, which needs some time to move."""
    kind = "touch" if finger else "mouse"
    return ActionBuilder(chrome, mouse=PointerInput(kind, kind), duration=milliseconds)


def draw(chrome, strokes, seconds, finger=False):
    """Draws strokes, with points from (0, 0) to (1, 1), on the field in some seconds."""
    chrome.execute_script("field.scrollIntoView({ block: 'end' })")
    box = value(chrome, "field.getBoundingClientRect().toJSON()")
    hand = pointer(chrome, finger, round(1000 * seconds / sum(map(len, strokes))))
    for stroke in strokes:
        for number, (x, y) in enumerate(stroke):
            place = box["x"] + x * box["width"], box["y"] + y * box["width"]
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
    """Returns the digit that LeNet-5 reads on the page, after the next frame."""
    text = after_frame(chrome, "byId('reading').textContent")
    return int(re.search(r"LeNet-5 reads (\d)", text)[1])


def clear(chrome, finger=False):
    """Clicks Clear, or taps it, as slowly as a hand does."""
    button = chrome.find_element("id", "clear")
    chrome.execute_script("arguments[0].scrollIntoView({ block: 'nearest' })", button)
    hand = pointer(chrome, finger)
    hand.pointer_action.pause(0.3).move_to(button).pointer_down().pause(
        0.1
    ).pointer_up()
    hand.perform()


def count_wrong(chrome, ways, seconds, finger=False):
    """Draws ways to write a digit, each in some seconds; returns how many are misread."""
    wrong = 0
    for digit, strokes in ways:
        draw(chrome, strokes, seconds, finger)
        wrong += reading(chrome) != digit
        clear(chrome, finger)
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
