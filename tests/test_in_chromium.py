"""The page to write digits on, in Chromium: what it computes, reads, may do."""

import shutil
import time

import numpy as np
import pytest
from browser import READY, SEVEN, SQUARE, after_frame, clear, count_wrong
from browser import differences, draw, open_page, read_written, reading, run, value
from networks import load_networks
from read_photo import find_doubt, read
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.action_builder import ActionBuilder
from selenium.webdriver.common.actions.pointer_actions import PointerActions
from selenium.webdriver.common.actions.pointer_input import PointerInput
from selenium.webdriver.common.keys import Keys
from step1 import load_mnist
from step3 import build_lenet5
from strokes import no_digits, numbers, ways, written
from write_digits import PAGE, write_digits_page

pytestmark = pytest.mark.slow
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
    write_digits_page()
    open_page(desktop, PAGE)
    _, (images, _) = load_mnist()
    assert differences(desktop, images[:10]) < 1e-4


def test_it_doubts_as_the_photo_reader_does(desktop, page, monkeypatch):
    """By a few typical digits in place of all training digits: the same in most cases."""
    monkeypatch.chdir(page.parent)
    open_page(desktop, page)
    networks = load_networks()
    training_digits, (images, _) = load_mnist()
    same = 0
    for digit in [*images[:8], *images[8:16, ::-1]]:  # and upside down
        ours = run(desktop, "return read(decode(arguments[0]), 0, 0).doubt", digit)
        (ours_of_keras,), (others,) = read(networks, digit[np.newaxis])
        theirs = find_doubt(digit, [ours_of_keras, others], training_digits)
        said = {ours.replace(" %", "%"), theirs} - {""}
        assert len(said) < 2 or "training digits" in "".join(said)
        same += bool(ours) == bool(theirs)
    assert same >= 12


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
    assert said == "Write a digit, or several"
    keys.send_keys("z").perform()
    assert value(chrome, STROKES) == 1 and reading(chrome) == "7"
    clear(chrome)
    chrome.find_element("id", "undo").click()
    assert reading(chrome) == "7"


def test_clearing_ends_a_stroke(chrome):
    field = chrome.find_element("id", "field")
    hand = ActionChains(chrome).move_to_element(field).click_and_hold()
    hand.send_keys("c").move_by_offset(30, 30).release().perform()
    assert value(chrome, STROKES) == 0
    draw(chrome, SEVEN, 0.2)
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
    button = chrome.find_elements("css selector", "#examples .row:last-child button")[5]
    title = f"test digit {number}: a {labels[number]}, read as {prediction}"
    assert button.accessible_name == title
    button.click()
    assert reading(chrome) == str(prediction)
    shown = np.reshape(after_frame(chrome, IMAGE), (32, 32))[2:-2, 2:-2]
    assert shown * 255 == pytest.approx(images[number], abs=0.01)


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
