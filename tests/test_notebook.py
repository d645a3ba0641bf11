"""The notebook: executed whole."""

import os
import re
import shutil

import pytest
import render
from conftest import hold_out_few, save_few_digits
from nbclient import NotebookClient
from person import ENVIRONMENT, ROOT
from step1 import DATA, URL


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook, executed in a clone with every thirtieth image, which saves minutes.

    With all images, the same blocks are run from the pages.
    """
    clone = tmp_path_factory.mktemp("clone")
    (clone / "data").mkdir()
    save_few_digits(clone / "data" / "mnist.npz")
    shutil.copytree(ROOT / "beyond", clone / "beyond")
    folder = clone / "lesson"
    folder.mkdir()
    resources = {"metadata": {"path": str(folder)}}
    notebook = render.notebook()
    for cell in notebook.cells:
        cell.source = hold_out_few(cell.source)
    client = NotebookClient(notebook, timeout=None, resources=resources)
    # the first cell finds the right `python` by itself
    return client.execute(env={**ENVIRONMENT, "PATH": os.defpath}), folder


def outputs(cell, kind):
    return [output for output in cell.outputs if output.output_type == kind]


@pytest.mark.slow
def test_notebook_is_executed_whole(executed):
    notebook, folder = executed
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == [*range(1, len(cells) + 1)]
    for cell in cells:
        assert not outputs(cell, "error")
        assert "Traceback" not in "".join(o.text for o in outputs(cell, "stream"))
    for script in render.scripts():
        assert (folder / script).read_bytes() == (ROOT / script).read_bytes()


@pytest.mark.slow
def test_notebook_shows_every_picture_below_its_cell(executed):
    notebook, folder = executed
    seen, all_shown = "", []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            shown = re.findall('Image\\("(.*)"\\)', cell.source)
            if shown:
                assert shown == re.findall("Picture saved: (.*?)\\s", seen)
                data = [output.data for output in outputs(cell, "display_data")]
                assert len(data) == len(shown) and all("image/png" in d for d in data)
                all_shown += shown
            seen = "".join(output.text for output in outputs(cell, "stream"))
    figures = folder.glob("figures/*.png")
    assert sorted(all_shown) == sorted(f"figures/{path.name}" for path in figures)


def test_notebook_begins_again_where_a_step_does():
    cells = [
        c.source for c in render.notebook().cells if c.source.startswith("%%writefile")
    ]
    begun = [source.split()[1] for source in cells if "writefile -a" not in source]
    scripts = ["step1.py", "convolve.py", "step2.py", "step3.py", "step4.py"]
    assert begun == [*scripts, "exercise.py"]


def test_notebook_fetches_the_digits_where_there_is_no_clone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cell = render.notebook().cells[0].source
    assert URL in cell
    monkeypatch.setenv("PATH", os.environ["PATH"])
    exec(cell.replace(URL, DATA.as_uri()), {})
    assert (tmp_path / "data" / "mnist.npz").read_bytes() == DATA.read_bytes()
