"""The notebook in a real JupyterLab, by mouse and keyboard."""

import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import numpy as np
import pytest
from kernel import code_cells, drawn, images
from lesson_notebook import notebook
from outputs import hold_out_few
from pages import title
from person import ENVIRONMENT
from project import Project
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys


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

    def go_to(self, name):
        """Clicks the page in the index, and then its heading, to select its cell."""
        self.press(Keys.ESCAPE, (Keys.CONTROL, Keys.HOME))
        wait_until(lambda: self.chrome.find_elements(By.LINK_TEXT, title(name)))
        self.chrome.find_element(By.LINK_TEXT, title(name)).click()
        heading = f"//h1[contains(., '{title(name)}')]"
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
def test_in_jupyterlab(tmp_path):
    """Runs three pages by the menu, then goes to the first, edits a cell, runs it."""
    path = Path("lesson", "lenet5.ipynb")
    project = Project(tmp_path / "project", few=True)
    book = notebook()
    for cell in code_cells(book.cells)[1:]:
        cell.source = hold_out_few(cell.source)
    nbformat.write(book, project.folder / path)
    with np.load(project.folder / "data" / "mnist.npz") as mnist:
        label = mnist["y_train"][1]
    with Lab(project.folder) as lab:
        lab.open(path)
        lab.chrome.save_screenshot(str(tmp_path / "opened.png"))
        lab.go_to("step4")
        lab.menu("Run", "Run All Above Selected Cell")
        time.sleep(5)
        wait_until(lab.is_idle)
        cells = code_cells(lab.saved(path).cells)
        ran = [cell for cell in cells if cell.execution_count]
        sources = [cell.source for cell in book.cells]
        heading = [f"# {title('step4')}" in source for source in sources].index(True)
        pages = code_cells(book.cells[:heading])
        assert [cell.execution_count for cell in ran] == [*range(1, len(pages) + 1)]
        for cell in ran[1:]:
            assert not [o for o in cell.outputs if o.output_type == "error"]
            if "def save_figure" not in cell.source:
                assert len(images(cell.outputs)) == drawn(cell.source)
        lab.go_to("step1")
        wait_until(lambda: lab.cell("The label says"))
        try_out = lab.cell("The label says")
        try_out.find_element(By.CSS_SELECTOR, ".cm-content").click()
        lab.press((Keys.CONTROL, Keys.END), Keys.LEFT, Keys.LEFT, Keys.BACKSPACE, "1")
        lab.press((Keys.SHIFT, Keys.ENTER))
        wait_until(lambda: f"label says {label}" in lab.cell("train_labels[1]").text)
        lab.chrome.save_screenshot(str(tmp_path / "edited.png"))
