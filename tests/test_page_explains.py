"""The page to write digits on, in Chromium: what it explains, and how it looks."""

import re
import time

import numpy as np
import pytest
from browser import SEVEN, after_frame, draw, pointer, reading, value
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from selenium_axe_python import Axe

pytestmark = pytest.mark.slow
AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

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
    mouse = pointer(chrome)
    mouse.pointer_action.move_to_location(x, y).click()
    mouse.perform()
    after_frame(chrome, "0")
    return chrome.find_element("id", "sum").text.replace("−", "-")


def frames_on(chrome, canvas):
    """Returns `(row, column, width)` of the frames that are drawn on a canvas."""
    place, scale, path = value(
        chrome,
        f"[{canvas}.place, {canvas}.place.scale, " "byId('frames').getAttribute('d')]",
    )
    height = value(chrome, f"{canvas}.height * {scale}")
    found = []
    for numbers in re.findall(r"M(\S+) (\S+)H(\S+)V(\S+)H\S+Z", path):
        left, top, right, bottom = map(float, numbers)
        if place["top"] - 1 <= top and bottom <= place["top"] + height + 1:
            corner = (top - place["top"]) / scale, (left - place["left"]) / scale
            found.append((*map(round, corner), round((right - left) / scale)))
    return found


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
    assert sees in frames_on(chrome, "byId('digit')")
    if layer in (1, 2, 3, 4):  # and the patch, in the maps of the layer before
        patches = frames_on(chrome, f"layers[{layer - 1}].canvas")
        assert len(patches) == {1: 1, 2: 6, 3: 1, 4: 16}[layer]
        step, width = (2, 2) if layer in (1, 3) else (1, 5)
        side = value(chrome, f"pitch(layers[{layer - 1}].maps[0].size)")
        corners = {(top % side, left % side) for top, left, _ in patches}
        assert corners == {(step * row, step * column)}
        assert {patch[2] for patch in patches} == {width}
    ways_there = value(chrome, "byId('ways').getAttribute('d')").count("M")
    assert ways_there == 2 * {2: 6, 4: 16, 5: 8, 6: 8, 7: 0, 8: 8}.get(layer, 1)

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
        buttons = chrome.find_elements("css selector", "#shown button")
        names = [button.accessible_name.replace("−", "-") for button in buttons]
        parts = [re.fullmatch(r"map \d: (\S+)", name)[1] for name in names]
        assert len(parts) == 6
        assert sum(map(float, parts)) == pytest.approx(products, abs=0.05)
    if layer == 5:
        terms = re.findall(r"= (\S+)$", text, re.M)
        assert len(terms) == 9
        assert sum(map(float, terms)) == pytest.approx(products, abs=0.06)


def test_a_unit_that_is_held_follows_the_digit(chrome):
    before = choose(chrome, 0, 3, 10, 12)
    draw(chrome, SEVEN, 0.2)
    after_frame(chrome, "0")
    after = chrome.find_element("id", "sum").text.replace("−", "-")
    assert after.startswith("C1, map 3, row 10, column 12") and after != before


def test_arrow_keys_go_from_unit_to_unit(chrome):
    choose(chrome, 0, 0, 10, 27)
    ActionChains(chrome).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_DOWN).perform()
    assert value(chrome, "[chosen.unit, chosen.row, chosen.column]") == [1, 11, 0]
    assert value(chrome, "sheet.dx") == 0


def focused(chrome):
    return value(chrome, "document.activeElement.id")


def test_without_a_mouse(chrome):
    """From a unit to its buttons and back, and the unit stays."""
    chrome.execute_script("layers[2].canvas.focus()")
    press = ActionChains(chrome).send_keys
    press(Keys.ARROW_DOWN, Keys.ARROW_DOWN, Keys.ARROW_RIGHT).perform()
    unit = value(chrome, "[chosen.layer.name, chosen.unit, chosen.row, chosen.column]")
    assert unit == ["C3", 0, 1, 1]
    ActionChains(chrome).send_keys(Keys.ENTER).perform()
    assert focused(chrome) == "unit"
    ActionChains(chrome).send_keys(Keys.TAB, Keys.TAB, Keys.TAB, Keys.ENTER).perform()
    assert value(chrome, "[chosen.unit, chosen.row, chosen.column]") == [0, 1, 2]
    chrome.find_elements("css selector", "#shown button")[3].send_keys(Keys.ENTER)
    assert value(chrome, "chosen.input") == 3
    assert value(chrome, "document.activeElement.ariaPressed") == "true"
    ActionChains(chrome).send_keys(Keys.ESCAPE).perform()
    assert value(chrome, "document.activeElement === layers[2].canvas")
    ActionChains(chrome).send_keys(Keys.TAB, Keys.TAB).perform()  # S4, C5
    assert value(chrome, "chosen.layer.name") == "C3"
    ActionChains(chrome).send_keys(Keys.ESCAPE).perform()
    assert value(chrome, "byId('sum').hidden")


def test_the_mouse_crosses_a_layer_and_the_unit_stays(chrome):
    places = value(
        chrome,
        """[0, 1, 2].map(i => {
        const { left, top, width, height } = layers[i].canvas.getBoundingClientRect();
        return [left + width / 3, top + height / 3].map(Math.round);
        })""",
    )
    chrome.execute_script("closeSum()")
    mouse = pointer(chrome, milliseconds=40)
    for place in places:
        mouse.pointer_action.move_to_location(*place)
    mouse.pointer_action.pause(0.4)
    mouse.perform()
    assert value(chrome, "chosen.layer.name") == "C3"
    assert not value(chrome, "isHeld")


# What one can try


def test_a_kernel_slides(chrome):
    choose(chrome, 2, 9, 3, 5)
    widths = value(chrome, "layers.map(layer => layer.canvas.width)")
    chrome.find_element("id", "slide").click()
    time.sleep(1)
    row, column = value(chrome, "[chosen.row, chosen.column]")
    assert 2 < 10 * row + column < 20
    at, shown = value(chrome, "[sliding.at, [...mapOf(layers[2], 9).values]]")
    whole = value(chrome, "[...layers[2].maps[9].values]")
    assert shown == whole[: at + 1] + [0] * (99 - at)
    draw(chrome, SEVEN, 0.2)  # meanwhile, the other layers stay whole
    assert value(chrome, "layers.map(layer => layer.canvas.width)") == widths
    chrome.find_element("id", "slide").click()
    assert after_frame(chrome, "sliding === null")
    still = {"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", still)
    choose(chrome, 2, 9, 3, 5)
    for _ in range(3):
        assert chrome.find_element("id", "slide").text == "Next patch"
        chrome.find_element("id", "slide").click()
    time.sleep(0.5)
    assert value(chrome, "[chosen.row, chosen.column]") == [0, 2]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_a_map_is_switched_off(chrome):
    draw(chrome, SEVEN, 0.2)
    choose(chrome, 0, 3, 10, 12)
    outputs = "probabilitiesOf(lenet5)"
    before = value(chrome, outputs)
    chrome.find_element("id", "off").click()
    assert after_frame(chrome, "Math.max(...layers[0].maps[3].values)") == 0
    assert value(chrome, "Math.max(...layers[1].maps[3].values)") == 0
    assert value(chrome, outputs) != before
    chrome.find_element("id", "on").click()
    assert after_frame(chrome, outputs) == before


def test_what_matters(chrome):
    draw(chrome, SEVEN, 0.2)
    reading(chrome)
    started = time.monotonic()
    chrome.find_element("id", "ask").click()
    said = after_frame(chrome, "byId('suffers').textContent")
    assert time.monotonic() - started < 20  # it has not hung
    part = chrome.execute_script("""
        const { square, image, ours } = losses;
        const covered = cover(image, STEP * 2, STEP * 4);
        compute(lenet5, covered);
        return [ours[7] - probabilitiesOf(lenet5)[7], square.values[2 * PLACES + 4],
          100 * Math.max(...square.values)];
        """)
    assert part[0] == pytest.approx(part[1], abs=1e-5)
    assert f"costs the 7 {round(part[2])} of its" in said
    draw(chrome, [[(0.1, 0.9), (0.4, 0.9)]], 0.1)
    assert after_frame(chrome, "byId('matters').parentElement.hidden")


def test_softmax_is_opened(chrome):
    draw(chrome, SEVEN, 0.2)
    text = choose(chrome, 6, 7, 0, 0)
    rows = re.findall(r"^(\d) (\S+) (\S+) (\S+) %$", text, re.M)
    sums, powers, shares = np.array(rows, float)[:, 1:].T
    assert np.exp(sums) == pytest.approx(powers, rel=0.01, abs=0.01)
    assert powers / powers.sum() == pytest.approx(shares / 100, abs=0.005)
    assert "to have a share of 91 %" in text
    numbers_below = chrome.find_element("class name", "names").text.split()
    assert numbers_below == list("0123456789")


# How it looks


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


@pytest.mark.parametrize("layer", [None, 0, 2, 4, 6])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_accessibility(chrome, layer, theme):
    """WCAG 2.2 AA, as far as axe can tell."""
    media = {"features": [{"name": "prefers-color-scheme", "value": theme}]}
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    chosen = "closeSum()" if layer is None else f"choose(strongestOf(layers[{layer}]))"
    chrome.execute_script(chosen)
    axe = Axe(chrome)
    axe.inject()
    found = axe.run(options={"runOnly": AXE})["violations"]
    chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert [rule["id"] for rule in found] == []


def test_numbers_can_be_read_from_afar(chrome):
    """14 pixels at 1440x900; and they never run together."""
    for layer in (0, 2, 4):
        chrome.execute_script(f"choose(strongestOf(layers[{layer}]))")
        sizes, widths = value(
            chrome,
            """(cells => [
            cells.map(cell => parseFloat(getComputedStyle(cell).fontSize)),
            cells.map(cell => {
              const range = document.createRange();
              range.selectNodeContents(cell);
              return range.getBoundingClientRect().width
                / cell.getBoundingClientRect().width;
            })])([...document.querySelectorAll("#shown td")])""",
        )
        assert min(sizes) >= 14
        assert max(widths) < 1
        tops = value(
            chrome,
            "[...document.querySelectorAll('.numbers')]"
            ".map(table => table.getBoundingClientRect().top)",
        )
        assert len(tops) == 3 and len(set(tops)) == 1
