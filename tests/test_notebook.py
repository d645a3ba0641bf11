"""The notebook: executed whole, twice, after restarts, and in a real JupyterLab."""

import base64
import re
import shutil
import socket
import subprocess
import symtable
import sys
import time
from pathlib import Path

import nbformat
import notebook
import numpy as np
import pytest
from conftest import clean, compare, hold_out_few, save_few_digits
from nbclient import NotebookClient
from pages import BEYOND, LESSON, PAGES, read, scripts, title
from person import ENVIRONMENT, ROOT
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from step1 import DATA, URL

NOTEBOOK = LESSON / "lenet5.ipynb"
FOLDER = "lenet5-notebook"


def code_cells(cells):
    return [cell for cell in cells if cell.cell_type == "code"]


def cells_of(page):
    """Returns a page's cells with code, without the notebook's first one."""
    found, here = [], False
    for cell in notebook.notebook().cells:
        headings = re.findall("^# (.*)$", cell.source, re.M)
        if cell.cell_type == "markdown" and set(headings) & set(map(title, PAGES)):
            here = title(page) in headings
        if here and cell.cell_type == "code" and "@title" not in cell.source:
            found.append(cell)
    return found


def text(outputs):
    """Returns what a cell has printed, or displayed as text."""
    parts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
    return "".join(parts)


def images(outputs):
    return [o for o in outputs if "image/png" in o.get("data", {})]


# As it is stored


def test_notebook_is_valid():
    nbformat.validate(nbformat.read(NOTEBOOK, as_version=4))


def test_the_first_cell_comes_after_the_introduction():
    first, second, *_ = notebook.notebook().cells
    assert first.cell_type == "markdown" and second.cell_type == "code"
    assert first.source.startswith(f"# {title(PAGES[0])}\n")
    assert "Run this cell first, and again after a restart" in second.source


def test_one_kernel():
    """No cell starts a Python, writes a script, or imports from one."""
    for cell in code_cells(notebook.notebook().cells)[1:]:
        assert not re.search(r"^[%!](?!run beyond/)", cell.source, re.M)
        assert not re.search(
            "^(from|import) (step|convolve|exercise)", cell.source, re.M
        )


def test_the_cells_are_the_scripts():
    """All lines of the scripts are there, but for what they import from each other."""
    cells = [cell.source for page in PAGES for cell in cells_of(page)]
    everything = "\n".join(cells)
    for name, script in scripts().items():
        lines = [
            line for line in script.splitlines() if not re.match("from step", line)
        ]
        assert set(filter(None, lines)) <= set(everything.splitlines()), name


def test_nothing_stands_there_twice():
    text = NOTEBOOK.read_text()
    for page in PAGES:
        for picture in re.findall(r"\(assets/(.*?\.png)\)", read(page)):
            data = base64.b64encode((LESSON / "assets" / picture).read_bytes()).decode()
            assert text.count(data) == 1, picture
    for cell in notebook.notebook().cells:
        if cell.cell_type == "markdown":
            assert "```" not in cell.source


def find(page, words):
    (cell,) = [cell for cell in cells_of(page) if words in cell.source]
    return cell


def test_answers_are_folded():
    *exercises, _, _ = [cell for cell in cells_of("finish.md") if cell.outputs]
    asked = find("step4.md", "np.exp([2.0, 1.0, 0.0])")
    task = find("step2.md", "Conv2D(filters=1")
    asked_earlier = find("inside.md", "validation-confusion")
    for cell in [*exercises, asked, task, asked_earlier]:
        assert cell.metadata["jupyter"] == {"outputs_hidden": True}
        assert text(cell.outputs).startswith("\n")  # which JupyterLab shows of it
    assert find("step1.md", "The label says").metadata == {}


def given(source):
    """Returns the names that a cell assigns or defines."""
    source = re.sub("^( *)%.*", r"\1pass", source, flags=re.M)
    symbols = symtable.symtable(source, "a cell", "exec").get_symbols()
    return {s.get_name() for s in symbols if s.is_assigned() and not s.is_imported()}


def test_no_cell_changes_what_a_script_has():
    """So each can be run again at any time: a script's names come from one cell each."""
    cells = [given(cell.source) for cell in code_cells(notebook.notebook().cells)]
    for name in set().union(*map(given, scripts().values())) - {"main", "_"}:
        assert sum(name in names for names in cells) == 1, name


# Executed


class Kernel:
    """A kernel in the folder of the notebook."""

    def __init__(self, folder, path=ENVIRONMENT["PATH"]):
        self.notebook = nbformat.v4.new_notebook()
        resources = {"metadata": {"path": str(folder)}}
        self.client = NotebookClient(self.notebook, timeout=None, resources=resources)
        self.context = self.client.setup_kernel(env={**ENVIRONMENT, "PATH": path})

    def __enter__(self):
        self.context.__enter__()
        return self

    def __exit__(self, *error):
        self.context.__exit__(*error)

    def run(self, source, errors=False):
        """Runs a cell with few images, which must not fail; returns its outputs."""
        if "@title" not in source:
            source = hold_out_few(source)
        cell = nbformat.v4.new_code_cell(source)
        cell.metadata["tags"] = ["raises-exception"] if errors else []
        self.notebook.cells.append(cell)
        self.client.execute_cell(cell, len(self.notebook.cells) - 1)
        return cell.outputs


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder `lesson` of a clone with few images, which saves minutes."""
    clone = tmp_path_factory.mktemp("clone")
    (clone / "data").mkdir()
    save_few_digits(clone / "data" / "mnist.npz")
    (clone / "lesson").mkdir()
    return clone / "lesson"


@pytest.fixture(scope="module")
def executed(folder):
    """The notebook, executed whole in one kernel, each cell twice in a row.

    Returns `(cell, outputs, outputs of the second time)`.
    """
    with Kernel(folder) as kernel:
        return [
            (cell, kernel.run(cell.source), kernel.run(cell.source))
            for cell in code_cells(notebook.notebook().cells)
        ]


@pytest.mark.slow
def test_each_cell_shows_what_is_stored_and_again_when_run_twice(executed):
    for cell, *runs in executed:
        for outputs in runs:
            stored = [o.text for o in cell.outputs if o.output_type == "stream"]
            compare("".join(stored), clean(text(outputs)), few=True)
            assert len(images(outputs)) >= len(images(cell.outputs))
            assert not [o for o in outputs if o.get("name") == "stderr"], text(outputs)


@pytest.mark.slow
def test_pictures_appear_where_they_are_drawn(executed):
    for cell, outputs, _ in executed:
        drawn = re.findall(r"save_figure\(|savefig\(\"|%run beyond/read", cell.source)
        if "def save_figure" not in cell.source:
            assert len(images(outputs)) == len(drawn), cell.source


@pytest.mark.slow
def test_what_the_notebook_leaves(executed, folder):
    assert {path.name for path in folder.iterdir()} == {FOLDER}
    for name in BEYOND:
        unpacked = (folder / FOLDER / "beyond" / name).read_text()
        assert unpacked == (ROOT / "beyond" / name).read_text()
    for name in ["step1.py", "step2.py", "step3.py", "step4.py"]:
        assert (folder / FOLDER / name).read_text() == (ROOT / name).read_text()


@pytest.mark.slow
def test_a_cell_that_is_edited_and_run_again(folder):
    draw = find("step1.md", "def draw_digit").source
    try_out = find("step1.md", "The label says").source
    main = find("step1.md", "def main").source
    by_hand = find("step1.md", "kernel.T").source
    with Kernel(folder) as kernel:
        for cell in code_cells(notebook.notebook().cells)[:1] + cells_of("step1.md"):
            kernel.run(cell.source)
        assert "@@@@" in text(kernel.run(try_out))
        kernel.run(draw.replace("#%@", "#%M"))
        seen = text(kernel.run(try_out))
        assert "MMMM" in seen and "@" not in seen
        assert "MMMM" in text(kernel.run(main))  # other cells have the change, too
        kernel.run(cells_of("step2.md")[0].source)  # the next page does not undo it
        assert "MMMM" in text(kernel.run(try_out))
        other = by_hand.replace("[-1, -1, 0, 1, 1]", "[1, 1, 0, -1, -1]")
        assert text(kernel.run(by_hand)) != text(kernel.run(other))


@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES[2:])
def test_after_a_restart_a_page_starts_with_its_first_cell(page, executed, folder):
    first, *_ = code_cells(notebook.notebook().cells)
    with Kernel(folder) as kernel:  # the files are there, the names are gone
        kernel.run(first.source)
        for cell in cells_of(page)[:4]:
            kernel.run(cell.source)


@pytest.mark.slow
def test_whoever_starts_at_page_5_gets_the_networks_of_page_4(tmp_path, folder):
    shutil.copytree(folder.parent / "data", tmp_path / "data")
    (tmp_path / "lesson").mkdir()
    first, *_ = code_cells(notebook.notebook().cells)
    with Kernel(tmp_path / "lesson") as kernel:
        for cell in first, *cells_of("inside.md")[:3]:
            outputs = kernel.run(cell.source)
        assert images(outputs)  # the digits that the network gets wrong


# Everywhere else


@pytest.mark.slow
def test_where_there_is_no_tensorflow(folder):
    first, *_ = code_cells(notebook.notebook().cells)
    with Kernel(folder) as kernel:
        kernel.run("import sys\nsys.modules['keras'] = None")
        said = text(kernel.run(first.source, errors=True))
        assert said.startswith("UsageError: ") and "%pip install" in said
        assert said.count("\n") <= 2
        there = "del sys.modules['keras']\n" + first.source
        assert text(kernel.run(there)).endswith("Ready.\n")


@pytest.mark.slow
def test_where_there_is_no_clone(tmp_path):
    first, *_ = code_cells(notebook.notebook().cells)
    assert URL in first.source
    with Kernel(tmp_path) as kernel:
        said = text(kernel.run(first.source, errors=True))  # there is no network
        assert said.strip().splitlines()[-1].startswith("UsageError: ")
        assert "run this cell again" in said and "Traceback" not in said
        assert said.count("\n") <= 2
        there = first.source.replace(URL, DATA.as_uri())
        assert text(kernel.run(there)).endswith("Ready.\n")
        kernel.run(cells_of("step1.md")[0].source)
        assert (
            text(kernel.run("print(load_mnist()[0][0].shape)")) == "(60000, 28, 28)\n"
        )
    assert (tmp_path / FOLDER / "data" / "mnist.npz").read_bytes() == DATA.read_bytes()


def wait_until(condition, seconds=300):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.5)


class Lab:
    """A JupyterLab, in a Chromium without a window."""

    def __init__(self, folder):
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root"]
        options = [
            f"--port={self.port}",
            "--IdentityProvider.token=",
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ]
        self.server = subprocess.Popen(
            command + options,
            cwd=folder,
            env=ENVIRONMENT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        options = webdriver.ChromeOptions()
        for option in "--headless=new", "--no-sandbox", "--window-size=1300,1000":
            options.add_argument(option)
        service = webdriver.ChromeService(shutil.which("chromedriver"))
        self.chrome = webdriver.Chrome(options, service)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.chrome.quit()
        self.server.terminate()
        self.server.wait()

    def is_up(self):
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def open(self, path):
        wait_until(self.is_up)
        self.chrome.get(f"http://127.0.0.1:{self.port}/lab/tree/{path}")
        wait_until(self.is_idle)

    def is_idle(self):
        return "| Idle" in self.chrome.find_element(By.TAG_NAME, "body").text

    def menu(self, *names):
        """Chooses an entry of the menus, with the mouse."""
        for name in names:
            labels = ".lm-MenuBar-itemLabel, .lm-Menu-itemLabel"
            found = self.chrome.find_elements(By.CSS_SELECTOR, labels)
            [*_, entry] = [label for label in found if label.text == name]
            entry.click()
            time.sleep(0.5)

    def press(self, *keys):
        """Presses keys, at the speed of a person; a tuple is pressed at once."""
        for key in keys:
            chain = ActionChains(self.chrome)
            *held, last = key if isinstance(key, tuple) else (key,)
            for modifier in held:
                chain.key_down(modifier)
            chain.send_keys(last)
            for modifier in held:
                chain.key_up(modifier)
            chain.pause(0.1).perform()

    def go_to(self, page):
        """Clicks the page in the index, and then its heading, to select its cell."""
        self.press(Keys.ESCAPE, (Keys.CONTROL, Keys.HOME))
        wait_until(lambda: self.chrome.find_elements(By.LINK_TEXT, title(page)))
        self.chrome.find_element(By.LINK_TEXT, title(page)).click()
        heading = f"//h1[contains(., '{title(page)}')]"
        wait_until(lambda: self.chrome.find_elements(By.XPATH, heading))
        time.sleep(1)
        self.chrome.find_element(By.XPATH, heading).click()

    def saved(self, path):
        """Presses Ctrl-S; returns the notebook as it is in the file then."""
        before = (self.folder / path).stat().st_mtime_ns
        self.press((Keys.CONTROL, "s"))
        wait_until(lambda: (self.folder / path).stat().st_mtime_ns > before)
        time.sleep(1)
        return nbformat.read(self.folder / path, as_version=4)

    def cell(self, words):
        """Returns the cell with these words, among those on the screen."""
        cells = self.chrome.find_elements(By.CSS_SELECTOR, ".jp-CodeCell")
        return next((cell for cell in cells if words in cell.text), None)


@pytest.mark.slow
@pytest.mark.skipif(
    not shutil.which("chromedriver"), reason="there is no Chromium with its driver here"
)
def test_in_jupyterlab(folder, tmp_path):
    """Runs three pages by the menu, then goes to the first, edits a cell, runs it."""
    path = Path("lesson", NOTEBOOK.name)
    clone = tmp_path / "clone"
    shutil.copytree(folder.parent / "data", clone / "data")
    book = notebook.notebook()
    for cell in code_cells(book.cells)[1:]:
        cell.source = hold_out_few(cell.source)
    (clone / "lesson").mkdir()
    nbformat.write(book, clone / path)
    with np.load(clone / "data" / "mnist.npz") as mnist:
        label = mnist["y_train"][1]
    with Lab(clone) as lab:
        lab.open(path)
        lab.chrome.save_screenshot(str(tmp_path / "opened.png"))
        lab.go_to("step4.md")
        lab.menu("Run", "Run All Above Selected Cell")
        time.sleep(5)
        wait_until(lab.is_idle)
        cells = code_cells(lab.saved(path).cells)
        ran = [cell for cell in cells if cell.execution_count]
        pages = [cell for page in PAGES[:4] for cell in cells_of(page)]
        assert [cell.execution_count for cell in ran] == [*range(1, len(pages) + 2)]
        for cell, stored in zip(ran[1:], pages):
            assert not [o for o in cell.outputs if o.output_type == "error"]
            assert len(images(cell.outputs)) == len(images(stored.outputs))
        lab.go_to("step1.md")
        wait_until(lambda: lab.cell("The label says"))
        try_out = lab.cell("The label says")
        try_out.find_element(By.CSS_SELECTOR, ".cm-content").click()
        lab.press((Keys.CONTROL, Keys.END), Keys.LEFT, Keys.LEFT, Keys.BACKSPACE, "1")
        lab.press((Keys.SHIFT, Keys.ENTER))
        wait_until(lambda: f"label says {label}" in lab.cell("train_labels[1]").text)
        lab.chrome.save_screenshot(str(tmp_path / "edited.png"))
