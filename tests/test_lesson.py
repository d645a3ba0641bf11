"""The lesson: what a learner who follows it gets, and that all of it is there."""

import json
import math
import os
import re
import shutil
import subprocess
from pathlib import Path

import benchmark
import nbformat
import numpy as np
import pytest
import render
from conftest import LESSON, PAGES, PAGES_OF_STEPS, SCENARIO, STEPS, Home, fences
from markdown_it import MarkdownIt
from nbclient import NotebookClient
from person import ENVIRONMENT, ROOT, run_python
from step1 import DATA, URL

NOTEBOOK = LESSON / "lenet5.ipynb"
DOCUMENTS = [ROOT / "README.md", *(LESSON / page for page in PAGES)]


def parse(document):
    return MarkdownIt().enable("table").parse(document.read_text())


def inline(document):
    """Returns what stands in the text of a document: words, links, pictures."""
    return [part for token in parse(document) for part in token.children or []]


# The pages


@pytest.mark.parametrize("page", PAGES)
def test_page_renders_rightly(page):
    lines = (LESSON / page).read_text().splitlines()
    tokens = parse(LESSON / page)
    assert not [t for t in tokens if t.type in ("code_block", "html_block")]
    for fence in fences(page):
        first, last = fence.map[0], fence.map[1] - 1
        assert lines[first] == f"```{fence.info}" and fence.info in ("sh", "text")
        assert lines[last] == "```"
    assert "{{" not in "\n".join(lines)


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_links_and_pictures_are_there(document):
    addresses = [
        part.attrs.get("src") or part.attrs.get("href") for part in inline(document)
    ]
    addresses = [address for address in addresses if address]
    assert addresses
    for address in addresses:
        if not address.startswith("https://"):
            assert (document.parent / address).exists()


def test_no_picture_is_left_over():
    shown = {
        Path(p.attrs["src"]).name
        for d in DOCUMENTS
        for p in inline(d)
        if "src" in p.attrs
    }
    assert shown == {path.name for path in LESSON.glob("assets/*.png")}


def test_every_page_ends_with_a_link_to_the_next():
    for page, following in zip(PAGES, [*PAGES[1:], "../README.md"]):
        links = [
            part.attrs["href"] for part in inline(LESSON / page) if "href" in part.attrs
        ]
        assert links[-1] == following


@pytest.mark.parametrize("page", PAGES_OF_STEPS)
def test_something_to_see_soon(page):
    blocks, lines = 0, 0
    for fence in fences(page):
        if fence.info == "text":
            break
        if fence.content.startswith("cat >"):
            blocks, lines = blocks + 1, lines + fence.content.count("\n") - 2
    assert blocks <= 2 and lines <= 25


# Numbers in the text


def numbers(text):
    return {n.rstrip(",") for n in re.findall(r"\d[\d,]*(?:\.\d+)?", text)}


def tables(document):
    """Returns the cells of a document's tables, as one text."""
    tokens = parse(document)
    cells = (after for t, after in zip(tokens, tokens[1:]) if t.type == "td_open")
    return "\n".join(cell.content for cell in cells)


def results_shown():
    """Returns step 4's table as its page shows it."""
    outputs = [f.content for f in fences("step4.md") if f.info == "text"]
    (shown,) = (output for output in outputs if "LeNet-5, paper" in output)
    return benchmark.results(shown.replace("~", ""))


LITERATURE = {"1998", "2012", "2014", "2015", "152", "4.7", "4.5"}  # and its years
PYTHONS = {"3.10", "3.11", "3.12", "3.13"}
CALCULATED = {
    f"{number:,}"
    for number in (
        60000 + 10000,
        60000 - 10000,
        60000 / 64,
        784 * 256 + 256,
        256 * 10 + 10,
        28 * 28 * 6,
        32 * 32 + 1,
        28 * 28 * 6 * (32 * 32 + 1),
        5 * 5 * 6 + 1,
        156 * 28 * 28,
        156 + 2416,
        16 * (5 * 5 * 12 + 1),
        1 - 0.95 / 100,
        round(math.log(10), 1),
        round(results_shown()["dense"][1] - results_shown()["dense"][0], 1),
    )
} | {f"{-0.91 * math.log(0.91) - 0.09 * math.log(0.01):.2f}"}


@pytest.mark.parametrize("page", PAGES)
def test_numbers_in_the_text(page):
    """Every number comes from a run that a page shows, a table of the README, or above."""
    known = LITERATURE | PYTHONS | CALCULATED | numbers(tables(ROOT / "README.md"))
    for fence in (fence for page in PAGES for fence in fences(page)):
        known |= numbers(fence.content)
    text = "\n".join(p.content for p in inline(LESSON / page) if p.type == "text")
    assert numbers(text) <= known


def test_what_the_text_says_of_the_results():
    dense, tanh, relu = results_shown().values()
    assert 1.7 < dense[1] / tanh[1] < 2 < dense[1] / relu[1]
    for training_error, test_error, _ in (tanh, relu):
        assert 0.4 < test_error - training_error < 0.7
    assert relu[1] < tanh[1] < 0.95


def test_what_the_text_says_of_the_curves(trained):
    errors = re.findall(r"val_accuracy: ([\d.]+)", clean(trained[1]))
    curves = np.reshape([100 - 100 * float(e) for e in errors], (3, 5))
    for curve in curves:
        falls = curve[:-1] - curve[1:]
        assert falls.argmax() == 0 and abs(falls[-1]) < falls[0] / 4
    assert all(curves[2, 2:] < 0.95)


# Following them


def clean(output):
    """Returns what stands in the terminal at the end: no colours, bars as they are last."""
    lines = re.sub("\x1b\\[[0-9;]*m", "", output).splitlines()
    return "\n".join(re.split("[\b\r]", line)[-1] for line in lines)


def compare(shown, seen):
    """Asserts that an output was seen as the page shows it.

    Three dots stand for anything, white space for any white space, and a number behind
    a "~" for one that is not far away: half as much again, or ten times for a time.
    """
    words = shown.split()
    patterns, expected = [], []
    for word, following in zip(words, [*words[1:], ""]):
        if word.startswith("~"):
            tolerance = 10 if following == "s" else 0.5
            expected.append((number(word[1:]), tolerance))
            patterns.append(r"([\d.,]+)")
        else:
            patterns.append(".*?" if word == "..." else re.escape(word))
    found = re.search(r"\s+".join(patterns), seen, re.S)
    assert found, f"{shown}\nis not in\n{seen}"
    for (near, tolerance), word in zip(expected, found.groups()):
        assert number(word) == pytest.approx(near, rel=tolerance, abs=0.02), shown


def number(word):
    return float(word.replace(",", ""))


@pytest.mark.parametrize("page", PAGES)
def test_output_shown_is_output_seen(page, followed):
    for shown, seen in followed.outputs[page]:
        compare(shown, clean(seen))


@pytest.mark.parametrize("page", PAGES)
def test_nothing_failed(page, followed):
    for failure in "Traceback", "No such file", "event not found", "not found":
        assert failure not in followed.stderr[page]


@pytest.mark.parametrize("page", PAGES_OF_STEPS)
def test_the_script_that_grew_is_ours(page, followed):
    assert followed.scripts[page] == (ROOT / page.replace(".md", ".py")).read_bytes()


@pytest.mark.parametrize("page", PAGES_OF_STEPS)
def test_check_stops_before_the_page_and_lets_on_after_it(page, followed):
    assert followed.checks[page] == (False, True)


@pytest.mark.parametrize(
    "step, right, wrong",
    [
        (1, 'return (mnist["x_train"]', 'return (mnist["x_test"]'),
        (2, "BACKGROUND = -0.1", "BACKGROUND = 0"),
        (3, "filters=16,", "filters=15,"),
        (4, None, None),
    ],
)
def test_check_stops_a_wrong_solution(step, right, wrong, trained, tmp_path):
    home = Home(tmp_path)
    shutil.copytree(trained[0], home.folder, symlinks=True)
    if step == 4:  # a network that has learned nothing
        code = "import step3; step3.build_lenet5().save('models/lenet5-tanh-avg.keras')"
        home.bash(f'python -c "{code}"')
    else:
        script = home.folder / f"step{step}.py"
        assert right in script.read_text()
        script.write_text(script.read_text().replace(right, wrong))
    assert not home.check(STEPS[step - 1]["verify"])


def test_exercises_leave_everything_as_it_was(followed, trained):
    after = followed.folder
    for path in trained[0].rglob("*"):
        if path.is_file() and path.suffix in (".py", ".keras", ".png"):
            if ".venv" not in path.parts:
                assert (
                    after / path.relative_to(trained[0])
                ).read_bytes() == path.read_bytes()


# The sandbox and the notebook


def test_what_is_committed_is_what_render_makes(tmp_path):
    shutil.copy(ROOT / "step1.py", tmp_path)
    shutil.copytree(LESSON, tmp_path / "lesson")
    shutil.copytree(SCENARIO, tmp_path / "killercoda")
    made = ["lesson/lenet5.ipynb", "killercoda/intro.md", "killercoda/finish.md"]
    made += [f"killercoda/{page}" for page in PAGES_OF_STEPS]
    for name in made:
        (tmp_path / name).unlink()
    assert run_python("lesson/render.py", cwd=tmp_path).returncode == 0
    for name in made:
        assert (tmp_path / name).read_text() == (ROOT / name).read_text()
    nbformat.validate(nbformat.read(NOTEBOOK, as_version=4))


@pytest.mark.parametrize("page", PAGES)
def test_scenario_page(page):
    text = (SCENARIO / page.replace("README", "intro")).read_text()
    runs = sum(token.info == "sh" for token, _ in render.read(page))
    assert text.count("\n```{{exec}}\n") == text.count("{{") == runs
    addresses = re.findall(r"\]\((.*?)\)", text)
    assert all((SCENARIO / address).exists() for address in addresses)


def test_scenario_names_every_file():
    index = json.loads((SCENARIO / "index.json").read_text())
    details = index["details"]
    named = {"index.json", *details["intro"].values(), *details["finish"].values()}
    for step in STEPS:
        named |= {step["text"], step["verify"]}
        title = (LESSON / step["text"]).read_text().splitlines()[0]
        assert title == f"# {step['title']}"
    assert named == {path.name for path in SCENARIO.iterdir()}


@pytest.fixture(scope="module")
def executed(tmp_path_factory):
    """The notebook, executed in a clone with every thirtieth image, which saves minutes.

    With all images, the same blocks are run from the pages.
    """
    clone = tmp_path_factory.mktemp("clone")
    (clone / "data").mkdir()
    with np.load(DATA) as mnist:
        images = {name: mnist[name][::30] for name in mnist}
    np.savez(clone / "data" / "mnist.npz", **images)
    folder = clone / "lesson"
    folder.mkdir()
    resources = {"metadata": {"path": str(folder)}}
    client = NotebookClient(render.notebook(), timeout=600, resources=resources)
    return client.execute(env=ENVIRONMENT), folder


def outputs(cell, kind):
    return [output for output in cell.outputs if output.output_type == kind]


def test_notebook_is_executed_whole(executed):
    notebook, _ = executed
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == [*range(1, len(cells) + 1)]
    for cell in cells:
        assert not outputs(cell, "error")
        assert "Traceback" not in "".join(o.text for o in outputs(cell, "stream"))


def test_notebook_leaves_our_scripts(executed):
    _, folder = executed
    for page in PAGES_OF_STEPS:
        script = page.replace(".md", ".py")
        assert (folder / script).read_bytes() == (ROOT / script).read_bytes()


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
    begun = [source.splitlines()[0] for source in cells if "writefile -a" not in source]
    scripts = (
        "step1.py",
        "convolve.py",
        "step2.py",
        "step3.py",
        "step4.py",
        "exercise.py",
    )
    assert begun == [f"%%writefile {script}" for script in scripts]


def test_notebook_fetches_the_digits_where_there_is_no_clone(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    cell = render.FIRST_CELL.replace(URL, DATA.as_uri())
    assert cell != render.FIRST_CELL
    monkeypatch.setenv("PATH", os.environ["PATH"])
    exec(cell, {})
    assert (tmp_path / "data" / "mnist.npz").read_bytes() == DATA.read_bytes()


# The set-up of the sandbox


def test_set_up_installs_the_requirements_and_fetches_the_digits():
    requirements = (ROOT / "requirements.txt").read_text()
    set_up = (SCENARIO / "setup.sh").read_text()
    install = re.search(r"pip install (.*)", set_up)[1].replace("'", "").split(" ")
    assert install == requirements.replace("tensorflow", "tensorflow-cpu").split()
    fetch = f"curl --create-dirs -o data/mnist.npz {URL}\n"
    assert fetch in set_up
    assert fetch in (LESSON / "README.md").read_text()
    assert fetch in (ROOT / "data" / "README.md").read_text()


def run_script(name, home, **environment):
    return subprocess.run(
        ["bash", SCENARIO / name],
        env={**ENVIRONMENT, "HOME": str(home), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize("status", [0, 1])
def test_set_up_and_what_it_says(status, tmp_path):
    tools = ["apt-get", "python3", "pip", "curl"]  # what they fetch is not for a test
    folder = tmp_path / "tools"
    folder.mkdir()
    venv = "mkdir -p .venv/bin && touch .venv/bin/activate"
    for tool in tools:
        script = f"#!/bin/sh\necho {tool} was here\n{venv}\nexit {status}\n"
        (folder / tool).write_text(script)
        (folder / tool).chmod(0o755)
    result = run_script("setup.sh", tmp_path, PATH=f"{folder}:{os.environ['PATH']}")
    assert (result.returncode == 0) == (status == 0)
    shown = run_script("wait.sh", tmp_path).stdout
    if status == 0:
        assert shown.endswith("Ready.\n")
        log = (tmp_path / ".lesson-setup.log").read_text()
        assert re.findall("(.*) was here", log)[1:] == tools
    else:
        assert "The set-up failed." in shown
        assert "apt-get was here" in shown
