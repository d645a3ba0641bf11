"""The page to write digits on, in a Chromium: what it computes, reads, shows, may do."""

import re
import shutil
import time

import numpy as np
import pytest
from browser import READY, SEVEN, after_frame, clear, count_wrong, differences
from browser import SQUARE, draw, open_page, pointer, read_written, reading, run
from browser import value
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_actions import PointerActions
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.keys import Keys
from selenium_axe_python import Axe
from step1 import load_mnist
from step3 import build_lenet5
from strokes import no_digits, numbers, ways, written
from write_digits import PAGE, write_page

pytestmark = pytest.mark.slow
AXE = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
TEXT = "byId('reading').textContent"
STROKES = "sheet.strokes.length"
IMAGE = "[...lenet5.layers[0].inputs[0].values]"

# What it computes


def test_all_layers_are_those_of_keras(desktop, page, monkeypatch):
    monkeypatch.chdir(page.parent)
    open_page(desktop, page)
    _, (images, _) = load_mnist()
    assert differences(desktop, images[:100]) < 1e-4


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


def test_all_ten_digits_written_with_a_finger_are_read(phone):
    open_page(phone, READY)
    first = dict(reversed(ways()))  # of the ways to write each
    assert count_wrong(phone, first.items(), 0.5, "touch") <= 1


def test_numbers_written_with_a_finger_are_read(phone):
    open_page(phone, READY)
    assert count_wrong(phone, numbers(4, seed=1), 1.5, "touch") <= 1


def test_all_points_arrive(chrome):
    """However fast they come, and those between two frames, too; and a single one."""
    draw(chrome, [[(0.1 + i / 250, 0.5) for i in range(200)]], 0.2)
    points = value(chrome, "sheet.strokes[0]")
    assert len(points) > 150
    middle = value(chrome, "FIELD * field.width / field.height / 2")
    assert points[-1] == pytest.approx([middle + 0.396 * 200, 100], abs=2)
    clear(chrome)
    draw(chrome, [[(0.5, 0.5)]], 0.1)
    assert "too small for a digit" in after_frame(chrome, TEXT)


def test_the_field_stays_where_it_is_whatever_is_read(chrome):
    place = "field.getBoundingClientRect().toJSON()"
    before = value(chrome, place)
    for strokes in [SEVEN, numbers(1, seed=2)[0][1], *no_digits()[:3]]:
        draw(chrome, strokes, 0.3)
        assert after_frame(chrome, place) == before
        clear(chrome)
        assert after_frame(chrome, place) == before


def test_hand_and_pen_do_not_mix(chrome):
    """The hand comes first, and goes on; then, without a pen, fingers write again."""
    left, top, _ = value(chrome, SQUARE)
    hands = ActionBuilder(chrome, mouse=PointerInput("touch", "hand"), duration=20)
    pen = hands.add_pointer_input("pen", "pen")
    hand = hands.pointer_action
    pen_actions = PointerActions(pen)
    hand.move_to_location(round(left), round(top + 200)).pointer_down()
    hand.move_to_location(round(left + 20), round(top + 200))
    pen_actions.pause(0.02).pause(0.02).pause(0.02)
    for i, (x, y) in enumerate(SEVEN[0]):
        pen_actions.move_to_location(round(left + 200 * x), round(top + 200 * y))
        hand.move_to_location(round(left + 20 + i), round(top + 200))
        if i == 0:
            pen_actions.pointer_down()
            hand.pause(0.02)
    pen_actions.pointer_up()
    hand.pointer_up()
    hands.perform()
    assert value(chrome, STROKES) == 1
    assert reading(chrome) == "7"
    time.sleep(2.1)
    draw(chrome, [[(0.1, 0.9), (0.2, 0.9)]], 0.1, "touch")
    assert value(chrome, STROKES) == 2


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
    assert said == "Write a digit, or a number"
    keys.send_keys("z").perform()
    assert value(chrome, STROKES) == 1 and reading(chrome) == "7"
    clear(chrome)
    chrome.find_element("id", "undo").click()
    assert reading(chrome) == "7"


def test_other_buttons_do_not_write(chrome):
    field = chrome.find_element("id", "field")
    ActionChains(chrome).context_click(field).move_by_offset(30, 30).perform()
    assert value(chrome, STROKES) == 0


def test_keys_of_other_alphabets_and_keys_that_are_switched_off(chrome):
    press = "document.body.dispatchEvent(new KeyboardEvent('keydown', "
    key = press + "{{ key: '{}', code: '{}', bubbles: true }}))"
    draw(chrome, SEVEN, 0.2)
    draw(chrome, SEVEN, 0.2)
    chrome.execute_script(key.format("я", "KeyZ"))
    assert value(chrome, STROKES) == 1
    chrome.execute_script(key.format("Z", "KeyY"))  # Caps Lock, and a German keyboard
    assert value(chrome, STROKES) == 0
    draw(chrome, SEVEN, 0.2)
    chrome.find_element("id", "keys").click()
    ActionChains(chrome).send_keys("c", "z").perform()
    assert value(chrome, STROKES) == 1


def test_a_selection_is_not_dragged(chrome):
    chrome.execute_script("getSelection().selectAllChildren(document.body)")
    draw(chrome, SEVEN, 0.3)
    assert value(chrome, "sheet.strokes[0].length") >= 5
    assert reading(chrome) == "7"


def test_one_announcement_for_a_digit(chrome):
    chrome.execute_script("""
        window.said = [];
        new MutationObserver(() => said.push(byId("announcement").textContent))
          .observe(byId("announcement"), { childList: true });
        """)
    draw(chrome, SEVEN, 1)
    time.sleep(1)
    said = value(chrome, "said")
    assert len(said) == 1 and said[0].startswith("LeNet-5 reads 7")


def test_arrow_keys_move_the_digit(chrome):
    draw(chrome, SEVEN, 0.2)
    before = np.reshape(after_frame(chrome, IMAGE), (32, 32))
    ActionChains(chrome).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT).perform()
    chrome.find_element("id", "ArrowDown").click()
    moved = np.reshape(after_frame(chrome, IMAGE), (32, 32))
    assert np.array_equal(moved[3:30, 4:30], before[2:29, 2:28])
    chrome.execute_script("for (let i = 0; i < 30; i++) move([1, 0])")
    assert "nothing is left of it" in after_frame(chrome, TEXT)


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
    assert reading(chrome) == str(prediction)
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
    mouse = pointer(chrome)
    mouse.pointer_action.move_to_location(x, y).click()
    mouse.perform()
    after_frame(chrome, "0")
    return chrome.find_element("id", "sum").text.replace("−", "-")


# layer, unit, row, column; the name, what it sees: first row and column, width
def frames_on(chrome, canvas, size):
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
    assert sees in frames_on(chrome, "byId('digit')", 32)
    if layer in (1, 2, 3, 4):  # and the patch, in the maps of the layer before
        patches = frames_on(chrome, f"layers[{layer - 1}].canvas", None)
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
    chrome.find_element("id", "slide").click()
    time.sleep(1)
    row, column = value(chrome, "[chosen.row, chosen.column]")
    assert 2 < 10 * row + column < 20
    at, shown = value(chrome, "[sliding.at, [...mapOf(layers[2], 9).values]]")
    whole = value(chrome, "[...layers[2].maps[9].values]")
    assert shown == whole[: at + 1] + [0] * (99 - at)
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
    numbers_below = chrome.find_element("class name", "ten").text.split()
    assert numbers_below == list("0123456789")


def test_it_doubts_as_the_photo_reader_does(chrome, monkeypatch):
    """With a few typical digits in place of all training digits: the same in most cases."""
    _, (images, _) = load_mnist()
    doubted = []
    for image in images[:200]:
        script = "return read(decode(arguments[0]), 0, 0).doubt"
        doubt = run(chrome, script, image)
        doubted.append(bool(doubt))
        assert not doubt or doubt in (
            "the two networks do not agree",
            *(f"LeNet-5 gives the {d} less than 60 %" for d in range(10)),
            *(f"no {d} among the training digits looks like it" for d in range(10)),
        )
    assert 0 < np.mean(doubted) < 0.2


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


def test_without_scripts(desktop, tmp_path):
    """As in a notebook server that does not trust the file."""
    text = READY.read_text(encoding="utf-8").replace("script-src 'unsafe-inline'", "")
    (tmp_path / "page.html").write_text(text, encoding="utf-8")
    desktop.get((tmp_path / "page.html").as_uri())
    time.sleep(1.5)
    assert "This page needs JavaScript" in desktop.find_element("tag name", "main").text


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
