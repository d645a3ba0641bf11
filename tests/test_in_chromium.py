"""The page to write digits on, in a Chromium: what it computes, reads, shows, may do."""

import json
import re
import shutil

import numpy as np
import pytest
from browser import SEVEN, after_frame, clear, count_wrong, differences, draw
from browser import open_page, pointer, read_written, reading, value
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from step1 import load_mnist
from step3 import build_lenet5
from strokes import ways, written
from write_digits import PAGE, write_page

pytestmark = pytest.mark.slow
STROKES = "sheet.strokes.length"
IMAGE = "[...lenet5.layers[0].inputs[0].values]"

# What it computes


def test_all_layers_are_those_of_keras(chrome, page, monkeypatch):
    monkeypatch.chdir(page.parent)
    _, (images, _) = load_mnist()
    assert differences(chrome, images[:100]) < 1e-4


def test_digits_are_prepared_as_mnist_and_read(chrome):
    fields = written()[::31]  # in all corners
    wrong, same = read_written(chrome, fields)
    assert wrong <= 0.03 * len(fields)
    assert same >= 0.9 * len(fields)  # `as_mnist` takes some thick strokes for paper


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


def test_digits_written_with_the_mouse_are_read(chrome):
    quick, slow = ways()[::4], ways()[2::4]
    assert count_wrong(chrome, quick, 0.2) + count_wrong(chrome, slow, 1) <= 1


def test_all_ten_digits_written_with_a_finger_are_read(phone, page):
    open_page(phone, page)
    first = dict(reversed(ways()))  # of the ways to write each
    assert count_wrong(phone, first.items(), 0.5, finger=True) <= 1


def test_all_points_arrive(chrome):
    """However fast they come, and those between two frames, too; and a single one."""
    draw(chrome, [[(0.1 + i / 250, 0.5) for i in range(200)]], 0.2)
    points = value(chrome, "sheet.strokes[0]")
    assert len(points) > 150
    assert points[-1] == pytest.approx([180, 100], abs=2)
    clear(chrome)
    draw(chrome, [[(0.5, 0.5)]], 0.1)
    assert after_frame(chrome, "Math.max(...readInk().values)") == 255


def test_clear_undo_and_their_keys(chrome):
    draw(chrome, SEVEN, 0.2)
    draw(chrome, [[(0.1, 0.9), (0.2, 0.9)]], 0.1)
    keys = ActionChains(chrome)
    assert value(chrome, STROKES) == 2
    chrome.find_element("id", "undo").click()
    assert value(chrome, STROKES) == 1
    keys.send_keys("c").perform()
    assert value(chrome, STROKES) == 0
    said = after_frame(chrome, "byId('reading').textContent")
    assert said == "Write a digit\n(below: an empty sheet)"
    keys.send_keys("z").perform()
    assert value(chrome, STROKES) == 1 and reading(chrome) == 7
    clear(chrome)
    chrome.find_element("id", "undo").click()
    assert reading(chrome) == 7


def test_other_buttons_do_not_write(chrome):
    field = chrome.find_element("id", "field")
    ActionChains(chrome).context_click(field).move_by_offset(30, 30).perform()
    assert value(chrome, STROKES) == 0


def test_arrow_keys_move_the_digit(chrome):
    draw(chrome, SEVEN, 0.2)
    before = np.reshape(after_frame(chrome, IMAGE), (32, 32))
    ActionChains(chrome).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT).perform()
    chrome.find_element("id", "ArrowDown").click()
    moved = np.reshape(after_frame(chrome, IMAGE), (32, 32))
    assert np.array_equal(moved[3:30, 4:30], before[2:29, 2:28])


def test_digits_to_look_at(chrome):
    right, wrong = value(chrome, "[readRight, misread]")
    assert [digit["label"] for digit in right] == np.arange(10).repeat(3).tolist()
    assert 0 < len(wrong) <= 100
    _, (images, labels) = load_mnist()
    for digit in wrong:
        assert digit["label"] == labels[digit["number"]] != digit["prediction"]
    number, prediction = wrong[5]["number"], wrong[5]["prediction"]
    button = chrome.find_elements("css selector", "#digits .row:last-child button")[5]
    title = f"test digit {number}: a {labels[number]}, read as {prediction}"
    assert button.accessible_name == title
    button.click()
    assert reading(chrome) == prediction
    shown = np.reshape(after_frame(chrome, IMAGE), (32, 32))[2:-2, 2:-2]
    assert shown * 255 == pytest.approx(images[number], abs=0.01)


# Every unit explains itself


def choose(chrome, layer, unit, row, column):
    """Clicks on a unit."""
    x, y = chrome.execute_script(
        """
        const [number, unit, row, column] = arguments, layer = layers[number];
        layer.canvas.scrollIntoView({ block: "center" });
        const { left, top, width } = layer.canvas.getBoundingClientRect();
        const [x, y] = placeOf({ layer, unit, row, column });
        const scale = width / layer.canvas.width;
        return [left + (x + 0.5) * scale, top + (y + 0.5) * scale];
        """,
        *(layer, unit, row, column),
    )
    mouse = pointer(chrome, finger=False)
    mouse.pointer_action.move_to_location(x, y).click()
    mouse.perform()
    return chrome.find_element("id", "sum").text.replace("−", "-")


# layer, unit, row, column; the name, what it sees: first row and column, width
@pytest.mark.parametrize(
    "layer, unit, row, column, name, sees",
    [
        (0, 3, 10, 12, "C1, map 3, row 10, column 12", (10, 12, 5)),
        (1, 3, 5, 6, "S2, map 3, row 5, column 6", (10, 12, 6)),
        (2, 9, 3, 5, "C3, map 9, row 3, column 5", (6, 10, 14)),
        (3, 9, 1, 3, "S4, map 9, row 1, column 3", (4, 12, 16)),
        (4, 57, 0, 0, "C5, unit 57", (0, 0, 32)),
        (5, 40, 0, 0, "F6, unit 40", (0, 0, 32)),
        (6, 7, 0, 0, "output, unit 7", (0, 0, 32)),
        (7, 99, 0, 0, "dense network, hidden, unit 99", (2, 2, 28)),
        (8, 7, 0, 0, "dense network, output, unit 7", (2, 2, 28)),
    ],
)
def test_a_unit_explains_itself(chrome, layer, unit, row, column, name, sees):
    draw(chrome, SEVEN, 0.2)
    text = choose(chrome, layer, unit, row, column)
    size = value(chrome, f"layers[{layer}].maps[0].size")
    number = value(
        chrome, f"layers[{layer}].maps[{unit}].values[{row * size + column}]"
    )
    assert text.startswith(f"{name}: {number:.2f}\n")
    frame, digit = value(
        chrome,
        "[document.querySelector('#answer .frame'), byId('digit')]"
        ".map(element => element.getBoundingClientRect().toJSON())",
    )
    pixel = digit["width"] / 32
    top, left, width = sees
    seen = [frame["x"] - digit["x"], frame["y"] - digit["y"], frame["width"]]
    expected = [left * pixel - 2, top * pixel - 2, width * pixel + 4]
    assert seen == pytest.approx(expected, abs=1)

    rows = re.findall(r"^(-?\d\.\d\d(?: -?\d\.\d\d)*)$", text, re.M)
    cells = np.array(" ".join(rows).split(), float)
    if layer in (1, 3):
        assert len(cells) == 4 and max(cells) == pytest.approx(number, abs=0.006)
        return
    sums = re.search(
        r"The products .*add up to (\S+); with the bias, (\S+), that is (\S+)\. "
        r"After [^:]+: (\S+)\. \(Rounded\.\)",
        text,
    )
    products, bias, total, after = map(float, sums.groups())
    assert products + bias == pytest.approx(total, abs=0.011)
    assert after == pytest.approx(number, abs=0.006)
    if layer < 6 or layer == 7:
        assert after == pytest.approx(max(0, total), abs=0.011)
    if layer == 0:
        patch, kernel, result = cells.reshape(3, 25)
        assert patch * kernel == pytest.approx(result, abs=0.03)
        assert result.sum() == pytest.approx(products, abs=0.15)
    if layer == 2:
        parts = re.findall(r"map \d: (\S+)$", text, re.M)
        assert len(parts) == 6
        assert sum(map(float, parts)) == pytest.approx(products, abs=0.05)
    if layer == 5:
        terms = re.findall(r"= (\S+)$", text, re.M)
        assert len(terms) == 9
        assert sum(map(float, terms)) == pytest.approx(products, abs=0.06)


def test_a_unit_that_is_held_follows_the_digit(chrome):
    before = choose(chrome, 0, 3, 10, 12)
    draw(chrome, SEVEN, 0.2)
    after = after_frame(chrome, "byId('sum').textContent")
    assert after.startswith("C1, map 3, row 10, column 12") and after != before


def test_arrow_keys_go_from_unit_to_unit(chrome):
    choose(chrome, 0, 0, 10, 27)
    ActionChains(chrome).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_DOWN).perform()
    assert value(chrome, "[chosen.unit, chosen.row, chosen.column]") == [1, 11, 0]
    assert value(chrome, "sheet.dx") == 0


def test_without_a_mouse(chrome):
    """A layer shows its first unit, a button of the sum keeps the focus, Escape closes."""
    chrome.execute_script("layers[2].canvas.focus()")
    assert value(chrome, "[chosen.unit, chosen.row, chosen.column]") == [0, 0, 0]
    ActionChains(chrome).send_keys(Keys.TAB * 5).perform()  # S4, C5, F6, output, hidden
    assert value(chrome, "chosen.layer.name") == "hidden"
    chrome.execute_script("layers[2].canvas.focus()")
    chrome.find_elements("css selector", "#sum .row button")[3].send_keys(Keys.ENTER)
    assert value(chrome, "chosen.input") == 3
    assert value(chrome, "document.activeElement.ariaPressed") == "true"
    ActionChains(chrome).send_keys(Keys.ESCAPE).perform()
    assert value(chrome, "byId('sum').hidden")


def test_the_field_stays_where_it_is(chrome):
    place = "field.getBoundingClientRect().x"
    before = value(chrome, place)
    choose(chrome, 2, 9, 3, 5)
    assert value(chrome, place) == before < 100


def test_nothing_sticks_out(chrome):
    size = {"height": 844, "deviceScaleFactor": 1, "mobile": False}
    widths = [390, 700, 1000, 1280, 1920]
    seen = []
    for width in widths:
        size["width"] = width
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        choose(chrome, 2, 4, 3, 5)
        root = "document.documentElement"
        seen.append(value(chrome, f"[{root}.clientWidth, {root}.scrollWidth]"))
    chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert seen == [[width, width] for width in widths]


# What it may do


def test_nothing_is_fetched(chrome):
    fetch = "return fetch('https://example.org').then(() => 'sent', () => 'refused')"
    assert chrome.execute_script(fetch) == "refused"
    assert value(chrome, "performance.getEntriesByType('resource').length") == 0


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
