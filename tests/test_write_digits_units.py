"""The page to write digits on: every unit explains itself, in a Chromium."""

import re

import numpy as np
import pytest
from browser import SEVEN, after_frame, draw, value
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.slow


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
    mouse = ActionChains(chrome)
    mouse.w3c_actions.pointer_action.move_to_location(round(x), round(y))
    mouse.click().perform()
    return chrome.find_element("id", "sum").text.replace("−", "-")


UNITS = [  # layer, unit, row, column; the name, what it sees: first row and column, width
    (0, 3, 10, 12, "C1, map 3, row 10, column 12", (10, 12, 5)),
    (1, 3, 5, 6, "S2, map 3, row 5, column 6", (10, 12, 6)),
    (2, 9, 3, 5, "C3, map 9, row 3, column 5", (6, 10, 14)),
    (3, 9, 1, 3, "S4, map 9, row 1, column 3", (4, 12, 16)),
    (4, 57, 0, 0, "C5, unit 57", (0, 0, 32)),
    (5, 40, 0, 0, "F6, unit 40", (0, 0, 32)),
    (6, 7, 0, 0, "output, unit 7", (0, 0, 32)),
    (7, 99, 0, 0, "dense network, hidden, unit 99", (2, 2, 28)),
    (8, 7, 0, 0, "dense network, output, unit 7", (2, 2, 28)),
]


def test_every_unit_explains_itself(chrome):
    draw(chrome, SEVEN, 0.2)
    for unit in UNITS:
        check_sum(chrome, *unit)


def check_sum(chrome, layer, unit, row, column, name, sees):
    text = choose(chrome, layer, unit, row, column)
    size = value(chrome, f"layers[{layer}].maps[0].size")
    number = value(
        chrome, f"layers[{layer}].maps[{unit}].values[{row * size + column}]"
    )
    assert text.startswith(f"{name}: {number:.2f}\n")
    frame, digit = chrome.execute_script(
        "return [document.querySelector('#answer .frame'), byId('digit')]"
        ".map(element => element.getBoundingClientRect().toJSON())"
    )
    pixel = digit["width"] / 32
    top, left, width = sees
    assert frame["x"] - digit["x"] == pytest.approx(left * pixel - 2, abs=1)
    assert frame["y"] - digit["y"] == pytest.approx(top * pixel - 2, abs=1)
    assert frame["width"] == pytest.approx(width * pixel + 4, abs=1)
    cells = [
        float(cell)
        for cell in re.findall(r"^(-?\d\.\d\d(?: -?\d\.\d\d)*)$", text, re.M)
        for cell in cell.split()
    ]
    if layer in (1, 3):
        assert len(cells) == 4 and max(cells) == pytest.approx(number, abs=0.006)
    else:
        products, bias, total, after = map(
            float,
            re.search(
                r"The products .*add up to (\S+); with the bias, (\S+), that is (\S+)\. "
                r"After [^:]+: (\S+)\. \(Rounded\.\)",
                text,
            ).groups(),
        )
        assert products + bias == pytest.approx(total, abs=0.011)
        assert after == pytest.approx(number, abs=0.006)
        if layer < 6 or layer == 7:
            assert after == pytest.approx(max(0, total), abs=0.011)
    if layer == 0:
        patch, kernel, result = np.reshape(cells, (3, 25))
        assert patch * kernel == pytest.approx(result, abs=0.03)
        assert result.sum() == pytest.approx(products, abs=0.15)
    if layer == 2:
        parts = chrome.find_elements("css selector", "#sum .row button")
        sums = [float(part.text.replace("−", "-").split(": ")[1]) for part in parts]
        assert len(sums) == 6 and sum(sums) == pytest.approx(products, abs=0.05)
    if layer == 5:
        terms = [float(term) for term in re.findall(r"= (\S+)$", text, re.M)]
        assert len(terms) == 9 and sum(terms) == pytest.approx(products, abs=0.06)


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
    root = "document.documentElement"
    sticks_out = {}
    for width in 390, 700, 1000, 1280, 1920:
        size["width"] = width
        chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        choose(chrome, 2, 4, 3, 5)
        assert value(chrome, f"{root}.clientWidth") == width
        sticks_out[width] = value(chrome, f"{root}.scrollWidth > {root}.clientWidth")
    chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert not any(sticks_out.values()), sticks_out
