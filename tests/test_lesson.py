"""The lesson: what a learner who follows it gets, and that all of it is there."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import errors
import exercises
import keras
import nbformat
import pytest
import render
import step4
from conftest import CHECKED, FETCH, SCENARIO, TRAINING, Home, clean, compare
from markdown_it import MarkdownIt
from person import ENVIRONMENT, ROOT, pictures, run_python
from render import LESSON, PAGES, fences

NETWORKS = list(step4.NETWORKS)
DOCUMENTS = [
    *ROOT.glob("*.md"),
    *(ROOT / folder / "README.md" for folder in ("beyond", "data", "results")),
    *(LESSON / page for page in PAGES),
]


def parse(document):
    return MarkdownIt().enable("table").parse(document.read_text())


def inline(document):
    """Returns what stands in the text of a document: words, links, pictures."""
    return [part for token in parse(document) for part in token.children or []]


def sections(document):
    """Returns the names by which a code host links to the headings of a document."""
    tokens = parse(document)
    titles = [after.content for t, after in zip(tokens, tokens[1:]) if t.tag == "h2"]
    return {title.lower().replace(" ", "-").replace(",", "") for title in titles}


# The pages


@pytest.mark.parametrize("page", PAGES)
def test_page_renders_rightly(page):
    lines = (LESSON / page).read_text().splitlines()
    tokens = parse(LESSON / page)
    assert not [t for t in tokens if t.type == "code_block"]
    html = "".join(token.content for token in tokens if token.type == "html_block")
    fold = r"<details>\n<summary>[\w ]+</summary>\n</details>\n"
    assert re.fullmatch(f"({fold})*", html)
    for fence in fences(page):
        first, last = fence.map[0], fence.map[1] - 1
        assert lines[first] == f"```{fence.info}" and fence.info in ("sh", "text")
        assert lines[last] == "```"
    assert "{{" not in "\n".join(lines)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.parent.name)
def test_links_and_pictures_are_there(document):
    for part in inline(document):
        address = part.attrs.get("src") or part.attrs.get("href") or "https://"
        if not address.startswith("https://"):
            name, _, section = address.partition("#")
            target = document.parent / name if name else document
            assert target.exists()
            assert not section or section in sections(target)


def test_no_picture_is_left_over():
    shown = {
        Path(part.attrs["src"]).name
        for document in DOCUMENTS
        for part in inline(document)
        if "src" in part.attrs
    }
    assert shown == {path.name for path in LESSON.glob("assets/*.png")}


def links(page):
    parts = inline(LESSON / page)
    return [part.attrs["href"] for part in parts if "href" in part.attrs]


def test_every_page_ends_with_links_to_its_neighbours_and_the_index():
    index = "README.md#the-pages"
    for page, before, after in zip(PAGES[1:], PAGES, [*PAGES[2:], "../README.md"]):
        assert links(page)[-3:] == [before, index, after]
    assert links(PAGES[0])[-1] == PAGES[1]
    assert [link for link in links(PAGES[0]) if link in PAGES] == [*PAGES[1:], PAGES[1]]


@pytest.mark.parametrize("page", PAGES)
def test_something_to_see_soon(page):
    lines = 0
    for fence in fences(page):
        if fence.content.startswith("cat >"):
            lines += fence.content.count("\n") - 2
        else:
            lines = 0
        assert lines <= 25


def minutes(page, known):
    """Returns how long a page takes, by the rule in CONTRIBUTING.md."""
    tokens = parse(LESSON / page)
    seconds = 0
    for i, token in enumerate(tokens):
        if token.type == "inline":
            words = [part.content for part in token.children if part.type == "text"]
            seconds += 0.3 * len(" ".join(words).split())
        elif token.info == "sh":
            code = re.sub('""".*?"""', "", token.content, flags=re.S).splitlines()
            new = {line.strip() for line in code if re.search(r"\w", line)} - known
            known |= new
            new = [
                line
                for line in new
                if not re.match("import|from|#|PYTHON|cat|python", line)
            ]
            folded = any("The lines" in after.content for after in tokens[i : i + 5])
            seconds += (10 if folded or page == PAGES[0] else 20) * len(new)
    return seconds / 60


def test_minutes():
    known, total = set(), 0
    index = tables(LESSON / PAGES[0]).splitlines()
    for page in PAGES[:-1]:
        counted = minutes(page, known)
        named = int(re.search(r"(\d+) minutes", render.read(page))[1])
        assert abs(named - counted) < 2.5, counted
        assert page == PAGES[0] or str(named) in index
        total += named
    assert total <= 120


def tables(document):
    """Returns the cells of a document's tables, as one text."""
    tokens = parse(document)
    cells = (after for t, after in zip(tokens, tokens[1:]) if t.type == "td_open")
    return "\n".join(cell.content for cell in cells)


def percentages(text):
    return set(re.findall(r"\d[\d.]*(?= ?%)", text))


@pytest.mark.parametrize("document", [ROOT / "README.md", *map(LESSON.joinpath, PAGES)])
def test_percentages_come_from_a_table_or_an_output(document):
    shown = "\n".join(fence.content for page in PAGES for fence in fences(page))
    known = percentages(tables(ROOT / "results" / "README.md") + shown.replace("~", ""))
    known |= {"4.5", "0.8"}  # the paper's
    text = "\n".join(p.content for p in inline(document) if p.type == "text")
    assert percentages(text) <= known


# Following them


@pytest.mark.parametrize("page", PAGES)
def test_output_shown_is_output_seen(page, followed):
    few = followed.few and page in TRAINING
    for shown, seen in followed.outputs[page]:
        compare(shown, clean(seen), few)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_failed(page, followed):
    for failure in "Traceback", "UserWarning", "No such file", "not found":
        assert failure not in followed.stderr[page]


@pytest.mark.parametrize("script", render.scripts())
def test_the_script_that_grew_is_ours(script, followed):
    assert (followed.folder / script).read_bytes() == (ROOT / script).read_bytes()


def test_what_the_lesson_leaves(followed):
    names = {path.name for path in followed.folder.glob("[!._]*")}
    files = {"convolve.py", "exercise.py", "first.keras", "photo.png", "ten-digits.png"}
    folders = {"beyond", "data", "figures", "models", "pictures"}
    scripts = {f"step{number}.py" for number in (1, 2, 3, 4)}
    assert names == files | folders | scripts


def test_checks_stop_before_the_page_and_let_on_after_it(followed):
    pages = [page for page in CHECKED if not followed.few or page not in TRAINING]
    assert followed.checks == {page: (False, True) for page in pages}


@pytest.mark.parametrize(
    "page, right, wrong",
    [
        ("step1.md", 'return (mnist["x_train"]', 'return (mnist["x_test"]'),
        ("step2.md", "BACKGROUND = -0.1", "BACKGROUND = 0"),
        ("step3.md", "filters=16,", "filters=15,"),
    ],
)
def test_check_stops_a_wrong_solution(page, right, wrong, followed, tmp_path):
    home = Home(tmp_path)
    shutil.copytree(followed.folder, home.folder, symlinks=True)
    script = home.folder / page.replace(".md", ".py")
    assert right in script.read_text()
    script.write_text(script.read_text().replace(right, wrong))
    assert not home.check(page)


# What is made from the pages


def test_render_has_nothing_to_do():
    result = run_python("lesson/render.py", "--check", cwd=ROOT)
    assert (result.returncode, result.stdout) == (0, "")


def test_render_makes_what_is_missing_and_removes_what_is_too_much(tmp_path):
    for folder in "lesson", "killercoda":
        shutil.copytree(ROOT / folder, tmp_path / folder)
    made = render.files()
    for name in made:
        (tmp_path / name).unlink(missing_ok=True)
    (tmp_path / "killercoda" / "step9.md").write_text("of another time")
    check = run_python("lesson/render.py", "--check", cwd=tmp_path)
    assert check.returncode == 1 and check.stdout.count("\n") == len(made) + 1
    ascii_only = {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}
    assert run_python("lesson/render.py", cwd=tmp_path, **ascii_only).returncode == 0
    for name in made:
        assert (tmp_path / name).read_bytes() == (ROOT / name).read_bytes()
    assert not (tmp_path / "killercoda" / "step9.md").exists()
    nbformat.validate(nbformat.read(LESSON / "lenet5.ipynb", as_version=4))


@pytest.mark.parametrize("page", PAGES)
def test_scenario_page(page):
    text = (SCENARIO / page.replace("README", "intro")).read_text()
    assert text.startswith("<!-- Made by lesson/render.py from lesson/")
    runs = sum(token.info == "sh" for token, _ in render.sections(page))
    own = ["0.0.0.0`{{exec}}", "({{TRAFFIC_HOST1_8988}})"] if "finish" in page else []
    assert text.count("\n```{{exec}}\n") == text.count("{{") - len(own) == runs
    assert all(mark in text for mark in own)
    addresses = re.findall(r"\]\((?!https:)([^{#)]*)", text)
    assert all((SCENARIO / address).exists() for address in addresses)


def test_scenario_names_every_file():
    details = json.loads((SCENARIO / "index.json").read_text())["details"]
    named = {"assets", "index.json", *details["intro"].values()}
    named |= {*details["finish"].values()}
    for step in details["steps"]:
        named |= {step["text"], step["verify"]}
        assert (LESSON / step["text"]).read_text().startswith(f"# {step['title']}\n")
    assert named == {path.name for path in SCENARIO.iterdir()}


def test_scenario_takes_along_what_its_pages_run():
    text = "".join(path.read_text() for path in SCENARIO.glob("*.md"))
    run = set(re.findall(r"python beyond/(\w+)\.py", text))
    links = {path.stem: path for path in (SCENARIO / "assets").iterdir()}
    imported = {
        name for path in links.values() for name in links if name in path.read_text()
    }
    assert run <= set(links) == run | imported
    for path in links.values():
        assert path.is_symlink() and path.resolve().parent == ROOT / "beyond"


# The training of step 4


def table(stdout):
    """Returns step 4's table: name -> training error, test error."""
    return {
        name: (float(training), float(test))
        for name, training, test, _ in errors.ROW.findall(stdout)
    }


def test_table(trained):
    _, stdout = trained
    assert list(table(stdout)) == NETWORKS
    for training_error, test_error in table(stdout).values():
        assert training_error < test_error
    assert "\nLeNet-5, paper       60,000                      0.95 %" in stdout
    results = clean(stdout[stdout.index("\nnetwork") :]).splitlines()
    assert max(map(len, results)) <= 80


def test_exercises_print_what_their_table_reads(followed):
    seen = "\n".join(clean(seen) for _, seen in followed.outputs["finish.md"])
    assert len(exercises.ROW.findall(seen)) >= 9


@pytest.mark.slow
def test_what_the_text_says_of_the_results(trained):
    dense, tanh, relu = (test_error for _, test_error in table(trained[1]).values())
    assert relu < 1.1 and tanh < 1.3 and 1.2 < dense < 2.5


def test_files(trained):
    folder, stdout = trained
    saved = re.findall(r"saved: figures/(.*)", stdout)
    names = "errors", "mistakes", "confusion", "feature-maps"
    assert saved == [f"step4-{name}.png" for name in names]
    assert set(saved) < set(pictures(folder))


@pytest.mark.slow
@pytest.mark.parametrize("name", NETWORKS)
def test_saved_networks_make_the_mistakes_of_the_table(name, trained):
    folder, stdout = trained
    _, (images, labels) = step4.load_mnist()
    model = keras.models.load_model(folder / "models" / f"{name}.keras")
    probabilities = model.predict(step4.prepare(images), batch_size=250, verbose=0)
    _, test_error = table(stdout)[name]
    mistakes = (probabilities.argmax(axis=1) != labels).sum()
    assert mistakes == round(100 * test_error)


# The set-up of the sandbox


def test_set_up_installs_the_requirements_and_fetches_the_digits():
    requirements = (ROOT / "requirements.txt").read_text()
    set_up = (SCENARIO / "setup.sh").read_text()
    install = re.search(r"pip install (.*)", set_up)[1].replace("'", "").split(" ")
    packages = requirements.replace("tensorflow", "tensorflow-cpu").split()
    assert install == [*packages, "tornado"]
    for file in (
        SCENARIO / "setup.sh",
        LESSON / "README.md",
        ROOT / "data" / "README.md",
    ):
        assert f"{FETCH}\n" in file.read_text()


def run_script(name, home, **environment):
    return subprocess.run(
        ["bash", SCENARIO / name],
        env={**ENVIRONMENT, "HOME": str(home), **environment},
        capture_output=True,
        text=True,
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
