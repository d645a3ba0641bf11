"""The pages, followed in a terminal from the first block to the last, and checked.

All of it takes minutes, since each block starts a Python: the notebook's tests follow
the same blocks in one kernel.
"""

import re
import shutil
from types import SimpleNamespace

import exercises
import pytest
from outputs import compare, hold_out_few
from pages import LESSON, NAMES, before, ready, scripts
from person import pictures
from project import Project

pytestmark = pytest.mark.slow

FEW = NAMES[
    NAMES.index("apart") :
]  # pages with few digits: results/ does them with all
LEFT = {  # beside the scripts, and what start.py brings: when a page is done
    "first": {"first.keras", "ten-digits.png"},
    "step1": {"figures"},
    "step4": {"models", "write-digits.html"},
    "cures": {"write-signs.html"},
    "handwriting": {"photo.png", "memory.keras"},
    "shapes": {"pictures"},
}


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """Everything that was seen on the way through the pages, by name.

    For each page its `outputs` and `stderr`, what its `checks` said before and after,
    and the `project` as it was left. Our answers are put into the tasks.
    """
    home = tmp_path_factory.mktemp("a")
    project = Project(home / "Übung #3")
    assert project.start().returncode == 0
    seen = {}
    for name in NAMES:
        if name == FEW[0]:
            project.few_from_here()
        before = project.check(name)
        outputs, stderr = project.follow(name)
        seen[name] = SimpleNamespace(
            outputs=outputs,
            stderr=stderr,
            checks=(before, project.check(name)),
            project=project.copy(home / f"after {name}"),
        )
    return seen


@pytest.mark.parametrize("name", NAMES)
def test_output_shown_is_output_seen(name, walk):
    for shown, seen in walk[name].outputs:
        compare(shown, seen, few=name in FEW)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_failed(name, walk):
    for failure in "Traceback", "UserWarning", "No such file", "not found":
        assert failure not in walk[name].stderr


@pytest.mark.parametrize("name", NAMES)
def test_what_a_page_leaves(name, walk):
    work = walk[name].project.work
    made = ready() | scripts([*before(name), name])
    if name in FEW:
        made = {script: hold_out_few(text) for script, text in made.items()}
    found = {path.name: path.read_text() for path in work.glob("*.py")}
    assert found.pop("check.py") == (LESSON / "check.py").read_text()
    if name in FEW:
        found = {script: hold_out_few(text) for script, text in found.items()}
    assert found == made
    left = [LEFT.get(done, set()) for done in [*before(name), name]]
    names = {path.name for path in work.glob("[!._]*")}
    assert names == {"data", "beyond", "check.py", *made}.union(*left)


def test_step4(walk):
    """Its table is one that the text speaks of, and its pictures are there."""
    seen = next(seen for _, seen in walk["inside"].outputs if "training digits" in seen)
    rows = re.findall(r"^([\w-]+) +([\d.]+) +([\d.]+)$", seen, re.M)
    assert [name for name, *_ in rows] == [
        "dense",
        "lenet5-tanh-avg",
        "lenet5-relu-max",
    ]
    for _, training_error, test_error in rows:
        assert float(training_error) < float(test_error)
    dense, tanh, relu = (float(test_error) for *_, test_error in rows)
    assert relu < 1.1 and tanh < 1.3 and 1.2 < dense < 2.5
    table = seen[seen.index("error in percent") :]
    assert max(map(len, table.splitlines())) <= 80
    saved = re.findall(r"saved: figures/(.*)", seen)
    names = "errors", "mistakes", "confusion", "feature-maps"
    assert saved == [f"step4-{name}.png" for name in names]
    assert set(saved) < set(pictures(walk["inside"].project.work))


def test_exercises_print_what_their_table_reads(walk):
    seen = "\n".join(seen for _, seen in walk["apart"].outputs)
    assert len(exercises.ROW.findall(seen)) >= 9


def test_cures(walk):
    """Moved digits help where digits are moved."""
    seen = "\n".join(seen for _, seen in walk["cures"].outputs)
    wrong = dict(re.findall(r"^(.*), moved by 4 pixels: ([\d.]+) % wrong$", seen, re.M))
    assert set(wrong) == {"dense", "lenet5-relu-max", "cured"}


# What check.py says of pages


@pytest.mark.parametrize("name", NAMES)
def test_check_stops_before_the_page_and_lets_on_after_it(name, walk):
    stopped, let_on = walk[name].checks
    if name != "apart":  # which asks for nothing
        assert stopped.count("\n") == 1 and stopped != "Right.\n"
    if name == "handwriting":  # which was trained on few digits
        assert let_on.startswith("memory.keras ")
    else:
        assert let_on == "Right.\n"


def remove(name):
    return lambda folder: (folder / name).unlink()


def untrained(folder):
    import step4

    model = step4.NETWORKS["lenet5-relu-max"]()
    model.save(folder / "models" / "lenet5-relu-max.keras")


def dense_network(folder):
    import step3

    step3.build_dense().save(folder / "first.keras")


def copy(name, other):
    return lambda folder: shutil.copy(folder / name, folder / other)


LENET5 = "models/lenet5-relu-max.keras"
WRONG = [  # page, what somebody has done, how the check's sentence begins
    ("step1", remove("data/mnist.npz"), "data/mnist.npz is missing"),
    ("first", remove("first.keras"), "first.keras is missing"),
    ("first", dense_network, "first.keras is not LeNet-5"),
    ("first", remove("ten-digits.png"), "The picture ten-digits.png is missing"),
    ("step4", remove(LENET5), f"{LENET5} is missing"),
    ("step4", untrained, f"{LENET5} reads only "),
    ("step4", copy("models/dense.keras", LENET5), f"{LENET5} does not have the layers"),
    ("inside", remove("figures/step4-errors.png"), "The picture figures/step4-errors"),
]


@pytest.mark.parametrize("name, change, said", WRONG)
def test_check_says_what_is_wrong(name, change, said, walk, tmp_path):
    project = walk[name].project.copy(tmp_path / "project")
    change(project.work)
    sentence = project.check(name)
    assert sentence.startswith(said) and sentence.count("\n") == 1


def test_what_is_missing_comes_back(walk, tmp_path):
    """As the first page says: delete a script, and start.py brings it."""
    project = walk["step2"].project.copy(tmp_path / "project")
    (project.work / "step1.py").write_text("def half(")
    assert project.check("step2").startswith("line 1 of step1.py is not Python")
    (project.work / "step1.py").unlink()
    assert project.start("--page", "step2").returncode == 0
    assert project.check("step2") == "Right.\n"
