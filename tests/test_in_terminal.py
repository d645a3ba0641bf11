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
from pages import NAMES, before, scripts
from person import pictures
from PIL import Image
from project import Project, blocks

pytestmark = pytest.mark.slow

LAST = NAMES[-1]
CHECKED = NAMES[:-1]
LEFT = {  # beside the scripts, and what start.py brings: when a page is done
    "first": {"first.keras", "ten-digits.png"},
    "step1": {"figures"},
    "step4": {"models"},
    "finish": {"write-digits.html", "photo.png", "pictures"},
}


@pytest.fixture(scope="module")
def walk(tmp_path_factory):
    """Everything that was seen on the way through the pages, by name.

    For each page its `outputs` and `stderr`, what its `checks` said before and after,
    and the `project` as it was left. The exercises have few digits:
    results/exercises.py does them with all.
    """
    home = tmp_path_factory.mktemp("a")
    project = Project(home / "Übung #3")
    assert project.start().returncode == 0
    seen = {}
    for name in NAMES:
        checks = [project.check(name)] if name in CHECKED else []
        if name == LAST:
            project.few_from_here()
        outputs, stderr = project.follow(name)
        checks += [project.check(name)] if name in CHECKED else []
        seen[name] = SimpleNamespace(
            outputs=outputs,
            stderr=stderr,
            checks=checks,
            project=project.copy(home / f"after {name}"),
        )
    return seen


@pytest.mark.parametrize("name", NAMES)
def test_output_shown_is_output_seen(name, walk):
    for shown, seen in walk[name].outputs:
        compare(shown, seen, few=name == LAST)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_failed(name, walk):
    for failure in "Traceback", "UserWarning", "No such file", "not found":
        assert failure not in walk[name].stderr


@pytest.mark.parametrize("name", NAMES)
def test_what_a_page_leaves(name, walk):
    work = walk[name].project.work
    made = scripts([*before(name), name])
    if name == LAST:
        made["exercise.py"] = hold_out_few(made["exercise.py"])
    assert {path.name: path.read_text() for path in work.glob("*.py")} == made
    left = [LEFT.get(done, set()) for done in [*before(name), name]]
    names = {path.name for path in work.glob("[!._]*")}
    assert names == {"data", "beyond", *made}.union(*left)


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
    seen = "\n".join(seen for _, seen in walk[LAST].outputs)
    assert len(exercises.ROW.findall(seen)) >= 9


# What check.py says


@pytest.mark.parametrize("name", CHECKED)
def test_check_stops_before_the_page_and_lets_on_after_it(name, walk):
    stopped, let_on = walk[name].checks
    assert stopped.count("\n") == 1 and let_on == ""


def edit(name, right, wrong):
    """Returns what replaces some words in a script, all of which it has."""

    def change(folder):
        text = (folder / name).read_text()
        assert right in text
        (folder / name).write_text(text.replace(right, wrong))

    return change


def remove(name):
    return lambda folder: (folder / name).unlink()


def write(name, text=""):
    return lambda folder: (folder / name).write_text(text)


def again(name, block):
    """Returns what appends a script's block again, as if it had been pasted twice."""
    return lambda folder: (folder / name).open("a").write(block)


def white(folder):
    Image.new("L", (100, 100), 255).save(folder / "figures" / "step1-digits.png")


def untrained(folder):
    import step4

    model = step4.NETWORKS["lenet5-relu-max"]()
    model.save(folder / "models" / "lenet5-relu-max.keras")


def copy(name, other):
    return lambda folder: shutil.copy(folder / name, folder / other)


LENET5, PICTURE = "models/lenet5-relu-max.keras", "figures/step1-digits.png"
GUARD = 'if __name__ == "__main__":\n    main()\n'
TWICE = "\n\ndef draw_digit(image):\n    print(image)\n"
START = "type python ../lesson/start.py --page"
RIGHT = "is not what the page has"
WRONG = [  # page, what somebody has done, how the check's sentence begins
    ("step1", remove("step1.py"), "step1.py is missing: run its blocks"),
    (
        "step1",
        edit("step1.py", "x_train", "x_test"),
        f"`load_mnist` in step1.py {RIGHT}",
    ),
    (
        "step1",
        edit("step1.py", "def save_fig", "def save_pic"),
        "step1.py has `save_pic",
    ),
    (
        "step1",
        again("step1.py", TWICE),
        "step1.py goes on after its end, with `draw_di",
    ),
    ("step1", edit("step1.py", GUARD, ""), "the call of `main` is missing in step1.py"),
    (
        "step1",
        edit("step1.py", "for row in", "for row on"),
        "line 22 of step1.py is no",
    ),
    ("step1", remove("convolve.py"), "convolve.py is missing: run its blocks"),
    (
        "step1",
        edit("convolve.py", "- k + 1", "- k"),
        f"`convolve` in convolve.py {RIGHT}",
    ),
    ("step1", remove("data/mnist.npz"), "The digits are missing: type rm -f "),
    ("step1", write("data/mnist.npz", "404"), "The digits are missing: type rm -f "),
    ("step1", remove(PICTURE), f"The picture {PICTURE} is missing"),
    ("step1", write(PICTURE), f"{PICTURE} is not a picture"),
    ("step1", white, f"The picture {PICTURE} is empty"),
    ("step2", remove("step1.py"), f"step1.py is missing: {START} step2."),
    (
        "step2",
        edit("step1.py", '__":', '__"'),
        "line 48 of step1.py is not Python: type r",
    ),
    (
        "step2",
        edit("step2.py", "(2, 2), (2", "(4, 0), (2"),
        f"`pad` in step2.py {RIGHT}",
    ),
    ("step3", edit("step3.py", "1516", "1517"), f"`PAPER` in step3.py {RIGHT}"),
    (
        "step3",
        edit("step3.py", "def build_d", "def make_d"),
        "step3.py has `make_dense`",
    ),
    (
        "step4",
        edit("step3.py", "filters=16", "filters=12"),
        f"`build_lenet5` in step3.py",
    ),
    (
        "inside",
        edit("step4.py", "\n    main()", "\n    prepare()"),
        "the call of `main` i",
    ),
    ("inside", remove("step4.py"), f"step4.py is missing: {START} inside, and run its"),
    ("inside", remove("figures/step4-errors.png"), "The picture figures/step4-errors"),
    ("first", remove("first.keras"), "The network first.keras is missing"),
    ("first", write("first.keras", "no network"), "first.keras is not a network"),
    ("first", remove("ten-digits.png"), "The picture ten-digits.png is missing"),
    ("step4", remove(LENET5), f"The network {LENET5} is missing"),
    ("step4", untrained, f"{LENET5} reads only "),
    (
        "inside",
        copy("models/dense.keras", LENET5),
        f"{LENET5} does not have the layers",
    ),
    ("inside", copy("models/lenet5-tanh-avg.keras", LENET5), f"{LENET5} does not have"),
]


@pytest.mark.parametrize("name, change, said", WRONG)
def test_check_says_what_is_wrong(name, change, said, walk, tmp_path):
    project = walk[name].project.copy(tmp_path / "project")
    change(project.work)
    sentence = project.check(name)
    assert sentence.startswith(said) and sentence.count("\n") == 1
    script = re.search(r"(\w+\.py)[ :]", sentence)
    todo = re.findall(r"type (.*?)(?:, and|\.?$)", sentence, re.M)
    if "run its blocks" in sentence:
        todo += [b for b in blocks(name) if re.match(f"cat >>? {script[1]}", b)]
    if todo:  # what it says to type, and the page's blocks again: all is well
        assert project.bash("\n".join(todo)).returncode == 0
        assert project.check(name) == ""
