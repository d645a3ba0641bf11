"""A walk through the lesson: each page in its sandbox, from that scenario's own start."""

import re
import shutil
from functools import cache
from types import SimpleNamespace

import errors
import exercises
import keras
import pytest
import step4
from conftest import CHECKED, COURSE, FETCH, TRAINING, Sandbox, blocks, clean, compare
from conftest import hold_out_few, save_few_digits
from pages import PAGES, scripts
from person import ROOT, pictures
from PIL import Image
from step1 import DATA

NETWORKS = list(step4.NETWORKS)
LEFT = {  # beside the scripts and the digits
    "README.md": {"first.keras", "ten-digits.png"},
    "step1.md": {"figures"},
    "step2.md": {"figures"},
    "step3.md": set(),
    "step4.md": {"figures", "models"},
    "inside.md": {"figures", "models"},
    "finish.md": {
        "beyond",
        "figures",
        "lenet5.html",
        "models",
        "photo.png",
        "pictures",
    },
}


@pytest.fixture(scope="module")
def walk(request, tmp_path_factory):
    """Returns a function that walks a page, once, from its scenario's own start.

    It returns how the scenario `started`, its `outputs` and `stderr`, what its `checks`
    said before and after, if it was checked, and the `sandbox` as it was left.
    """
    few = not request.config.getoption("--all")
    few_digits = tmp_path_factory.mktemp("data") / "few.npz"
    save_few_digits(few_digits)

    @cache
    def walk_page(page):
        # The exercises with all images are for results/exercises.py: they take minutes.
        with_few = page == "finish.md" or few and page in TRAINING
        # For the networks that the last two pages begin with, few images are enough.
        trains = PAGES.index(page) > PAGES.index("step4.md")
        sandbox = Sandbox(tmp_path_factory.mktemp("home"), page, with_few or trains)
        sandbox.set_up(few_digits if sandbox.few else DATA)
        started = sandbox.wait(), read_scripts(sandbox.folder)
        sandbox.few = with_few
        shutil.copy(few_digits if with_few else DATA, sandbox.folder / "data/mnist.npz")
        checked = page in CHECKED and not with_few
        before = sandbox.check() if checked else None
        outputs, stderr = sandbox.follow()
        return SimpleNamespace(
            started=started,
            outputs=outputs,
            stderr=stderr,
            checks=(before, sandbox.check()) if checked else None,
            sandbox=sandbox,
        )

    return walk_page


def read_scripts(folder):
    return {path.name: path.read_text() for path in folder.glob("*.py")}


@pytest.fixture(scope="module")
def trained(walk):
    """The training of the lesson's step 4: the folder, and what it printed."""
    inside = walk("inside.md")
    outputs = (seen for _, seen in inside.outputs)
    return inside.sandbox.folder, next(s for s in outputs if "LeNet-5, paper" in s)


@pytest.mark.parametrize("page", PAGES)
def test_each_scenario_begins_with_what_the_pages_before_have_made(page, walk):
    shown, started = walk(page).started
    assert shown.endswith("Ready.\n")
    # what the set-up prints is in the terminal, as it is in the log
    assert re.findall("(.*) was here", shown) == ["apt-get"] * 2 + [
        "python3",
        "pip",
        "curl",
    ]
    assert started == scripts(PAGES[: PAGES.index(page)])


def test_set_up_installs_the_requirements_and_fetches_the_digits(walk):
    home = walk("step1.md").sandbox.folder.parent
    wanted = (ROOT / "requirements.txt").read_text()
    packages = (home / ".lesson" / "packages.txt").read_text()
    assert packages == wanted.replace("tensorflow", "tensorflow-cpu")
    assert "pip install -r ~/.lesson/packages.txt" in (COURSE / "setup.sh").read_text()
    for file in COURSE / "setup.sh", ROOT / "data" / "README.md":
        assert f"{FETCH}\n" in file.read_text()


# Following them


@pytest.mark.parametrize("page", PAGES)
def test_output_shown_is_output_seen(page, walk):
    for shown, seen in walk(page).outputs:
        compare(shown, clean(seen), walk(page).sandbox.few)


@pytest.mark.parametrize("page", PAGES)
def test_nothing_failed(page, walk):
    for failure in "Traceback", "UserWarning", "No such file", "not found":
        assert failure not in walk(page).stderr


@pytest.mark.parametrize("page", PAGES)
def test_the_scripts_that_grew_are_the_page_s(page, walk):
    sandbox = walk(page).sandbox
    wanted = scripts(PAGES[: PAGES.index(page) + 1])
    if sandbox.few:
        wanted = {name: hold_out_few(text) for name, text in wanted.items()}
    assert read_scripts(sandbox.folder) == wanted


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_leaves(page, walk):
    names = {path.name for path in walk(page).sandbox.folder.glob("[!._]*")}
    made = set(scripts(PAGES[: PAGES.index(page) + 1])) | {"data"}
    assert names == made | LEFT[page]


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


def test_exercises_print_what_their_table_reads(walk):
    seen = "\n".join(clean(seen) for _, seen in walk("finish.md").outputs)
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


# The checks


@pytest.mark.parametrize("page", CHECKED)
def test_check_stops_before_the_page_and_lets_on_after_it(page, walk):
    if walk(page).sandbox.few:
        pytest.skip("few images are not enough for it")
    before, after = walk(page).checks
    assert before.count("\n") == 1 and after == ""


def edit(name, right, wrong):
    """Returns what replaces some words in a script, all of which it has."""

    def change(folder):
        text = (folder / name).read_text()
        assert right in text
        (folder / name).write_text(text.replace(right, wrong))

    return change


def again(name, block):
    """Returns what appends a script's block again, as if it had been pasted twice."""
    return lambda folder: (folder / name).open("a").write(block)


def remove(name):
    return lambda folder: (folder / name).unlink()


def write(name, text=""):
    return lambda folder: (folder / name).write_text(text)


def copy(name, other):
    return lambda folder: shutil.copy(folder / name, folder / other)


def untrained(folder):
    model = step4.NETWORKS["lenet5-relu-max"]()
    model.save(folder / "models" / "lenet5-relu-max.keras")


def white(folder):
    Image.new("L", (100, 100), 255).save(folder / "figures" / "step1-digits.png")


def first_block_left_out(folder):
    (folder / "first.keras").unlink()
    (folder / "ten-digits.png").unlink()


LENET5 = "models/lenet5-relu-max.keras"
WRONG = [  # page, what somebody has done, how the check's sentence begins
    ("step1.md", remove("step1.py"), "step1.py is missing"),
    (
        "step1.md",
        edit("step1.py", 'mnist["x_train"]', 'mnist["x_test"]'),
        "`load_mnist` in step1.py is not what the page has",
    ),
    (
        "step1.md",
        edit("step1.py", " * 2", ""),
        "`draw_digit` in step1.py is not what the page has",
    ),
    (
        "step1.md",
        edit("step1.py", "def save_figure", "def save_picture"),
        "step1.py has `save_picture` where `save_figure` belongs",
    ),
    (
        "step1.md",
        again("step1.py", "\n\ndef draw_digit(image):\n    print(image)\n"),
        "step1.py goes on after its end, with `draw_digit`",
    ),
    (
        "step1.md",
        edit("step1.py", 'if __name__ == "__main__":\n    main()\n', ""),
        "the call of `main` is missing in step1.py",
    ),
    ("step1.md", edit("step1.py", "    try:", "    try"), "line 18 of step1.py is not"),
    ("step1.md", remove("convolve.py"), "convolve.py is missing: run its blocks"),
    ("step1.md", remove("data/mnist.npz"), "The digits are missing: type curl -f "),
    ("step1.md", write("data/mnist.npz", "404"), "The digits are missing: type curl "),
    ("step1.md", lambda folder: shutil.rmtree(folder), "Something is broken on this "),
    ("step2.md", remove("step1.py"), "step1.py is missing: type cp "),
    (
        "step2.md",
        edit("step1.py", '"__main__":', '"__main__"'),
        "line 53 of step1.py is not Python: type cp ",
    ),
    (
        "step1.md",
        edit("convolve.py", "len(image) - k + 1", "len(image) - k"),
        "`convolve` in convolve.py is not what the page has",
    ),
    (
        "step1.md",
        remove("figures/step1-digits.png"),
        "The picture figures/step1-digits.png is missing",
    ),
    (
        "step1.md",
        write("figures/step1-digits.png"),
        "figures/step1-digits.png is not a picture",
    ),
    ("step1.md", white, "The picture figures/step1-digits.png is empty"),
    (
        "step2.md",
        edit("step2.py", "BACKGROUND = -0.1", "BACKGROUND = 0"),
        "`BACKGROUND` in step2.py is not what the page has",
    ),
    (
        "step2.md",
        edit("step2.py", "images.astype", "(images > 127).astype"),
        "`normalize` in step2.py is not what the page has",
    ),
    (
        "step2.md",
        edit("step2.py", "(2, 2), (2, 2)", "(4, 0), (4, 0)"),
        "`pad` in step2.py is not what the page has",
    ),
    (
        "step3.md",
        edit("step3.py", ', activation="softmax", name="output"', ', name="output"'),
        "`build_lenet5` in step3.py is not what the page has",
    ),
    (
        "step3.md",
        edit("step3.py", "activation=activation", 'activation="tanh"'),
        "`build_lenet5` in step3.py is not what the page has",
    ),
    (
        "step3.md",
        edit(
            "step3.py", "            pooling(", "            layers.AveragePooling2D("
        ),
        "`build_lenet5` in step3.py is not what the page has",
    ),
    (
        "step3.md",
        edit("step3.py", "filters=16,", "filters=15,"),
        "`build_lenet5` in step3.py is not what the page has",
    ),
    (
        "step3.md",
        edit("step3.py", "def build_dense():", "def build_other():"),
        "step3.py has `build_other` where `build_dense` belongs",
    ),
    (
        "step4.md",
        edit("step3.py", "filters=16,", "filters=12,"),
        "`build_lenet5` in step3.py is not what the page has: type cp ",
    ),
    ("step4.md", remove("step4.py"), "step4.py is missing"),
    (
        "step4.md",
        edit("step4.py", "label_smoothing=LABEL_SMOOTHING", ""),
        "`train` in step4.py is not what the page has",
    ),
    ("inside.md", remove("step4.py"), "step4.py is missing"),
    (
        "inside.md",
        edit("step4.py", "\n    main()\n", "\n    parse_options()\n"),
        "the call of `main` in step4.py is not what the page has",
    ),
    ("inside.md", remove("figures/step4-errors.png"), "The picture figures/step4-err"),
]
WRONG_NETWORKS = [
    ("README.md", remove("first.keras"), "The network first.keras is missing"),
    ("README.md", first_block_left_out, "The network first.keras is missing"),
    ("README.md", write("first.keras", "no network"), "first.keras is not a network"),
    ("README.md", remove("ten-digits.png"), "The picture ten-digits.png is missing"),
    ("step4.md", remove(LENET5), f"The network {LENET5} is missing"),
    ("step4.md", untrained, f"{LENET5} reads only "),
    (
        "inside.md",
        copy("models/dense.keras", LENET5),
        f"{LENET5} does not have the layers that it should have",
    ),
    (
        "inside.md",
        copy("models/lenet5-tanh-avg.keras", LENET5),
        f"{LENET5} does not have the layers that it should have",
    ),
]


@pytest.mark.parametrize("page, change, said", WRONG)
def test_check_says_what_is_wrong(page, change, said, walk, tmp_path):
    sandbox = walk(page).sandbox.copy(tmp_path)
    change(sandbox.folder)
    sentence = sandbox.check()
    assert sentence.startswith(said) and sentence.count("\n") == 1
    script = re.search(r"\w+\.py", sentence)
    if script:  # what it says to type, and the page again: all is well
        todo = re.findall("type (.*?)(?: and run|$)", sentence, re.M)
        if "run its blocks" in sentence:
            todo += [b for b in blocks(page) if re.match(f"cat >>? {script[0]}", b)]
        assert sandbox.bash("\n".join(todo)).returncode == 0
        assert not re.search(r"\.py", sandbox.check())


@pytest.mark.slow
@pytest.mark.parametrize("page, change, said", WRONG_NETWORKS)
def test_check_says_which_network_is_wrong(page, change, said, walk, tmp_path):
    sandbox = walk(page).sandbox.copy(tmp_path)
    change(sandbox.folder)
    assert sandbox.check().startswith(said)
