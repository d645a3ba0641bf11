"""The notebook: as it is stored, and executed whole in one kernel."""

import base64
import re
import symtable

import lesson_notebook
import nbformat
import pytest
from kernel import Kernel, code_cells, drawn, images, text
from outputs import clean, compare
from pages import BLOCKS, LESSON, NAMES, SET_UP, defined, programs, read, scripts
from pages import sections, tasks, title
from person import ROOT
from project import Project

NOTEBOOK = LESSON / "lenet5.ipynb"
CELLS = lesson_notebook.notebook().cells


def cells_of(name):
    """Returns a page's cells with code, without the notebook's first one."""
    found, here = [], False
    for cell in CELLS:
        titles = re.findall("^# (.*)$", cell.source, re.M)
        if cell.cell_type == "markdown" and set(titles) & set(map(title, NAMES)):
            here = title(name) in titles
        if here and cell.cell_type == "code" and "Run this cell" not in cell.source:
            found.append(cell)
    return found


def below(cell):
    """Returns what a code cell should show: stored with it, or in folds behind it."""
    stored = [o.text for o in cell.outputs if o.output_type == "stream"]
    after = (CELLS[CELLS.index(cell) + 1 :] or [cell])[0]
    folds = after.source if after.cell_type == "markdown" else ""
    return stored + re.findall(r"(?ms)^```text\n(.*?)^```$", folds)


# As it is stored


def test_notebook_is_valid():
    nbformat.validate(nbformat.read(NOTEBOOK, as_version=4))


def test_the_first_cell_comes_after_the_introduction():
    first, second, *_ = CELLS
    assert first.cell_type == "markdown" and second.cell_type == "code"
    assert f"\n# {title(NAMES[0])}\n" in first.source
    assert "Run this cell first, and again after a restart" in second.source
    assert max(map(len, second.source.splitlines())) <= 100


def headings(document):
    return re.findall(r"(?m)^##? .*", document)


def test_every_section_of_the_pages_is_there():
    shown = [h for c in CELLS if c.cell_type == "markdown" for h in headings(c.source)]
    pages = [
        text
        for name in NAMES
        for token, text in sections(name)
        if token.type == "heading_open"
    ]
    pages.insert(0, "# LeNet-5, step by step")
    pages.remove(f"## {SET_UP}")
    pages[pages.index(f"## {BLOCKS}")] = "## Cells and tasks"
    assert shown == pages and len(shown) > 30


def test_one_kernel():
    """No cell starts a Python, writes a script, or imports from one."""
    for cell in code_cells(CELLS)[1:]:
        assert not re.search(r"^[%!](?!run beyond/)", cell.source, re.M)
        assert not lesson_notebook.STEPS.search(cell.source)


def test_the_cells_are_the_scripts():
    """All lines of the scripts are there, but for what they import from each other."""
    everything = "\n".join(cell.source for name in NAMES for cell in cells_of(name))
    there = {line.strip() for line in re.sub("(?m);$", "", everything).splitlines()}
    for name, script in scripts().items():
        if name == "my_photos.py":  # whose `main` needs the internet
            script = script.partition("\ndef main")[0]
        lines = lesson_notebook.STEPS.sub("", script).splitlines()
        assert {line.strip() for line in lines} <= there | {""}, name


def test_nothing_stands_there_twice():
    notebook = NOTEBOOK.read_text()
    for name in NAMES:
        for picture in re.findall(r"\(assets/(.*?\.png)\)", read(name)):
            data = base64.b64encode((LESSON / "assets" / picture).read_bytes()).decode()
            assert notebook.count(data) == 1, picture
    for cell in CELLS:
        if cell.cell_type == "markdown":  # no commands
            assert set(re.findall("(?m)^```(.*)$", cell.source)) <= {"text", ""}


def find(name, words):
    (cell,) = [cell for cell in cells_of(name) if words in cell.source]
    return cell


def test_what_the_text_asks_for_is_in_a_fold_behind_the_cell():
    """Which every host folds, or at least shows after the question's cell."""
    asked = find("step2", "Conv2D(filters=1")
    asked_earlier = find("inside", "validation-confusion")
    in_a_fold = find("step3", "model.count_params()")
    exercises = [cell for cell in cells_of("apart")[2:] if "def " not in cell.source]
    for cell in [*exercises, asked, asked_earlier, in_a_fold]:
        assert not cell.outputs
        after = CELLS[CELLS.index(cell) + 1].source
        assert after.startswith("<details>\n<summary>") and below(cell)
    assert find("step1", "def draw_digit").metadata == {}
    for cell in CELLS:
        assert cell.source.count("<details>") == cell.source.count("</details>")


def test_top(monkeypatch):
    """What is seen on a code host, before anything is run."""
    monkeypatch.setattr(lesson_notebook, "IS_SET", False)
    heading, *lines, project, picture = re.split(r"\n\n", lesson_notebook.top())
    assert heading == "# LeNet-5, step by step" and len(lines) == 3
    assert project == "The notebook is a part of [this project](../README.md)."
    assert (LESSON / re.search(r"\]\((.*)\)", picture)[1]).exists()


def test_top_with_an_address(monkeypatch):
    set_address(monkeypatch)
    *_, buttons, project, picture = re.split(r"\n\n", lesson_notebook.top())
    links = re.findall(r"\]\((https://[^)]*)\)", buttons)
    assert len(links) == 6  # three pictures, and where they lead
    for host in "colab.research.google.com/github", "codespaces.new", "mybinder.org/v2":
        assert any(link.startswith(f"https://{host}/") for link in links)
    assert f"]({ADDRESS})" in project
    address = re.search(r"\]\((.*)\)", picture)[1]
    assert re.match(r"https://raw\.githubusercontent\.com/.*/lesson/assets/", address)


ADDRESS = "https://github.com/somebody/lenet5"


def set_address(monkeypatch, address=ADDRESS):
    monkeypatch.setattr(lesson_notebook, "ADDRESS", address)
    monkeypatch.setattr(lesson_notebook, "IS_SET", True)
    monkeypatch.setattr(lesson_notebook, "IS_RELEASE", False)


def test_links_lead_to_headings_or_to_the_address(monkeypatch):
    set_address(monkeypatch)
    cells = lesson_notebook.notebook().cells
    source = "\n".join(c.source for c in cells if c.cell_type == "markdown")
    headings = {h.replace(" ", "-") for h in re.findall("(?m)^#+ (.*)$", source)}
    for link in re.findall(r"(?<!!)\[[^]]+\]\(([^)]*)\)", source):
        if link.startswith("#"):
            assert link[1:] in headings
        else:
            assert link.startswith("https://")
            path = link.partition(f"{ADDRESS}/blob/HEAD/")[2].partition("#")[0]
            assert (ROOT / path).exists()


def test_pictures_have_their_alternative_texts():
    for cell in code_cells(CELLS):
        for output in images(cell.outputs):
            alt = output.metadata["image/png"]["alt"]
            assert len(alt) > 20 and output.data["text/plain"] == alt


def test_a_task_is_a_cell_to_write_in_its_check_and_our_answer_folded():
    cells = [cell for name in NAMES for cell in cells_of(name)]
    sources = [cell.source for cell in cells]
    for name, task in tasks().items():
        place = sources.index(f'check("{name}");')
        gap, answer = sources[place - 1], cells[place + 1]
        assert name == "memory" or "..." in gap
        assert answer.metadata["jupyter"] == {"source_hidden": True}
        first, second, *ours = answer.source.splitlines()
        assert first == "# @title Our answer"  # which JupyterLab shows of it
        assert second == f'if not is_right("{name}"):'
        for line in ours:
            assert line.strip() in task.answer


def given(source):
    """Returns the names that a cell assigns or defines."""
    source = re.sub("^( *)%.*", r"\1pass", source, flags=re.M)
    symbols = symtable.symtable(source, "a cell", "exec").get_symbols()
    return {s.get_name() for s in symbols if s.is_assigned() and not s.is_imported()}


def test_no_cell_changes_what_a_script_has():
    """So each can be run again at any time: a script's names come from one cell each."""
    cells = [given(cell.source) for cell in code_cells(CELLS)]
    alone = {*programs(), "memory.py"}  # nothing is imported from them
    texts = [text for name, text in scripts().items() if name not in alone]
    written = {name for task in tasks().values() for name in defined(task.answer)}
    for name in set().union(*map(given, texts)) - {"main", "_"}:
        assert sum(name in names for names in cells) == 1 + (name in written), name


# Executed


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A copy with few images, in a folder with a name that is hard for programs."""
    return Project(tmp_path_factory.mktemp("a") / "Übung #2", few=True)


@pytest.fixture(scope="module")
def executed(request, project):
    """The notebook, executed whole in one kernel; with --all each cell twice in a row.

    Returns a list of `(cell, outputs of every time)`.
    """
    times = 2 if request.config.getoption("--all") else 1
    with Kernel(project.folder / "lesson") as kernel:
        return [
            (cell, [kernel.run(cell.source) for _ in range(times)])
            for cell in code_cells(CELLS)
        ]


def test_each_cell_shows_what_is_stored_and_again_when_run_twice(executed):
    for cell, runs in executed:
        for outputs in runs:
            compare("".join(below(cell)), clean(text(outputs)), few=True)
            assert len(images(outputs)) >= len(images(cell.outputs))
            assert not [o for o in outputs if o.get("name") == "stderr"], text(outputs)


def test_pictures_appear_where_they_are_drawn(executed):
    for cell, (outputs, *_) in executed:
        if "def save_figure" not in cell.source:
            assert len(images(outputs)) == drawn(cell.source), cell.source


def test_what_the_notebook_leaves(executed, project):
    assert not [*project.folder.glob("lesson/**/*.png")]
    folder = project.work / "notebook"
    assert {path.name for path in project.work.iterdir()} == {"notebook"}
    for name in "step1.py", "step2.py", "step3.py", "step4.py":
        assert (folder / name).read_text() == (ROOT / name).read_text()
    for name in "write-digits.html", "first.keras", "figures/step4-errors.png":
        assert (folder / name).exists()


@pytest.mark.slow
def test_a_cell_that_is_edited_and_run_again(project):
    draw = find("step1", "def draw_digit").source
    try_out = find("step1", "The label says").source
    main = find("step1", "plt.yticks(").source
    by_hand = find("step1", "kernel.T").source
    with Kernel(project.folder / "lesson") as kernel:
        for cell in code_cells(CELLS)[:1] + cells_of("step1"):
            kernel.run(cell.source)
        assert "@@@@" in text(kernel.run(try_out))
        kernel.run(draw.replace("#%@", "#%M"))
        seen = text(kernel.run(try_out))
        assert "MMMM" in seen and "@" not in seen
        assert "MMMM" in text(kernel.run(main))  # other cells have the change, too
        kernel.run(cells_of("step2")[0].source)  # the next page does not undo it
        assert "MMMM" in text(kernel.run(try_out))
        other = by_hand.replace("[-1, -1, 0, 1, 1]", "[1, 1, 0, -1, -1]")
        assert text(kernel.run(by_hand)) != text(kernel.run(other))


@pytest.mark.slow
def test_what_one_has_written_is_checked_and_stays(project):
    first, *_ = code_cells(CELLS)
    wrong = """def convolve(image, kernel):
    n = len(image) - len(kernel)
    places = [(r, c) for r in range(n) for c in range(n)]
    k = len(kernel)
    sums = [np.sum(image[r:r + k, c:c + k] * kernel) for r, c in places]
    return np.reshape(sums, (n, n))"""
    right = wrong.replace("len(kernel)\n    places", "len(kernel) + 1\n    places")
    loop = "def convolve(image, kernel):\n    while True:\n        pass"
    cells = {cell.source: cell for cell in cells_of("step1")}
    check, answer = 'check("convolve");', find("step1", 'is_right("convolve")').source
    with Kernel(project.folder / "lesson") as kernel:
        for source in (
            first.source,
            *list(cells)[:1],
            find("step1", "places = ...").source,
        ):
            kernel.run(source)
        assert "is not written yet" in text(kernel.run(check))
        for mine, said in (wrong, "the last place"), (loop, "loop for ever"):
            kernel.run(mine)
            assert said in text(kernel.run(check))
        kernel.run("def convolve(image, kernel)\n    return 1", errors=True)
        assert "with convolve in it has not run" in text(kernel.run(check))
        kernel.run(right)
        assert text(kernel.run(check)) == "Right.\n"
        assert text(kernel.run(answer)) == "Yours is right, and stays.\n"
        assert "sums = " in text(
            kernel.run("import inspect\nprint(inspect.getsource(convolve))")
        )
        kernel.run(wrong)
        said = "From here on, ours is used: open this cell to see it.\n"
        assert text(kernel.run(answer)) == said
        assert text(kernel.run(check)) == "Right.\n"


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES[1:])
def test_a_page_needs_the_first_cell(name, project):
    with Kernel(project.folder / "lesson") as kernel:
        said = last_line(kernel.run(cells_of(name)[0].source, errors=True))
        assert said == "UsageError: Run the notebook's first cell, and then this one."


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES[2:])
def test_after_a_restart_a_page_starts_with_its_first_cell(name, executed, project):
    first, *_ = code_cells(CELLS)
    with Kernel(project.folder / "lesson") as kernel:  # the names are gone
        kernel.run(first.source)
        for cell in cells_of(name)[:4]:
            kernel.run(cell.source)


@pytest.mark.slow
def test_whoever_starts_at_page_5_gets_the_networks_of_page_4(tmp_path):
    project = Project(tmp_path / "project", few=True)
    with Kernel(project.folder / "lesson") as kernel:
        for cell in code_cells(CELLS)[0], *cells_of("inside")[:2]:
            outputs = kernel.run(cell.source)
        assert images(outputs)  # the digits that the network gets wrong


# The first cell, elsewhere


def last_line(outputs):
    """Returns what a cell says in the end, which must be short, and no traceback."""
    said = text(outputs)
    assert "Traceback" not in said and said.count("\n") <= 2
    return said.strip().splitlines()[-1]


@pytest.mark.slow
def test_where_there_is_no_tensorflow(project):
    first, *_ = code_cells(CELLS)
    with Kernel(project.folder / "lesson") as kernel:
        kernel.run("import sys\nsys.modules['keras'] = None")
        said = last_line(kernel.run(first.source, errors=True))
        assert said.startswith("UsageError: ") and "%pip install" in said
        there = "del sys.modules['keras']\n" + first.source
        assert text(kernel.run(there)).endswith("Ready.\n")


@pytest.mark.slow
def test_the_first_cell_comes_first(project):
    first, *_ = code_cells(CELLS)
    with Kernel(project.folder / "lesson") as kernel:
        kernel.run("import os\nos.environ['KERAS_BACKEND'] = 'tensorflow'")
        kernel.run("import tensorflow as tf\n_ = tf.constant(1) + 1")
        said = last_line(kernel.run(first.source, errors=True))
        assert "restart the kernel, and run this one" in said


@pytest.mark.slow
def test_alone_the_notebook_fetches_the_digits(tmp_path):
    """What needs no other file runs, and what needs one says so."""
    first, *_ = code_cells(CELLS)
    url = re.search(r"https://\S+/mnist\.npz", first.source)[0]
    with Kernel(tmp_path) as kernel:
        said = last_line(kernel.run(first.source, errors=True))  # there is no network
        assert said.startswith("UsageError: ") and "run this cell again" in said
        digits = (ROOT / "data" / "mnist.npz").as_uri()
        there = first.source.replace(url, digits)
        added = first.source.replace("/kaggle/input", str(ROOT / "data"))
        for source in there, added:  # fetched, or found where it has been added
            (tmp_path / "data" / "mnist.npz").unlink(missing_ok=True)
            assert text(kernel.run(source)).endswith("Ready.\n")
        assert text(kernel.run(there)).endswith("Ready.\n")  # after computing, too
        for source in cells_of("shapes")[0].source, "needs('beyond/read_photo.py')":
            said = last_line(kernel.run(source, errors=True))
            assert "this cell needs the files of the project" in said
        for cell in cells_of("step1"):
            kernel.run(cell.source)


@pytest.mark.slow
def test_where_the_project_must_not_be_written(tmp_path, project):
    """It is found where it has been added; what is made goes beside the notebook."""
    (tmp_path / "added").mkdir()
    (tmp_path / "added" / "a").symlink_to(project.folder)
    (tmp_path / "here").mkdir()
    first, *_ = code_cells(CELLS)
    with Kernel(tmp_path / "here") as kernel:
        kernel.run("import os\nos.access = lambda *_: False")
        source = first.source.replace("/kaggle/input", str(tmp_path / "added"))
        assert text(kernel.run(source)).endswith("Ready.\n")
        kernel.run(cells_of("step2")[0].source)
    assert (tmp_path / "here" / "work" / "notebook" / "step1.py").exists()


@pytest.mark.slow
def test_with_an_address_the_notebook_fetches_the_project(
    tmp_path, project, monkeypatch
):
    """From a repository on this computer."""
    origin = tmp_path / "origin"
    made = project.bash(
        f"cp -r . '{origin}' && cd '{origin}' && rm -rf work && git init -q . && git add "
        "-A && git -c user.name=a -c user.email=a@b commit -qm all",
        cwd=project.folder,
    )
    assert made.returncode == 0, made.stderr
    set_address(monkeypatch, origin.as_uri())
    source = lesson_notebook.first_cell().source
    (tmp_path / "elsewhere").mkdir()
    with Kernel(tmp_path / "elsewhere") as kernel:
        assert text(kernel.run(source)).endswith("Ready.\n")
        kernel.run(cells_of("step2")[0].source)
        kernel.run("needs('beyond/read_photo.py')")
