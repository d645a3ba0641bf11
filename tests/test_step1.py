"""Step 1: the data, the drawing, and what a person gets when something is wrong."""

import hashlib
import re
import shutil
import sys
from types import SimpleNamespace

import numpy as np
import pytest
import step1
from person import ROOT, pictures, run_python, run_step, sentence

SHAPES = "(60000, 28, 28)\n(60000,)\n(10000, 28, 28)\n(10000,)\n"


@pytest.fixture(scope="module")
def mnist():
    return step1.load_mnist()


def test_the_data_readme_s_check(mnist):
    readme = (ROOT / "data" / "README.md").read_text()
    (x_train, y_train), (x_test, y_test) = mnist
    arrays = {
        "x_train": x_train,
        "y_train": y_train,
        "x_test": x_test,
        "y_test": y_test,
    }
    sums = {name: hashlib.sha256(array).hexdigest() for name, array in arrays.items()}
    for name, array in arrays.items():
        row = f"| `{name}` | {array.dtype} | {array.shape} | `{sums[name]}` |"
        assert row in readme
    code = re.search(r"^python -c \"(.*?)\"$", readme, re.M | re.S)[1]
    printed = run_python("-c", code, cwd=ROOT).stdout
    assert printed == "".join(f"{name} {sums[name]}\n" for name in sums)


def test_classes(mnist):
    (_, train_labels), (_, test_labels) = mnist
    assert np.bincount(train_labels).tolist() == [
        5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949
    ]  # fmt: skip
    assert np.bincount(test_labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009
    ]  # fmt: skip


def test_draw_digit():
    image = np.zeros((28, 28), np.uint8)
    image[0, :3] = 0, 128, 255
    image[27, 27] = 255
    lines = step1.draw_digit(image).split("\n")
    assert lines == ["  ==@@"] + [""] * 26 + [" " * 54 + "@@"]


def test_run(tmp_path):
    result = run_step(1, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(SHAPES)
    assert "with the label 5:" in result.stdout
    assert result.stdout.count("%%") > 50  # the ink of the drawing
    assert result.stdout.endswith("Picture saved: figures/step1-digits.png\n")
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert pictures(tmp_path) == ["step1-digits.png"]


@pytest.mark.parametrize("step", ["step1", "step2"])
def test_first_steps_do_without_tensorflow(step, tmp_path):
    code = f"import sys, {step}; {step}.main(); print({{'keras', 'tensorflow'}} & set(sys.modules))"
    result = run_python(
        "-c", f"import sys; sys.path.insert(0, {str(ROOT)!r}); {code}", cwd=tmp_path
    )
    assert result.stdout.endswith("set()\n"), result.stderr


def test_importing_reads_and_prints_nothing(tmp_path):
    for number in 1, 2, 3, 4:  # a copy without data: reading it would fail
        shutil.copy(ROOT / f"step{number}.py", tmp_path)
    before = sorted(tmp_path.iterdir())
    result = run_python("-B", "-c", "import step4, step3, step2, step1", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "")
    assert sorted(tmp_path.iterdir()) == before


def good_file():
    return (ROOT / "data" / "mnist.npz").read_bytes()


def write_arrays(path, **changes):
    arrays = {name: np.zeros(shape, np.uint8) for name, shape in step1.SHAPES.items()}
    arrays.update(changes)
    np.savez(path, **{name: a for name, a in arrays.items() if a is not None})


DAMAGE = {
    "empty": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("<html>404</html>"),
    "cut short": lambda path: path.write_bytes(good_file()[:5_000_000]),
    "one byte off": lambda path: path.write_bytes(
        good_file()[:5_000_000] + b"?" + good_file()[5_000_001:]
    ),
    "an array, not an archive": lambda path: np.save(path.open("wb"), np.zeros(3)),
    "a folder": lambda path: path.mkdir(),
    "an array missing": lambda path: write_arrays(path, y_test=None),
    "another shape": lambda path: write_arrays(
        path, x_test=np.zeros((9, 28, 28), np.uint8)
    ),
    "another dtype": lambda path: write_arrays(path, y_train=np.zeros(60000)),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_file(damage, tmp_path, monkeypatch):
    path = tmp_path / "data" / "mnist.npz"
    path.parent.mkdir()
    DAMAGE[damage](path)
    monkeypatch.setattr(step1, "DATA", path)
    with pytest.raises(OSError) as error:
        step1.load_mnist()
    message = str(error.value)
    assert message.startswith(f"{path} cannot be used (")
    assert f"git -C {tmp_path} checkout data/mnist.npz" in message
    assert "\n" not in message


@pytest.fixture
def copy(tmp_path):
    """A folder with step1.py alone: somebody copied the script."""
    folder = tmp_path / "copy"
    folder.mkdir()
    shutil.copy(ROOT / "step1.py", folder)
    return folder


def test_damaged_file_as_a_person_sees_it(copy, tmp_path):
    (copy / "data").mkdir()
    (copy / "data" / "mnist.npz").write_bytes(good_file()[:1000])
    result = run_step(1, cwd=tmp_path, root=copy)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    assert "mnist.npz cannot be used (File is not a zip file)" in sentence(
        result.stderr
    )


def test_missing_file_and_no_network(copy, tmp_path):
    result = run_step(1, cwd=tmp_path, root=copy)
    assert result.returncode == 1
    message = sentence(result.stderr)
    assert "mnist.npz is missing and MNIST cannot be downloaded" in message
    assert "checkout data/mnist.npz" in message


def test_missing_file_turns_to_keras(tmp_path, monkeypatch):
    mnist = SimpleNamespace(load_data=lambda: "what Keras loads")
    keras = SimpleNamespace(datasets=SimpleNamespace(mnist=mnist))
    monkeypatch.setitem(sys.modules, "keras", keras)
    monkeypatch.setattr(step1, "DATA", tmp_path / "data" / "mnist.npz")
    assert step1.load_mnist() == "what Keras loads"


def test_figures_cannot_be_written(tmp_path):
    (tmp_path / "figures").write_text("mine")
    result = run_step(1, cwd=tmp_path)
    assert result.returncode == 1
    assert result.stdout.startswith(SHAPES)
    assert result.stderr.startswith("figures cannot be written (File exists): ")
    assert result.stderr.count("\n") == 1
    assert (tmp_path / "figures").read_text() == "mine"


def test_full_disk(capsys):
    def main():
        raise OSError(28, "No space left on device")

    with pytest.raises(SystemExit) as stop:
        step1.run(main)
    assert str(stop.value).startswith(
        "A file cannot be written (No space left on device)"
    )
