"""Signs of one's own: collected on the page, read by signs.py, and by a page with names."""

import time

import keras
import numpy as np
import pytest
from browser import COUNTS, NEXT, READY, after_frame, clear, collect, draw, name_sign
from browser import open_page, press, value
from selenium.webdriver.common.action_chains import ActionChains
from signs import as_image, load_signs
from step3 import build_dense, build_lenet5
from strokes import SIGNS, by_hand, rows_of
from train_signs import PAGE, with_new_output
from write_digits import write_page

pytestmark = pytest.mark.slow
DRAWINGS = dict(rows_of(SIGNS))
RNG = np.random.default_rng(0)
SAID = "byId('collected').textContent"
CLASSES = "names.map((name, i) => bars[i][0].closest('span').textContent)"


def write(browser, name, times, kind="mouse"):
    drawings = [by_hand(DRAWINGS[name], RNG) for _ in range(times)]
    collect(browser, name, drawings, kind)


def test_with_a_finger(phone):
    open_page(phone, READY)
    phone.execute_script("localStorage.clear(); byId('collecting').open = true")
    write(phone, "heart", 3, "touch")
    assert value(phone, COUNTS) == [["heart", 3]]
    phone.execute_script("localStorage.clear()")


@pytest.fixture
def chromium(chrome):
    chrome.execute_script("localStorage.clear()")
    open_page(chrome, READY)
    chrome.execute_script("byId('collecting').open = true")
    yield chrome
    open_page(chrome, READY)
    chrome.execute_script("localStorage.clear()")


def test_all_can_be_undone(chromium):
    write(chromium, "heart", 2)
    write(chromium, "tree", 1)
    chromium.find_element("id", "forget").click()
    assert value(chromium, COUNTS) == [["heart", 2]]
    press(chromium, "undo")
    assert value(chromium, COUNTS) == [["heart", 2], ["tree", 1]]
    press(chromium, "undo")  # and the drawing is back on the field
    assert value(chromium, COUNTS) == [["heart", 2], ["tree", 0]]
    assert value(chromium, "sheet.strokes.length") == len(DRAWINGS["tree"])
    clear(chromium)
    chromium.find_elements("css selector", "#signs button")[0].click()
    first = value(chromium, "JSON.stringify(collection.signs[0].drawings[0])")
    chromium.find_elements("css selector", "#drawings button")[1].click()
    assert value(chromium, COUNTS) == [["heart", 1], ["tree", 0]]
    assert value(chromium, "JSON.stringify(collection.signs[0].drawings[0])") == first
    press(chromium, "undo")
    assert value(chromium, COUNTS) == [["heart", 2], ["tree", 0]]


def test_keys_write_names_and_go_on(chromium):
    chromium.find_element("id", "name").send_keys(" cz n\n")
    assert value(chromium, COUNTS) == [["cz n", 0]]
    draw(chromium, by_hand(DRAWINGS["tree"], np.random.default_rng(1)), 0.2)
    ActionChains(chromium).send_keys("n").perform()
    ActionChains(chromium).send_keys("n").perform()  # nothing is on the field
    assert value(chromium, COUNTS) == [["cz n", 1]]


def test_without_a_name_nothing_is_lost(chromium):
    draw(chromium, DRAWINGS["tree"], 0.2)
    press(chromium, "next")
    assert value(chromium, SAID) == "Give the sign a name first."
    chromium.switch_to.active_element.send_keys("tree\n")
    press(chromium, "next")
    assert value(chromium, COUNTS) == [["tree", 1]]


def test_a_name_is_one_sign_and_forty_are_the_most(chromium):
    for i in range(42):
        name_sign(chromium, f"sign {i % 41}")
    assert value(chromium, "collection.signs.length") == 40
    assert value(chromium, NEXT) == "Next (n): sign 0 0"


def test_another_window_does_not_change_the_sign(chromium):
    write(chromium, "heart", 1)
    write(chromium, "tree", 1)
    name_sign(chromium, "heart")
    first = chromium.current_window_handle
    chromium.switch_to.new_window("tab")
    open_page(chromium, READY)
    write(chromium, "tree", 1)
    chromium.close()
    chromium.switch_to.window(first)
    assert value(chromium, COUNTS) == [["heart", 1], ["tree", 2]]
    assert value(chromium, NEXT) == "Next (n): heart 1"


def test_a_sign_gets_another_name(chromium):
    write(chromium, "heart", 2)
    write(chromium, "tree", 1)
    for name, counts in ("fir", [["heart", 2], ["fir", 1]]), ("heart", [["heart", 3]]):
        chromium.find_element("id", "name").send_keys(name)
        chromium.find_element("id", "rename").click()
        assert value(chromium, COUNTS) == counts
        assert value(chromium, NEXT) == f"Next (n): {name} {counts[-1][1]}"


def test_what_is_no_drawing_is_not_collected(chromium):
    name_sign(chromium, "dot")
    for strokes in [], [[(0.5, 0.5), (0.51, 0.5)]]:
        draw(chromium, strokes, 0.1)
        press(chromium, "next")
        assert value(chromium, SAID) == "Write dot first, and larger than a dot."
    assert value(chromium, COUNTS) == [["dot", 0]]


@pytest.fixture
def saved(chromium, tmp_path):
    """What the page saves of a few signs, drawn into it."""
    write(chromium, "heart", 2)
    write(chromium, "star", 1)
    chromium.execute_cdp_cmd(
        "Page.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)}
    )
    chromium.find_element("id", "save").click()
    while not (tmp_path / "signs.json").exists():
        time.sleep(0.1)
    return tmp_path / "signs.json"


def test_the_file_is_small_and_readable(saved):
    text = saved.read_text(encoding="utf-8")
    about, _, *lines = text.splitlines()
    assert about.startswith('{"about": "Signs, each with its drawings, one a line.')
    assert len(lines) == 7 + 1 and len(text) < 4000


def test_it_has_the_images_that_the_page_shows(saved, chromium):
    """But for roundings, in two languages."""
    images, labels, names = load_signs([saved])
    assert (labels.tolist(), names) == ([0, 0, 1], ["heart", "star"])
    drawings = "collection.signs.flatMap(({ drawings }) => drawings)"
    shown = value(chromium, f"{drawings}.map(one => [...asMnist(draw(one))])")
    for image, ours in zip(images, np.reshape(shown, (-1, 28, 28))):
        assert np.abs(image.astype(int) - ours).max() <= 2


def test_a_file_is_joined_and_taken_once(saved, chromium):
    chromium.find_element("id", "open").send_keys(str(saved))
    time.sleep(0.5)
    assert value(chromium, SAID) == "New drawings in signs.json: 0."
    assert value(chromium, COUNTS) == [["heart", 2], ["star", 1]]
    chromium.execute_script("localStorage.clear()")
    open_page(chromium, READY)
    chromium.execute_script("byId('collecting').open = true")
    write(chromium, "star", 1)
    chromium.find_element("id", "open").send_keys(str(saved))
    time.sleep(0.5)
    assert value(chromium, SAID) == "New drawings in signs.json: 3."
    assert value(chromium, COUNTS) == [["star", 2], ["heart", 2]]


def test_another_file_changes_nothing(chromium, tmp_path):
    (tmp_path / "no.json").write_text('{"signs": [{"name": "a", "drawings": [[]]}]}')
    write(chromium, "heart", 1)
    chromium.find_element("id", "open").send_keys(str(tmp_path / "no.json"))
    time.sleep(0.5)
    assert value(chromium, COUNTS) == [["heart", 1]]
    assert value(chromium, SAID) == "no.json is no collection of signs."


def test_a_browser_that_keeps_nothing_says_so(chromium):
    chromium.execute_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw Error() } })"
    )
    name_sign(chromium, "heart")
    draw(chromium, DRAWINGS["heart"], 0.2)
    press(chromium, "next")
    assert "does not keep" in value(chromium, SAID)
    assert value(chromium, COUNTS) == [["heart", 1]]


# Pages of other classes


@pytest.mark.parametrize("count", [2, 11, 40])
def test_any_number_of_classes(count, desktop, tmp_path):
    """Of networks that have learned nothing: what they compute and show is the same."""
    networks = [
        with_new_output(build(), count) for build in (build_lenet5, build_dense)
    ]
    names = [f"sign {i}" for i in range(count)]
    images = np.stack([as_image([[[0, 0], [i + 1, 9]]]) for i in range(count)])
    some = images, np.arange(count)
    write_page(tmp_path / PAGE, networks, "sign", names, some, some)
    open_page(desktop, tmp_path / PAGE)
    assert value(desktop, CLASSES) == names
    draw(desktop, DRAWINGS["heart"], 0.2)
    said = after_frame(desktop, "byId('reading').textContent")
    reads = value(desktop, "names[indexOfLargest(readingsOfSheet[0].ours)]")
    assert f"LeNet-5 reads {reads} (" in said
    desktop.execute_script(
        "choose({ ...strongestOf(layers[6]), unit: names.length - 1 })"
    )
    assert value(desktop, "document.querySelectorAll('.shares tr').length") == count + 2
    wide = "document.documentElement.scrollWidth <= innerWidth"
    assert value(desktop, wide)
