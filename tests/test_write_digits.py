"""The page to write digits on: what it computes, reads and may do, in a Chromium."""

import json
import re
import shutil
from itertools import cycle

import numpy as np
import pytest
from browser import SEVEN, after_frame, clear, differences, draw, open_page
from browser import read_written, reading, value
from person import ROOT, run_python, sentence
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from step1 import load_mnist
from step3 import build_lenet5
from strokes import ways, written
from write_digits import PAGE, assemble, write_page

SCRIPT = ROOT / "beyond" / "write_digits.py"

# What it computes


@pytest.mark.slow
def test_all_layers_are_those_of_keras(chrome, page, monkeypatch):
    monkeypatch.chdir(page.parent)
    _, (images, _) = load_mnist()
    assert differences(chrome, images[:100]) < 1e-4


@pytest.mark.slow
def test_digits_are_prepared_as_mnist_and_read(chrome):
    fields = written()[::31]  # in all corners
    wrong, same = read_written(chrome, fields)
    assert wrong <= 0.03 * len(fields)
    assert same >= 0.9 * len(fields)  # `as_mnist` takes some thick strokes for paper


@pytest.mark.slow
def test_a_network_with_tanh_and_average_pooling(
    desktop, trained, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(trained, "models")
    build_lenet5("tanh").save("models/lenet5-relu-max.keras")
    write_page()
    open_page(desktop, PAGE)
    _, (images, _) = load_mnist()
    assert differences(desktop, images[:10]) < 1e-4


# Writing


@pytest.mark.slow
def test_digits_written_with_the_mouse_are_read(chrome):
    wrong = 0
    for (digit, strokes), seconds in zip(ways()[::2], cycle([0.2, 1])):
        draw(chrome, strokes, seconds)
        wrong += reading(chrome) != digit
        clear(chrome)
    assert wrong <= 1


@pytest.mark.slow
def test_all_ten_digits_written_with_a_finger_are_read(phone, page):
    open_page(phone, page)
    first = {digit: strokes for digit, strokes in reversed(ways())}
    wrong = 0
    for digit, strokes in first.items():
        draw(phone, strokes, 0.5, finger=True)
        wrong += reading(phone) != digit
        clear(phone, finger=True)
    assert wrong <= 1


@pytest.mark.slow
def test_all_points_arrive(chrome):
    """However fast they come, and those between two frames, too."""
    draw(chrome, [[(0.1 + i / 250, 0.5) for i in range(200)]], 0.2)
    points = value(chrome, "sheet.strokes[0]")
    assert len(points) > 150
    assert points[-1] == pytest.approx([180, 100], abs=2)


@pytest.mark.slow
def test_clear_undo_and_their_keys(chrome):
    draw(chrome, SEVEN, 0.2)
    draw(chrome, [[(0.1, 0.9), (0.2, 0.9)]], 0.1)
    keys = ActionChains(chrome)
    count = "sheet.strokes.length"
    assert value(chrome, count) == 2
    chrome.find_element("id", "undo").click()
    assert value(chrome, count) == 1
    keys.send_keys("c").perform()
    assert value(chrome, count) == 0
    said = after_frame(chrome, "byId('reading').textContent")
    assert said == "Write a digit\n(below: an empty sheet)"
    keys.send_keys("z").perform()
    assert value(chrome, count) == 1 and reading(chrome) == 7
    clear(chrome)
    chrome.find_element("id", "undo").click()
    assert reading(chrome) == 7


@pytest.mark.slow
def test_other_buttons_do_not_write(chrome):
    field = chrome.find_element("id", "field")
    ActionChains(chrome).context_click(field).perform()
    ActionChains(chrome).move_to_element(field).move_by_offset(30, 30).perform()
    assert value(chrome, "sheet.strokes.length") == 0


@pytest.mark.slow
def test_arrow_keys_move_the_digit(chrome):
    draw(chrome, SEVEN, 0.2)
    image = "[...lenet5.layers[0].inputs[0].values]"
    before = np.reshape(after_frame(chrome, image), (32, 32))
    ActionChains(chrome).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT).perform()
    chrome.find_element("id", "ArrowDown").click()
    moved = np.reshape(after_frame(chrome, image), (32, 32))
    assert np.array_equal(moved[3:30, 4:30], before[2:29, 2:28])


@pytest.mark.slow
def test_a_dot_is_drawn(chrome):
    draw(chrome, [[(0.5, 0.5)]], 0.1)
    assert after_frame(chrome, "Math.max(...readInk().values)") == 255


@pytest.mark.slow
def test_digits_to_look_at(chrome):
    right, wrong = value(chrome, "[readRight, misread]")
    assert [digit["label"] for digit in right] == [
        d for d in range(10) for _ in range(3)
    ]
    assert 0 < len(wrong) <= 100
    _, (images, labels) = load_mnist()
    for digit in wrong:
        assert digit["label"] == labels[digit["number"]] != digit["prediction"]
    one = wrong[5]
    button = chrome.find_elements("css selector", "#digits .row:last-child button")[5]
    assert button.accessible_name == (
        f"test digit {one['number']}: a {one['label']}, read as {one['prediction']}"
    )
    button.click()
    assert reading(chrome) == one["prediction"]
    image = after_frame(chrome, "[...lenet5.layers[0].inputs[0].values]")
    shown = np.reshape(image, (32, 32))[2:-2, 2:-2]
    assert shown * 255 == pytest.approx(images[one["number"]], abs=0.01)


def luminance(colour):
    linear = np.where(
        colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4
    )
    return linear @ [0.2126, 0.7152, 0.0722]


def test_contrast():
    """Of the text on its backgrounds, and on the palest and darkest cells with numbers."""
    style = (ROOT / "beyond" / "html" / "style.css").read_text()
    light, dark = re.findall(r":root \{([^}]*--page[^}]*)\}", style)
    for rules in light, dark:
        colours = {
            name: np.array([*bytes.fromhex(colour)]) / 255
            for name, colour in re.findall(r"--(\w+): #([0-9a-f]{6})", rules)
        }
        halves = [
            (colours[name] + colours["paper"]) / 2 for name in ("positive", "negative")
        ]
        for ground in colours["page"], colours["paper"], *halves:
            low, high = sorted([luminance(colours["ink"]), luminance(ground)])
            assert (high + 0.05) / (low + 0.05) > 4.5, (rules, ground)


# What it may do


@pytest.mark.slow
def test_nothing_is_fetched(chrome):
    fetch = "fetch('https://example.org').then(() => arguments[0]('sent'), e => arguments[0]('refused'))"
    assert chrome.execute_async_script(fetch) == "refused"
    assert value(chrome, "performance.getEntriesByType('resource').length") == 0


@pytest.mark.slow
def test_names_are_text(desktop, page, tmp_path):
    """Even one with markup in it, which TensorFlow would not compute with."""
    name = "<img src=x onerror=document.title='run'>"
    text = page.read_text()
    assert text.count('{"name": "lenet5"') == 1
    given = json.dumps(name).replace("<", "\\u003c")
    text = text.replace('{"name": "lenet5"', f'{{"name": {given}')
    (tmp_path / "named.html").write_text(text)
    open_page(desktop, tmp_path / "named.html")
    assert name in desktop.find_element("id", "digits").text
    assert desktop.title == "LeNet-5 reads your digit"


def test_what_is_inserted_stays_as_it_is():
    page = assemble({"name": "{{ style.css }}</script>"})
    assert page.count('{"name": "{{ style.css }}\\u003c/script>"}') == 1


# Networks that it cannot show


def assert_refuses(said):
    """Asserts that there is no page of the networks in this folder."""
    with pytest.raises(SystemExit) as stop:
        write_page()
    assert stop.value.code == said
    assert not PAGE.exists()


@pytest.mark.parametrize(
    "right, wrong, said",
    [
        (
            'activation=activation, name="C1"',
            'activation="gelu", name="C1"',
            "The page cannot show the layer C1, with gelu.",
        ),
        (
            "layers.Dense(84",
            "layers.Dense(83",
            "The network in models/lenet5-relu-max.keras does not have the layers of "
            "step 3.",
        ),
    ],
)
def test_another_network_is_refused(right, wrong, said, trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(trained, "models")
    code = (ROOT / "step3.py").read_text()
    assert right in code
    other = {}
    exec(code.replace(right, wrong), other)
    other["build_lenet5"]().save("models/lenet5-relu-max.keras")
    assert_refuses(said)


NONE = "No trained network in models/lenet5-relu-max.keras: run step 4 in this folder."


def test_a_damaged_network(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "lenet5-relu-max.keras").write_text("damaged")
    assert_refuses(NONE)


def test_no_networks(tmp_path):
    result = run_python(SCRIPT, cwd=tmp_path)
    assert result.returncode == 1
    assert sentence(result.stderr) == NONE
