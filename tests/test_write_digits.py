"""write_digits.py: its colours, its data, and the networks that it refuses."""

import re
import shutil
import sys
import webbrowser
import zipfile

import numpy as np
import pytest
from assemble import assemble, data_of
from lenet5_1998 import build_lenet5_1998
from person import ROOT, needs_full_disk, run_python, sentence
from step3 import build_lenet5
from write_digits import PAGE, has_window, replace_file, write_digits_page

import keras


def luminance(colour):
    curve = ((colour + 0.055) / 1.055) ** 2.4
    linear = np.where(colour <= 0.04045, colour / 12.92, curve)
    return linear @ [0.2126, 0.7152, 0.0722]


def test_contrast():
    """Of the text on its backgrounds, and on the palest and darkest cells with numbers."""
    style = (ROOT / "beyond" / "html" / "style.css").read_text()
    light, dark = re.findall(r":root \{([^}]*--page[^}]*)\}", style)
    for rules in light, dark:
        colours = {
            name: np.array([*bytes.fromhex(colour)]) / 255
            for name, colour in re.findall(r"--(\w+): #([0-9a-f]{6})", rules)
        }
        page, paper, ink = colours["page"], colours["paper"], colours["ink"]
        halves = [(colours[n] + paper) / 2 for n in ("positive", "negative")]
        for ground in page, paper, *halves:
            low, high = sorted([luminance(ink), luminance(ground)])
            assert (high + 0.05) / (low + 0.05) > 4.5, (rules, ground)


def test_what_is_inserted_stays_as_it_is():
    data = {"thing": "sign", "names": ["{{ style.css }}", "</script>"]}
    page = assemble(data)
    assert page.count("{{ style.css }}") == 1
    assert data_of(page) == data


# Networks that it cannot show

NAMES = ["C1", "S2", "C3", "S4", "C5", "F6", "output"]
LENET5 = "models/lenet5-relu-max.keras"
NONE = f"No trained network in {LENET5}: run step 4 in this folder."
DAMAGED = f"{LENET5} is damaged, or not a network: run step 4 in this folder again."
OTHER = (
    f"{LENET5} was saved by Keras 3.99.0, and Keras {keras.__version__} cannot load it: "
    "run step 4 in this folder again."
)


def save_as_another_version(path):
    """As a later Keras might: with something in it that this one does not know."""
    build_lenet5().save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["metadata.json"] = b'{"keras_version": "3.99.0"}'
    parts["config.json"] = parts["config.json"].replace(b"Conv2D", b"Conv2D2")
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    "save, said",
    [
        (
            lambda path: build_lenet5("gelu").save(path),
            "The page cannot show the layer C1, with gelu.",
        ),
        (  # whose layers have the same names
            lambda path: build_lenet5_1998().save(path),
            f"The network in {LENET5} does not have the layers of step 3.",
        ),
        (lambda path: path.write_text("damaged"), DAMAGED),
        (lambda path: path.write_bytes(path.read_bytes()[:-1000]), DAMAGED),
        (save_as_another_version, OTHER),
    ],
)
def test_another_network_is_refused(save, said, trained, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(trained, "models")
    save(tmp_path / LENET5)
    with pytest.raises(SystemExit) as stop:
        write_digits_page()
    assert stop.value.code == said
    assert not PAGE.exists()


def test_no_networks(tmp_path):
    result = run_python(ROOT / "beyond" / "write_digits.py", cwd=tmp_path)
    assert (result.returncode, sentence(result.stderr)) == (1, NONE)


# Where no browser can open a window


@pytest.mark.parametrize(
    "environment, browser, expected",
    [
        ({"DISPLAY": ":0"}, webbrowser.BackgroundBrowser("firefox"), True),
        ({"WAYLAND_DISPLAY": "0"}, webbrowser.Mozilla("firefox"), True),
        ({}, webbrowser.BackgroundBrowser("firefox"), False),
        ({"DISPLAY": ":0"}, webbrowser.GenericBrowser("w3m"), False),
        ({"DISPLAY": ":0"}, webbrowser.Elinks("elinks"), False),
        (
            {"DISPLAY": ":0", "SSH_CONNECTION": "1"},
            webbrowser.Mozilla("firefox"),
            False,
        ),
        ({"DISPLAY": ":0", "CODESPACES": "true"}, webbrowser.Mozilla("firefox"), False),
    ],
)
def test_where_a_window_opens(environment, browser, expected, monkeypatch):
    for name in "DISPLAY", "WAYLAND_DISPLAY", "SSH_CONNECTION", "CODESPACES":
        monkeypatch.delenv(name, raising=False)
    for name, text in environment.items():
        monkeypatch.setenv(name, text)
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(webbrowser, "get", lambda: browser)
    assert has_window() == expected


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere is always a window")
def test_a_text_browser_does_not_take_the_terminal(page, tmp_path):
    """It is the only one there; it would leave a file."""
    browser = tmp_path / "w3m"
    browser.write_text(f"#!/bin/sh\ntouch {tmp_path}/opened\n")
    browser.chmod(0o755)
    script = ROOT / "beyond" / "write_digits.py"
    for display in {}, {"DISPLAY": ":0"}:
        result = run_python(script, cwd=page.parent, BROWSER=str(browser), **display)
        saved, address = result.stdout.splitlines()
        assert saved == "Page saved: write-digits.html"
        assert address.endswith(page.as_uri())
    assert not (tmp_path / "opened").exists()


@needs_full_disk
def test_a_full_disk_leaves_the_old_page(tmp_path):
    page = tmp_path / "page.html"
    page.write_text("old")
    (tmp_path / "page.new").symlink_to("/dev/full")
    with pytest.raises(SystemExit, match="could not be written: No space left"):
        replace_file(page, "new")
    assert page.read_text() == "old"
    assert list(tmp_path.iterdir()) == [page]


# Whatever the user's settings of Keras


def test_numbers_of_another_precision(page, tmp_path):
    """A network that was trained with float64 gives the same page."""
    shutil.copytree(page.parent / "models", tmp_path / "models")
    (tmp_path / "keras.json").write_text('{"floatx": "float64"}')
    script = ROOT / "beyond" / "write_digits.py"
    result = run_python(script, cwd=tmp_path, KERAS_HOME=str(tmp_path))
    assert result.returncode == 0, result.stderr
    assert (tmp_path / PAGE).read_text("utf-8") == page.read_text("utf-8")


def test_the_page_in_the_repository_has_trained_networks():
    page = (ROOT / "beyond" / PAGE).read_text(encoding="utf-8")
    data = data_of(page)
    assert data["mistakes"] < 100
    assert [layer["name"] for layer in data["lenet5"]["layers"]] == NAMES
