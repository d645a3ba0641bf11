"""The page to write digits on, in Chromium: what is shared by all that drives it."""

import base64
import re
import shutil
import time
from pathlib import Path

import numpy as np
from as_mnist import as_mnist
from networks import load_networks
from PIL import Image
from selenium import webdriver
from step2 import prepare
from step3 import keras
from write_digits import shown_layers

SEVEN = [[(0.2, 0.2), (0.45, 0.2), (0.7, 0.2), (0.55, 0.5), (0.4, 0.85)]]
FIELD = 200, 200  # pixels of the page's field, and of what `as_mnist` looks at
# Of images, 28x28: all numbers of all layers.
COMPUTE = """
return arguments[0].map(text => {
  const image = prepare(decode(text), 0, 0);
  compute(lenet5, image);
  compute(dense, cut(image, 2, 2, SIZE));
  return layers.map(({ maps }) => maps.map(({ values }) => Array.from(values)));
});"""
# Of sheets, 200x200: the digit, 28x28, and the ten probabilities.
READ = """
return arguments[0].map(text => {
  const digit = asMnist({ width: FIELD, height: FIELD, values: decode(text) });
  compute(lenet5, prepare(digit, 0, 0));
  return [Array.from(digit), lenet5.layers.at(-1).maps.map(({ values }) => values[0])];
});"""


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
    painted = "return lenet5.layers[0].maps && performance.now() / 1000"
    while not (seconds := chrome.execute_script(painted)):
        pass
    return seconds


def run(chrome, script, images):
    """Returns what a script of the page makes of uint8 images, a hundred at a time."""
    texts = [base64.b64encode(image.tobytes()).decode() for image in images]
    batches = [texts[i : i + 100] for i in range(0, len(texts), 100)]
    return [
        answer for batch in batches for answer in chrome.execute_script(script, batch)
    ]


def send(chrome, kind, x, y, finger):
    """Sends the Start, a Move or the End of a stroke, as a mouse or a finger does."""
    if finger:
        points = [] if kind == "End" else [{"x": x, "y": y}]
        event = {"type": f"touch{kind}", "touchPoints": points}
        chrome.execute_cdp_cmd("Input.dispatchTouchEvent", event)
    else:
        names = {"Start": "mousePressed", "Move": "mouseMoved", "End": "mouseReleased"}
        event = {"type": names[kind], "x": x, "y": y, "button": "left"}
        event |= {"buttons": int(kind != "End"), "clickCount": 1}
        chrome.execute_cdp_cmd("Input.dispatchMouseEvent", event)


def draw(chrome, strokes, seconds, finger=False):
    """Draws strokes, with points from (0, 0) to (1, 1), on the field in some seconds."""
    left, top, width = chrome.execute_script(
        "field.scrollIntoView({ block: 'end' });"
        "const { x, y, width } = field.getBoundingClientRect(); return [x, y, width];"
    )
    pause = seconds / sum(map(len, strokes))
    due = time.perf_counter()
    for stroke in strokes:
        for number, (x, y) in enumerate(stroke):
            place = left + x * width, top + y * width
            send(chrome, "Move" if number else "Start", *place, finger)
            due += pause
            time.sleep(max(0, due - time.perf_counter()))
        send(chrome, "End", *place, finger)


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
    box = chrome.execute_script(
        "byId('clear').scrollIntoView({ block: 'nearest' });"
        "return byId('clear').getBoundingClientRect().toJSON()"
    )
    place = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    time.sleep(0.3)
    send(chrome, "Start", *place, finger)
    time.sleep(0.1)
    send(chrome, "End", *place, finger)


def differences(chrome, images):
    """Returns the largest difference between the page and Keras, for all layers."""
    models = []
    for network in load_networks():
        outputs = [layer.output for layer in shown_layers(network)]
        models.append(keras.Model(network.inputs[0], outputs))
    keras_layers = [
        maps for model in models for maps in model.predict(prepare(images), verbose=0)
    ]
    largest = 0
    for i, page_layers in enumerate(run(chrome, COMPUTE, images)):
        for ours, theirs in zip(page_layers, keras_layers):
            theirs = theirs[i].reshape(-1, theirs.shape[-1]).T
            largest = max(largest, np.abs(np.subtract(ours, theirs)).max())
    return largest


def shrink(sheet):
    """Returns a sheet, uint8, as `as_mnist` makes it smaller first; ink is 255."""
    picture = Image.fromarray(255 - sheet)
    picture.thumbnail(FIELD)
    return np.asarray(picture)


def read_written(chrome, fields):
    """Returns how many fields are misread, and how many digits are as `as_mnist`'s."""
    small = [shrink(field) for _, field in fields]
    wrong = same = 0
    for (digit, _), sheet, read in zip(fields, small, run(chrome, READ, small)):
        image, probabilities = read
        wrong += np.argmax(probabilities) != digit
        same += np.array_equal(np.reshape(image, (28, 28)), as_mnist(sheet))
    return wrong, same
