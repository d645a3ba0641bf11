"""The page: what it computes, what it reads, what it shows, in a real Chromium."""

import json
import re
import shutil

import browser
import numpy as np
import pytest
from browser import clear, draw, open_browser, open_page, reading
from conftest import ROOT
from person import run_python, sentence
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from step1 import load_mnist
from step3 import build_lenet5
from strokes import ways, written

PAGE = ROOT / "beyond" / "page.py"


def needs_chromium(test):
    """Marks a test that drives Chromium, at a person's speed."""
    missing = not shutil.which("chromedriver")
    reason = "there is no Chromium with its driver here"
    return pytest.mark.slow(pytest.mark.skipif(missing, reason=reason)(test))


SEVEN = [[(0.2, 0.2), (0.45, 0.2), (0.7, 0.2), (0.55, 0.5), (0.4, 0.85)]]


@pytest.fixture(scope="module")
def folder(trained, tmp_path_factory):
    """A folder with networks that were trained for one pass, and their page."""
    folder = tmp_path_factory.mktemp("page")
    shutil.copytree(trained, folder / "models")
    result = run_python(PAGE, cwd=folder, BROWSER="true")
    assert result.returncode == 0, result.stderr
    assert result.stdout == "Page saved: lenet5.html\n"
    return folder


@pytest.fixture(scope="module")
def desktop(folder):
    with open_browser(1280, 800) as chrome:
        yield chrome


@pytest.fixture(scope="module")
def phone(folder):
    with open_browser(390, 844, finger=True) as chrome:
        open_page(chrome, folder / "lenet5.html")
        yield chrome


@pytest.fixture
def chrome(desktop, folder):
    """The page, opened anew."""
    open_page(desktop, folder / "lenet5.html")
    return desktop


def value(chrome, script):
    return chrome.execute_script(f"return {script}")


def after_frame(chrome, script):
    """Returns what a script says after the next frame."""
    wait = "requestAnimationFrame(() => setTimeout(() => arguments[0]({}), 0))"
    return chrome.execute_async_script(wait.format(script))


# What it computes


@needs_chromium
def test_all_layers_are_those_of_keras(chrome, folder, monkeypatch):
    monkeypatch.chdir(folder)
    _, (images, _) = load_mnist()
    assert browser.differences(chrome, images[:100]) < 1e-4


@needs_chromium
def test_digits_are_prepared_as_mnist_and_read(chrome):
    fields = written()[::16]
    wrong, same = browser.read_written(chrome, fields)
    assert wrong <= 0.03 * len(fields)
    assert same >= 0.9 * len(fields)  # `as_mnist` takes some thick strokes for paper


@needs_chromium
def test_a_network_with_tanh_and_average_pooling(
    folder, tmp_path, monkeypatch, desktop
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(folder / "models", tmp_path / "models")
    build_lenet5("tanh").save("models/lenet5-relu-max.keras")
    assert run_python(PAGE, cwd=tmp_path, BROWSER="true").returncode == 0
    open_page(desktop, "lenet5.html")
    _, (images, _) = load_mnist()
    assert browser.differences(desktop, images[:10]) < 1e-4


# Writing


@needs_chromium
@pytest.mark.parametrize("seconds", [0.2, 1])
def test_digits_written_with_the_mouse_are_read(seconds, chrome):
    digits = ways()[::2]
    wrong = 0
    for digit, strokes in digits:
        draw(chrome, strokes, seconds)
        wrong += reading(chrome) != digit
        clear(chrome)
    assert wrong <= 1


@needs_chromium
def test_all_ten_digits_written_with_a_finger_are_read(phone):
    first = {digit: strokes for digit, strokes in reversed(ways())}
    wrong = 0
    for digit, strokes in first.items():
        draw(phone, strokes, 0.5, finger=True)
        wrong += reading(phone) != digit
        clear(phone, finger=True)
    assert wrong <= 1


@needs_chromium
def test_all_points_arrive(chrome):
    """However fast they come, and those between two frames, too."""
    draw(chrome, [[(0.1 + i / 250, 0.5) for i in range(200)]], 0.2)
    points = value(chrome, "sheet.strokes[0]")
    assert len(points) > 150
    assert points[-1] == pytest.approx([180, 100], abs=2)


@needs_chromium
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


@needs_chromium
def test_other_buttons_and_other_fingers_do_not_write(chrome):
    field = chrome.find_element("id", "field")
    ActionChains(chrome).context_click(field).perform()
    ActionChains(chrome).move_to_element(field).move_by_offset(30, 30).perform()
    assert value(chrome, "sheet.strokes.length") == 0


@needs_chromium
def test_arrow_keys_move_the_digit(chrome):
    draw(chrome, SEVEN, 0.2)
    image = "[...lenet5.layers[0].inputs[0].values]"
    before = np.reshape(after_frame(chrome, image), (32, 32))
    ActionChains(chrome).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT).perform()
    chrome.find_element("id", "ArrowDown").click()
    moved = np.reshape(after_frame(chrome, image), (32, 32))
    assert np.array_equal(moved[3:30, 4:30], before[2:29, 2:28])


# What it shows


def choose(chrome, layer, unit, row, column):
    """Clicks on a unit."""
    x, y = chrome.execute_script(
        """
        const [layer, unit, row, column] = arguments, { canvas, columns, maps } = layers[layer];
        const next = pitch(maps[0].size);
        canvas.scrollIntoView({ block: "center" });
        const { left, top, width } = canvas.getBoundingClientRect();
        const place = (number, pixel) => (number * next + pixel + 0.5) * width / canvas.width;
        return [left + place(unit % columns, column), top + place(Math.floor(unit / columns), row)];
        """,
        layer,
        unit,
        row,
        column,
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


@needs_chromium
@pytest.mark.parametrize("layer, unit, row, column, name, sees", UNITS)
def test_a_unit_explains_itself(layer, unit, row, column, name, sees, chrome):
    draw(chrome, SEVEN, 0.2)
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


@needs_chromium
def test_a_unit_that_is_held_follows_the_digit(chrome):
    before = choose(chrome, 0, 3, 10, 12)
    draw(chrome, SEVEN, 0.2)
    after = after_frame(chrome, "byId('sum').textContent")
    assert after.startswith("C1, map 3, row 10, column 12") and after != before


@needs_chromium
def test_arrow_keys_go_from_unit_to_unit(chrome):
    choose(chrome, 0, 0, 10, 27)
    ActionChains(chrome).send_keys(Keys.ARROW_RIGHT, Keys.ARROW_DOWN).perform()
    assert value(chrome, "[chosen.unit, chosen.row, chosen.column]") == [1, 11, 0]
    assert value(chrome, "sheet.right") == 0


@needs_chromium
def test_without_a_mouse(chrome):
    """A layer shows its first unit, a button of the sum keeps the focus, Escape closes."""
    chrome.execute_script("layers[2].canvas.focus()")
    keys = ActionChains(chrome)
    assert value(chrome, "[chosen.unit, chosen.row, chosen.column]") == [0, 0, 0]
    keys.send_keys(Keys.TAB * 5).perform()  # S4, C5, F6, output, hidden
    assert value(chrome, "chosen.layer.name") == "hidden"
    chrome.execute_script("layers[2].canvas.focus()")
    chrome.find_elements("css selector", "#sum .row button")[3].send_keys(Keys.ENTER)
    assert value(chrome, "[chosen.input, document.activeElement.ariaPressed]") == [
        3,
        "true",
    ]
    keys = ActionChains(chrome)
    keys.send_keys(Keys.ESCAPE).perform()
    assert value(chrome, "byId('sum').hidden")


@needs_chromium
def test_the_field_stays_where_it_is(chrome):
    place = "field.getBoundingClientRect().x"
    before = value(chrome, place)
    choose(chrome, 2, 9, 3, 5)
    assert value(chrome, place) == before < 100


@needs_chromium
def test_a_dot_is_drawn(chrome):
    draw(chrome, [[(0.5, 0.5)]], 0.1)
    assert after_frame(chrome, "Math.max(...readInk().values)") == 255


@needs_chromium
def test_digits_to_look_at(chrome):
    right, wrong = value(chrome, "[right, wrong]")
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
    assert (shown - -0.1) / 1.275 * 255 == pytest.approx(
        images[one["number"]], abs=0.01
    )


def luminance(colour):
    parts = [int(two, 16) / 255 for two in re.findall("[0-9a-f]{2}", colour)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return np.dot(linear, [0.2126, 0.7152, 0.0722])


def test_contrast():
    """Of the text on its backgrounds, and on the palest and darkest cells with numbers."""
    template = (ROOT / "beyond" / "page.html").read_text()
    for rules in re.findall(r":root \{([^}]*--page[^}]*)\}", template):
        colours = dict(re.findall(r"--(\w+): #([0-9a-f]{6})", rules))
        ink, paper = colours["ink"], colours["paper"]
        halves = [
            "".join(
                f"{(int(colours[name][i : i + 2], 16) + int(paper[i : i + 2], 16)) // 2:02x}"
                for i in (0, 2, 4)
            )
            for name in ("positive", "negative")
        ]
        for ground in colours["page"], paper, *halves:
            low, high = sorted([luminance(ink), luminance(ground)])
            assert (high + 0.05) / (low + 0.05) > 4.5, (ink, ground)


@needs_chromium
@pytest.mark.parametrize("width", [390, 700, 1000, 1280, 1920])
def test_nothing_sticks_out(width, chrome):
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": False}
    chrome.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    choose(chrome, 2, 4, 3, 5)
    root = "document.documentElement"
    assert value(chrome, f"{root}.scrollWidth == {root}.clientWidth")
    chrome.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


# What it may do


@needs_chromium
def test_nothing_is_fetched(chrome):
    fetch = "fetch('https://example.org').then(() => arguments[0]('sent'), e => arguments[0]('refused'))"
    assert chrome.execute_async_script(fetch) == "refused"
    assert value(chrome, "performance.getEntriesByType('resource').length") == 0


@needs_chromium
def test_names_are_text(folder, tmp_path, desktop):
    """Even one with markup in it, which TensorFlow would not compute with."""
    name = "<img src=x onerror=document.title='run'>"
    text = (folder / "lenet5.html").read_text()
    assert text.count('{"name": "lenet5"') == 1
    given = json.dumps(name).replace("<", "\\u003c")
    text = text.replace('{"name": "lenet5"', f'{{"name": {given}')
    (tmp_path / "lenet5.html").write_text(text)
    open_page(desktop, tmp_path / "lenet5.html")
    assert name in desktop.find_element("id", "digits").text
    assert desktop.title == "LeNet-5 reads your digit"


# Networks that it cannot show


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
def test_another_network_is_refused(right, wrong, said, folder, tmp_path):
    shutil.copytree(folder / "models", tmp_path / "models")
    code = (ROOT / "step3.py").read_text()
    assert right in code
    other = {}
    exec(code.replace(right, wrong), other)
    other["build_lenet5"]().save(tmp_path / "models" / "lenet5-relu-max.keras")
    result = run_python(PAGE, cwd=tmp_path, BROWSER="true")
    assert result.returncode == 1 and sentence(result.stderr) == said
    assert not (tmp_path / "lenet5.html").exists()


@pytest.mark.parametrize("damaged", [False, True])
def test_no_networks(damaged, tmp_path):
    if damaged:
        (tmp_path / "models").mkdir()
        (tmp_path / "models" / "lenet5-relu-max.keras").write_text("damaged")
    result = run_python(PAGE, cwd=tmp_path)
    assert result.returncode == 1
    assert sentence(result.stderr) == (
        "No trained network in models/lenet5-relu-max.keras: run step 4 in this folder."
    )
