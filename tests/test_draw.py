"""Own handwriting: how it is prepared, what is read, photos, the window, the page."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import time

import matplotlib.pyplot as plt
import numpy as np
import pytest
from handwriting import STROKES, sheet_of, write
from matplotlib.backend_bases import KeyEvent, MouseEvent
from person import ENVIRONMENT, ROOT, pictures, run_python, sentence
from PIL import Image
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains

import draw
from as_mnist import as_mnist, light_on_dark, remove_paper
import step4
from step1 import load_mnist
from step2 import prepare

DRAW = ROOT / "beyond" / "draw.py"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with networks that were trained as in step 4, for one pass."""
    folder = tmp_path_factory.mktemp("trained")
    (folder / "models").mkdir()
    sets = [step4.as_set(*digits) for digits in load_mnist()]
    for name in "dense", "lenet5-relu-max":
        step4.keras.utils.set_random_seed(0)
        model = step4.NETWORKS[name]()
        step4.train(model, *sets, 1, step4.BATCH_SIZE, step4.LEARNING_RATE)
        model.save(folder / "models" / f"{name}.keras")
    return folder


@pytest.fixture(scope="module")
def networks(folder):
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        return draw.load_networks()


def centre_of_mass(image):
    rows, columns = np.indices(image.shape)
    return [(rows * image).sum() / image.sum(), (columns * image).sum() / image.sum()]


# The image


@pytest.mark.parametrize("paper, ink", [(230, 40), (20, 250), (210, 150)])
@pytest.mark.parametrize("top, left", [(0, 0), (5, 380), (190, 3), (110, 200)])
def test_a_bar_is_laid_in_the_middle(paper, ink, top, left):
    sheet = np.full((300, 400), paper, np.uint8)
    sheet[top : top + 100, left : left + 15] = ink
    image = as_mnist(sheet)
    assert (image.shape, image.dtype) == ((28, 28), np.uint8)
    assert centre_of_mass(image) == pytest.approx([14, 14], abs=0.5)
    # 100 to 15 is 20 to 3
    assert (image.any(axis=1).sum(), image.any(axis=0).sum()) == (20, 3)
    assert image.max() == 255


def test_the_centre_of_mass_is_not_that_of_the_box():
    sheet = np.full((280, 280), 255, np.uint8)
    sheet[40:80, 40:140] = 0  # the head of a T
    sheet[80:140, 80:100] = 0
    image = as_mnist(sheet)
    assert centre_of_mass(image) == pytest.approx([14, 14], abs=0.5)
    rows = np.flatnonzero(image.any(axis=1))
    # 0.2 pixels for each: 20 rows, whose mass is (4000 * 20 + 1200 * 70) / 5200 = 31.5
    # from the top of 100, which is 6.3 of 20; and 14 + 0.5 - 6.3 = 8.2
    assert (rows[0], rows[-1]) == (8, 27)


@pytest.mark.parametrize("axis", [0, 1])
def test_light_that_falls_off_is_no_ink(axis):
    light = np.linspace(120, 240, 200).astype(np.uint8)
    sheet = np.tile(light, (200, 1)) if axis else np.tile(light, (200, 1)).T
    picture = Image.fromarray(sheet)
    assert np.max(remove_paper(picture)) < 15
    with pytest.raises(ValueError, match="all paper or all ink"):
        as_mnist(sheet)
    sheet = sheet.copy()
    sheet[60:120, 90:100] //= 3
    assert as_mnist(sheet)[4:24].all(axis=0).sum() in (3, 4)


def test_ink_is_light_on_dark():
    (images, _), _ = load_mnist()
    for image in images[:200]:
        assert light_on_dark(Image.fromarray(image)) == Image.fromarray(image)
        assert light_on_dark(Image.fromarray(255 - image)) == Image.fromarray(image)


def sheet(grey):
    return np.full((300, 400), grey, np.uint8)


def hatched(_):
    hatching = sheet(255)
    hatching[::7], hatching[:, ::7] = 0, 0
    return hatching


NO_DIGIT = {"empty": sheet(240), "black": sheet(0), "hatched": hatched(None)}


@pytest.mark.parametrize("name", NO_DIGIT)
def test_no_digit(name):
    with pytest.raises(ValueError, match="^no digit found, "):
        as_mnist(NO_DIGIT[name])


# What is read


def errors(network, images, labels):
    """Returns how many images the network gets wrong."""
    output = network.predict(prepare(np.stack(images)), verbose=0)
    probabilities = output[-1] if isinstance(output, list) else output
    return (probabilities.argmax(axis=1) != labels).sum()


def test_mnist_stays_nearly_as_it_is(networks):
    _, (images, labels) = load_mnist()
    images, labels = images[:1000], labels[:1000]
    again = [as_mnist(image) for image in images]
    assert errors(networks[0], again, labels) <= errors(networks[0], images, labels) + 4


def test_sheets(networks):
    _, (images, labels) = load_mnist()
    sheets = [
        sheet_of(image, np.random.default_rng(i))
        for i, image in enumerate(images[:100])
    ]
    assert errors(networks[0], [as_mnist(s) for s in sheets], labels[:100]) <= 6
    resized = [np.asarray(Image.fromarray(s).resize((28, 28))) for s in sheets]
    assert errors(networks[0], resized, labels[:100]) > 60


@pytest.mark.parametrize("corner", [(0, 0), (1, 1)])
@pytest.mark.parametrize("height, pen", [(100, 8), (100, 20), (240, 20)])
def test_all_ten_as_one_learns_them(height, pen, corner, networks):
    images = [
        as_mnist(write(ways[0], height, pen, corner)) for ways in STROKES.values()
    ]
    assert errors(networks[0], images, np.arange(10)) == 0


# Photos


@pytest.fixture(scope="module")
def photos(folder):
    """What draw.py makes of a folder of files, some of which are no digits."""
    for name, image in NO_DIGIT.items():
        Image.fromarray(image).save(folder / f"{name}.png")
    (folder / "text.jpg").write_text("no picture")
    seven = Image.fromarray(write(STROKES[7][0], 180, 20, (0, 1))).convert("RGB")
    seven.save(folder / "seven.jpg")
    (folder / "cut.jpg").write_bytes((folder / "seven.jpg").read_bytes()[:1500])
    scan = write(STROKES[7][0], 180, 20, (1, 1)).astype(np.uint16) * 256
    Image.fromarray(scan).save(folder / "scan.png")
    exif = Image.Exif()
    exif[0x0112] = 6  # as a phone that was held upright: to be turned clockwise
    seven.rotate(90, expand=True).save(folder / "turned.jpg", exif=exif)
    three = write(STROKES[3][0], 180, 20, (1, 0))
    clear = np.dstack([np.zeros((280, 280, 3), np.uint8), 255 - three])
    Image.fromarray(clear).save(folder / "clear.png")
    files = sorted(path.name for path in folder.glob("*.*"))
    return run_python(DRAW, *files, "missing.png", "models", cwd=folder), folder


def test_photos_are_read(photos):
    result, folder = photos
    read = re.findall(
        r"(?m)^LeNet-5 reads (\d) \((\d+)%\), runner-up \d", result.stdout
    )
    assert [digit for digit, _ in read] == [
        "3",
        "7",
        "7",
        "7",
    ]  # clear, scan, seven, turned
    assert all(int(percent) > 60 for _, percent in read)
    assert result.stdout.count("dense network reads") == 4
    assert result.stdout.count("@" * 6) > 3
    mine = {f"draw-{name}.png" for name in ("clear", "scan", "seven", "turned")}
    assert mine <= set(pictures(folder))


def test_what_is_no_digit_gets_a_sentence(photos):
    result, _ = photos
    assert result.returncode == 1
    said = [line for line in result.stderr.splitlines() if re.match(r"[a-z.]+: ", line)]
    assert said == [
        "black.png: no digit found, it is all paper or all ink",
        "cut.jpg: no picture that Pillow can read",
        "empty.png: no digit found, it is all paper or all ink",
        "hatched.png: no digit found, there is ink all over",
        "text.jpg: no picture that Pillow can read",
        "missing.png: No such file or directory",
        "models: Is a directory",
    ]
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize("damaged", [False, True])
def test_no_networks(damaged, tmp_path):
    if damaged:
        (tmp_path / "models").mkdir()
        (tmp_path / "models" / "lenet5-relu-max.keras").write_text("damaged")
    result = run_python(DRAW, cwd=tmp_path)
    assert result.returncode == 1
    assert sentence(result.stderr) == (
        "No trained networks in models/: run step 4 in this folder."
    )


# The window


@pytest.fixture
def field(networks):
    view = draw.View(networks, np.full((draw.FIELD, draw.FIELD), 255, np.uint8))
    yield draw.Field(view)
    plt.close()


def mouse(field, name, x, y, ax="sheet", button=1):
    """Sends a mouse event at a point of the sheet, in its pixels."""
    canvas, ax = field.canvas, field.view.axes[ax]
    event = MouseEvent(name, canvas, *ax.transData.transform((x, y)), button)
    canvas.callbacks.process(name, event)


def stroke(field, *points):
    mouse(field, "button_press_event", *points[0])
    for point in points[1:]:
        mouse(field, "motion_notify_event", *point)
    mouse(field, "button_release_event", *points[-1])


def heights(field):
    return np.reshape([bar.get_height() for bar in field.view.bars], (2, 10))


SEVEN = (60, 50), (200, 50), (120, 240)


def test_a_stroke_changes_all_that_one_sees(field):
    before = {
        name: image.get_array().copy() for name, image in field.view.images.items()
    }
    assert not heights(field).any()
    stroke(field, *SEVEN)
    lenet5, dense = heights(field)
    assert lenet5.argmax() == 7
    assert [lenet5.sum(), dense.sum()] == pytest.approx([1, 1], abs=1e-3)
    title = f"LeNet-5 reads 7, the dense network {dense.argmax()}"
    assert field.view.axes["sheet"].get_title() == title
    assert list(before) == ["sheet", "digit", "C1", "S2", "C3", "S4"]
    for name, image in field.view.images.items():
        assert not np.array_equal(image.get_array(), before[name], equal_nan=True)


def test_strokes_have_no_gaps_and_end_when_the_button_is_up(field):
    stroke(field, *SEVEN)
    sheet = np.asarray(field.sheet)
    assert not sheet[50, 60:200].any() and not sheet[145, 160]
    mouse(field, "motion_notify_event", 20, 260, button=None)
    stroke(field, (30, 150), (40, 150))
    assert np.asarray(field.sheet)[200:, :100].all()


@pytest.mark.parametrize("way", ["button", "key"])
def test_clear(way, field):
    stroke(field, *SEVEN)
    if way == "key":
        KeyEvent("key_press_event", field.canvas, "c")._process()
    else:
        x, y = field.button.ax.transAxes.transform((0.5, 0.5))
        for name in "button_press_event", "button_release_event":
            MouseEvent(name, field.canvas, x, y, 1)._process()
    assert np.asarray(field.sheet).all()
    assert not heights(field).any()
    assert field.view.axes["sheet"].get_title() == "Write a digit"


@pytest.mark.parametrize("button, ax", [(3, "sheet"), (1, "digit")])
def test_only_the_left_button_on_the_sheet_writes(button, ax, field):
    mouse(field, "button_press_event", 10, 10, ax, button)
    mouse(field, "motion_notify_event", 100, 100)
    assert np.asarray(field.sheet).all()


def test_keys_of_matplotlib_do_nothing(field):
    KeyEvent("key_press_event", field.canvas, "q")._process()
    assert plt.fignum_exists(field.view.figure.number)


def test_nothing_overlaps(field):
    stroke(field, *SEVEN)
    field.canvas.draw()
    boxes = [ax.get_tightbbox() for ax in field.view.figure.axes]
    for i, box in enumerate(boxes):
        assert not box.count_overlaps(boxes[:i])
    figure = field.view.figure.bbox
    assert all(figure.contains(*box.min) and figure.contains(*box.max) for box in boxes)


def test_no_window(folder):
    result = run_python(DRAW, cwd=folder)
    assert result.returncode == 1
    assert sentence(result.stderr).startswith("No window can be opened here: ")
    assert "--browser" in sentence(result.stderr)


# The page


def test_port_that_is_taken(folder):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        result = run_python(DRAW, "--browser", f"--port={port}", cwd=folder)
    assert result.returncode == 1
    assert sentence(result.stderr).startswith(
        f"Nothing can listen on 127.0.0.1:{port}: "
    )


def test_port_that_is_none(folder):
    result = run_python(DRAW, "--browser", "--port=70000", cwd=folder)
    assert result.returncode == 2
    assert sentence(result.stderr).endswith("--port is a number from 1 to 65535")


def test_without_tornado(folder, tmp_path):
    (tmp_path / "tornado.py").write_text("raise ImportError")
    path = f"{tmp_path}:{ROOT / 'tests' / 'offline'}"
    result = run_python(DRAW, "--browser", cwd=folder, PYTHONPATH=path)
    assert result.returncode == 1
    assert sentence(result.stderr).endswith(": pip install tornado")


# draw.py, which also prints the title over the sheet
DRAW_AND_TELL = """
import draw
show = draw.View.show
def show_and_tell(view, *arguments):
    show(view, *arguments)
    print(view.axes["sheet"].get_title(), flush=True)
draw.View.show = show_and_tell
draw.main()
"""
CLEAR = [(0.5, 1.1)]  # the button, below the middle of the field


def wait_until(condition):
    """Waits until something holds, for as much as ten minutes."""
    end = time.monotonic() + 600
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.fixture
def browser(folder):
    """A Chromium without a window that shows the page, and what is read there."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    said = folder / "said"
    paths = f"{ROOT / 'beyond'}:{ENVIRONMENT['PYTHONPATH']}"
    program = subprocess.Popen(
        [sys.executable, "-u", "-c", DRAW_AND_TELL, "--browser", f"--port={port}"],
        cwd=folder,
        env={**ENVIRONMENT, "PYTHONPATH": paths},
        stdout=said.open("w"),
        stderr=subprocess.DEVNULL,
    )
    wait_until(lambda: f"http://127.0.0.1:{port}\n" in said.read_text())
    options = webdriver.ChromeOptions()
    for option in "--headless=new", "--no-sandbox", "--window-size=1300,800":
        options.add_argument(option)
    service = webdriver.ChromeService(shutil.which("chromedriver"))
    with webdriver.Chrome(options, service) as chrome:
        chrome.get(f"http://127.0.0.1:{port}")
        yield chrome, said
    program.send_signal(signal.SIGINT)
    assert program.wait() == 0


@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which("chromedriver"), reason="there is no Chromium with its driver here"
)
def test_a_seven_and_a_three_in_a_browser(browser):
    chrome, said = browser
    canvas = chrome.find_element("css selector", "canvas.mpl-canvas")
    pictures = []
    for points, title in [
        (STROKES[7][0][0], "LeNet-5 reads 7, "),
        (CLEAR, "Write a digit"),
        (STROKES[3][0][0], "LeNet-5 reads 3, "),
    ]:
        chain = ActionChains(chrome, duration=20)
        for number, (x, y) in enumerate(points):  # (0, 0) to (1, 1) is the field
            across = (0.02 + 0.36 * x - 0.5) * canvas.size["width"]
            down = (0.09 + 0.78 * y - 0.5) * canvas.size["height"]
            chain.move_to_element_with_offset(canvas, across, down)
            if number == 0:
                chain.click_and_hold()
        chain.release().perform()
        wait_until(lambda: said.read_text().splitlines()[-1].startswith(title))
        time.sleep(2)  # for the picture to arrive
        pictures.append(canvas.screenshot_as_base64)
    assert len(set(pictures)) == 3
