"""The lesson: what a learner who follows it gets, and that all of it is there."""

import json
import math
import os
import re
import shutil
import subprocess
from pathlib import Path

import benchmark
import keras
import nbformat
import numpy as np
import pytest
import render
import step4
from conftest import (
    LESSON,
    PAGES,
    PAGES_OF_STEPS,
    SCENARIO,
    STEPS,
    Home,
    check_errors,
    clean,
    compare,
    fences,
)
from markdown_it import MarkdownIt
from person import ENVIRONMENT, ROOT, pictures, run_python
from step1 import URL

NETWORKS = list(step4.NETWORKS)
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "beyond" / "README.md",
    *(LESSON / page for page in PAGES),
]


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


LITERATURE = {"1998", "2012", "2014", "2015", "152", "1,000", "4.7", "4.5"}
PYTHONS = {"3.10", "3.11", "3.12", "3.13"}
CALCULATED = {
    f"{number:,}"
    for number in (
        60000 + 10000,
        60000 - 10000,
        60000 / 64,
        math.ceil(60000 / 128),
        784 * 256 + 256,
        256 * 10 + 10,
        28 * 28 * 6,
        32 * 32 + 1,
        28 * 28 * 6 * (32 * 32 + 1),
        5 * 5 * 6 + 1,
        150 * 28 * 28,
        2400,
        2400 * 10 * 10,
        150 * 28 * 28 + 2400 * 100 + 48000 + 84 * 120 + 10 * 84,
        784 * 256 + 256 * 10,
        16 * 5 * 5,
        28 * 28 - 1,
        10000 - 8865,
        156 + 2416,
        16 * (5 * 5 * 12 + 1),
        1 - 0.95 / 100,
        round(math.log(10), 1),
        round(0.90 - 0.67, 2),
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


@pytest.mark.parametrize("page", PAGES[:-1])
def test_output_shown_is_output_seen(page, followed):
    for shown, seen in followed.outputs[page]:
        compare(shown, clean(seen))


@pytest.mark.parametrize("page", PAGES[:-1])
def test_nothing_failed(page, followed):
    check_errors(followed.stderr[page])


@pytest.mark.parametrize("page", PAGES_OF_STEPS)
def test_the_script_that_grew_is_ours(page, followed):
    assert followed.scripts[page] == (ROOT / page.replace(".md", ".py")).read_bytes()


def test_a_block_run_twice_and_the_way_back(tmp_path):
    home = Home(tmp_path)
    home.folder.mkdir()
    blocks = [f.content for f in fences("step1.md") if f.content.startswith("cat >>")]
    home.bash("".join([blocks[0], *blocks]))
    script = home.folder / "step1.py"
    assert script.read_text() != (ROOT / "step1.py").read_text()
    assert "`rm step1.py`" in (LESSON / "README.md").read_text()
    home.bash("".join(["rm step1.py\n", *blocks]))
    assert script.read_text() == (ROOT / "step1.py").read_text()


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


# The two renditions


def test_what_is_committed_is_what_render_makes(tmp_path):
    shutil.copy(ROOT / "step1.py", tmp_path)
    shutil.copytree(LESSON, tmp_path / "lesson")
    shutil.copytree(SCENARIO, tmp_path / "killercoda")
    shutil.copytree(ROOT / "beyond", tmp_path / "beyond")
    made = ["lesson/lenet5.ipynb", "killercoda/intro.md", "killercoda/finish.md"]
    made += [f"killercoda/{page}" for page in PAGES_OF_STEPS]
    made += [f"killercoda/assets/{path.name}" for path in ROOT.glob("beyond/*.py")]
    for name in made:
        (tmp_path / name).unlink()
    assert run_python("lesson/render.py", cwd=tmp_path).returncode == 0
    for name in made:
        assert (tmp_path / name).read_text() == (ROOT / name).read_text()
    nbformat.validate(nbformat.read(LESSON / "lenet5.ipynb", as_version=4))


@pytest.mark.parametrize("page", PAGES)
def test_scenario_page(page):
    text = (SCENARIO / page.replace("README", "intro")).read_text()
    runs = sum(token.info == "sh" for token, _ in render.read(page))
    own = ["0.0.0.0`{{exec}}", "({{TRAFFIC_HOST1_8988}})"] if "finish" in page else []
    assert text.count("\n```{{exec}}\n") == text.count("{{") - len(own) == runs
    assert all(mark in text for mark in own)
    addresses = re.findall(r"\]\(([^{]*?)\)", text)
    assert all((SCENARIO / address).exists() for address in addresses)


def test_scenario_names_every_file():
    index = json.loads((SCENARIO / "index.json").read_text())
    details = index["details"]
    named = {
        "assets",
        "index.json",
        *details["intro"].values(),
        *details["finish"].values(),
    }
    for step in STEPS:
        named |= {step["text"], step["verify"]}
        title = (LESSON / step["text"]).read_text().splitlines()[0]
        assert title == f"# {step['title']}"
    assert named == {path.name for path in SCENARIO.iterdir()}


# The training of step 4


def mistakes(stdout, name):
    return int(re.search(rf"^{name} .* ([\d,]+)  \d+ s$", stdout, re.M)[1])


def test_table(trained):
    _, stdout = trained
    table = benchmark.results(stdout)
    assert list(table) == NETWORKS
    for name, (training_error, test_error, _) in table.items():
        assert mistakes(stdout, name) == round(100 * test_error)
        assert training_error < test_error
    assert "\nLeNet-5, paper       60,000                      0.95 %" in stdout


def test_it_learns(trained):
    _, stdout = trained
    assert mistakes(stdout, "dense") < 250
    assert mistakes(stdout, "lenet5-tanh-avg") < 130
    assert mistakes(stdout, "lenet5-relu-max") < 110


def seen(stdout):
    """Returns the lines that stood in the terminal at any time."""
    return re.split("[\r\n]", re.sub("\x1b\\[[0-9;]*m", "", stdout).replace("\b", "\r"))


def test_progress_bars(trained):
    lines = seen(trained[1])
    counts = [re.match(r" *(\d+)/(\d+) ", line) for line in lines]
    counts = [(int(count[1]), int(count[2])) for count in counts if count]
    assert {total for _, total in counts} == {938}
    assert max(count for count, _ in counts) == 938
    assert counts.count((938, 938)) >= 15


def test_it_fits_80_columns(trained):
    results = seen(trained[1][trained[1].index("\nnetwork") :])
    assert max(map(len, results)) <= 80


def test_files(trained):
    folder, stdout = trained
    saved = re.findall(r"saved: (.*)", stdout)
    assert saved == [f"models/{name}.keras" for name in NETWORKS] + [
        f"figures/step4-{picture}.png"
        for picture in ("errors", "mistakes", "confusion", "feature-maps")
    ]
    assert {path.partition("/")[2] for path in saved[3:]} < set(pictures(folder))
    assert all((folder / path).stat().st_size > 0 for path in saved)


@pytest.mark.parametrize("name", NETWORKS)
def test_saved_networks_make_the_mistakes_of_the_table(name, trained):
    folder, stdout = trained
    _, (images, labels) = step4.load_mnist()
    model = keras.models.load_model(folder / "models" / f"{name}.keras")
    probabilities = model.predict(step4.prepare(images), batch_size=250, verbose=0)
    assert (probabilities.argmax(axis=1) != labels).sum() == mistakes(stdout, name)


def test_schedule_stretches_over_the_passes(trained):
    folder, _ = trained
    model = keras.models.load_model(folder / "models" / "dense.keras")
    config = model.optimizer.get_config()["learning_rate"]
    schedule = keras.saving.deserialize_keras_object(config)
    rates = [float(schedule(step)) for step in (0, 469, 938, 2814, 4690)]
    peak = step4.LEARNING_RATE
    assert rates == pytest.approx([0, peak / 2, peak, peak / 2, 0], abs=1e-3)


# The set-up of the sandbox


def test_set_up_installs_the_requirements_and_fetches_the_digits():
    requirements = (ROOT / "requirements.txt").read_text()
    set_up = (SCENARIO / "setup.sh").read_text()
    install = re.search(r"pip install (.*)", set_up)[1].replace("'", "").split(" ")
    packages = requirements.replace("tensorflow", "tensorflow-cpu").split()
    assert install == [*packages, "tornado"]
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
