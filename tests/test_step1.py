"""Step 1: the data, the drawing, and what a person gets when something is wrong."""

import hashlib
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import step1
from person import ENVIRONMENT, ROOT, pictures, run_python, run_step

SHAPES = "(60000, 28, 28) (60000,) (10000, 28, 28) (10000,)\n"


@pytest.fixture(scope="module")
def mnist():
    return step1.load_mnist()


def test_the_data_readme_s_check(mnist):
    readme = (ROOT / "data" / "README.md").read_text()
    names = "x_train", "y_train", "x_test", "y_test"
    arrays = dict(
        zip(names, (array for images_labels in mnist for array in images_labels))
    )
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


def test_draw_digit(capsys):
    step1.draw_digit(np.array([[0, 128, 255], [25, 26, 0]], np.uint8))
    assert capsys.readouterr().out == "  ==@@\n  ..  \n"


def test_run(tmp_path):
    result = run_step(1, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(SHAPES)
    assert "with the label 5:" in result.stdout
    assert result.stdout.count("@@") > 50  # the ink of the drawing
    assert result.stdout.endswith("Picture saved: figures/step1-digits.png\n")
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert pictures(tmp_path) == ["step1-digits.png"]


def test_importing_reads_and_prints_nothing(tmp_path):
    for number in 1, 2, 3, 4:  # a copy without data: reading it would fail
        shutil.copy(ROOT / f"step{number}.py", tmp_path)
    before = sorted(tmp_path.iterdir())
    code = "import step2, sys; assert 'keras' not in sys.modules; import step4"
    result = run_python("-B", "-c", code, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "")
    assert sorted(tmp_path.iterdir()) == before


def good_file():
    return (ROOT / "data" / "mnist.npz").read_bytes()


DAMAGE = {
    "missing": lambda path: None,
    "empty": lambda path: path.write_bytes(b""),
    "a page": lambda path: path.write_text("<html>404</html>"),
    "a pointer": lambda path: path.write_text("version https://git-lfs.github.com/"),
    "cut short": lambda path: path.write_bytes(good_file()[:5_000_000]),
    "one byte off": lambda path: path.write_bytes(
        good_file()[:5_000_000] + b"?" + good_file()[5_000_001:]
    ),
    "an array": lambda path: np.save(path.open("wb"), np.zeros(3)),
    "another archive": lambda path: np.savez(path, x_train=np.zeros(3)),
    "a folder": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_file(damage, tmp_path, monkeypatch):
    path = tmp_path / "mnist.npz"
    DAMAGE[damage](path)
    monkeypatch.setattr(step1, "DATA", path)
    with pytest.raises(SystemExit) as stop:
        step1.load_mnist()
    command = f'curl --create-dirs -o "{path}" {step1.URL}'
    assert stop.value.code == f"{path} is missing or damaged. To fetch it: {command}"


def test_the_command_that_fetches_the_file(mnist, tmp_path):
    folder = tmp_path / "a copy"  # of the script alone
    folder.mkdir()
    shutil.copy(ROOT / "step1.py", folder)
    result = run_step(1, cwd=tmp_path, root=folder)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    command = result.stderr.partition("To fetch it: ")[2]

    (x_train, y_train), (x_test, y_test) = mnist  # in Keras's archive: uncompressed
    arrays = {
        "x_test": x_test,
        "x_train": x_train,
        "y_train": y_train,
        "y_test": y_test,
    }
    np.savez(tmp_path / "keras.npz", **arrays)
    command = command.replace(step1.URL, f"file://{tmp_path}/keras.npz")
    subprocess.run(command, shell=True, check=True, capture_output=True)
    assert run_step(1, cwd=tmp_path, root=folder).stdout.startswith(SHAPES)


def test_figures_cannot_be_written(tmp_path):
    (tmp_path / "figures").write_text("mine")
    result = run_step(1, cwd=tmp_path)
    assert result.returncode == 1
    assert result.stdout.startswith(SHAPES)
    assert result.stderr.startswith("Cannot save results here ([Errno 17] File exists")
    assert result.stderr.count("\n") == 1
    assert (tmp_path / "figures").read_text() == "mine"


@pytest.mark.parametrize("step", [1, 3])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_head_ends_a_step_quietly(step, unbuffered, tmp_path):
    result = subprocess.run(
        ["bash", "-c", f"'{sys.executable}' '{ROOT}/step{step}.py' | head -3"],
        cwd=tmp_path,
        env={**ENVIRONMENT, "PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
    )
    assert result.stdout.count("\n") == 3
    assert "Broken" not in result.stderr and "Traceback" not in result.stderr
