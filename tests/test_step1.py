"""Step 1: the data, the drawing, and what it prints."""

import hashlib
import re
import shutil
import subprocess

import numpy as np
import step1
from person import ROOT, pictures, run_python

SHAPES = "(60000, 28, 28)\n(60000,)\n(10000, 28, 28)\n(10000,)\n"
README = (ROOT / "data" / "README.md").read_text()


def test_the_data_readme_s_check():
    train_digits, test_digits = step1.load_mnist()
    names = "x_train", "y_train", "x_test", "y_test"
    code = re.search(r"^python -c \"(.*?)\"$", README, re.M | re.S)[1]
    printed = run_python("-c", code, cwd=ROOT).stdout
    for name, array in zip(names, [*train_digits, *test_digits]):
        sha256 = hashlib.sha256(array).hexdigest()
        assert f"{name} {sha256}\n" in printed
        assert f"| `{name}` | {array.dtype} | {array.shape} | `{sha256}` |" in README


def test_draw_digit(capsys):
    step1.draw_digit(np.array([[0, 128, 255], [25, 26, 0]], np.uint8))
    assert capsys.readouterr().out == "  ==@@\n  ..  \n"


def test_run(tmp_path):
    """The four shapes come first, on four lines, as a beginner prints them."""
    result = run_python(ROOT / "step1.py", cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith(SHAPES)
    assert result.stdout.count("@@") > 50  # the ink of the drawing
    assert result.stdout.endswith("Picture saved: figures/step1-digits.png\n")
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert pictures(tmp_path) == ["step1-digits.png"]


IMPORT = """
import signal, sys
handlers = [signal.getsignal(number) for number in signal.valid_signals()]
import step2
assert "keras" not in sys.modules
import step4
assert handlers == [signal.getsignal(number) for number in signal.valid_signals()]
"""


def test_an_import_changes_and_prints_nothing(tmp_path):
    for number in 1, 2, 3, 4:  # a copy without data: reading it would fail
        shutil.copy(ROOT / f"step{number}.py", tmp_path)
    before = sorted(tmp_path.iterdir())
    result = run_python("-B", "-c", IMPORT, cwd=tmp_path)
    assert (result.returncode, result.stdout) == (0, "")
    assert sorted(tmp_path.iterdir()) == before


def test_the_command_that_fetches_the_file(tmp_path):
    """Without the file, Python says which one is missing; data/README.md fetches it."""
    shutil.copy(ROOT / "step1.py", tmp_path)
    result = run_python("step1.py", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (1, "")
    path = tmp_path / "data" / "mnist.npz"
    assert f"No such file or directory: {str(path)!r}" in result.stderr

    with np.load(step1.DATA) as mnist:  # in Keras's archive: uncompressed
        np.savez(tmp_path / "keras.npz", **mnist)
    command = re.search("(?m)^curl .*", README)[0]
    command = re.sub(r"https://\S+", (tmp_path / "keras.npz").as_uri(), command)
    subprocess.run(command, shell=True, check=True, capture_output=True, cwd=tmp_path)
    assert run_python("step1.py", cwd=tmp_path).stdout.startswith(SHAPES)

    missing = command.replace("keras.npz", "nothing.npz")
    subprocess.run(missing, shell=True, capture_output=True, cwd=tmp_path)
    assert path.exists()  # it is still there
