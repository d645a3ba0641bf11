"""Step 1: the data, the drawing, and what a person gets when something is wrong."""

import hashlib
import re
import shutil
import subprocess

import numpy as np
import pytest
import step1
from person import ROOT, pictures, run_python, run_step

SHAPES = """\
to train with: (60000, 28, 28) (60000,)
to test with:  (10000, 28, 28) (10000,)
"""


def test_the_data_readme_s_check():
    readme = (ROOT / "data" / "README.md").read_text()
    (x_train, y_train), (x_test, y_test) = step1.load_mnist()
    arrays = {
        "x_train": x_train,
        "y_train": y_train,
        "x_test": x_test,
        "y_test": y_test,
    }
    code = re.search(r"^python -c \"(.*?)\"$", readme, re.M | re.S)[1]
    printed = run_python("-c", code, cwd=ROOT).stdout
    for name, array in arrays.items():
        sha256 = hashlib.sha256(array).hexdigest()
        assert f"{name} {sha256}\n" in printed
        assert f"| `{name}` | {array.dtype} | {array.shape} | `{sha256}` |" in readme


def test_draw_digit(capsys):
    step1.draw_digit(np.array([[0, 128, 255], [25, 26, 0]], np.uint8))
    assert capsys.readouterr().out == "  ==@@\n  ..  \n"


def test_run(tmp_path):
    result = run_step(1, cwd=tmp_path)
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


def good_file():
    return (ROOT / "data" / "mnist.npz").read_bytes()


DAMAGE = {
    "missing": lambda path: None,
    "empty": lambda path: path.write_bytes(b""),
    "a page": lambda path: path.write_text("<html>404</html>"),
    "cut short": lambda path: path.write_bytes(good_file()[:5_000_000]),
    "one byte off": lambda path: path.write_bytes(
        good_file()[:5_000_000] + b"?" + good_file()[5_000_001:]
    ),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_file(damage, tmp_path, monkeypatch):
    path = tmp_path / "mnist.npz"
    DAMAGE[damage](path)
    monkeypatch.setattr(step1, "DATA", path)
    with pytest.raises(SystemExit) as stop:
        step1.load_mnist()
    start, _, command = stop.value.code.partition("; to fetch it: ")
    assert start.startswith(f"Cannot read {path} (") and start.endswith(")")
    assert command == f'curl -f --create-dirs -o "{path}" {step1.URL}'


def test_out_of_memory_is_called_by_its_name(monkeypatch):
    def load(path):
        raise MemoryError

    monkeypatch.setattr(np, "load", load)
    with pytest.raises(SystemExit, match=r" \(MemoryError\);"):
        step1.load_mnist()


def test_the_command_that_fetches_the_file(tmp_path):
    folder = tmp_path / "a copy"  # of the script alone
    folder.mkdir()
    shutil.copy(ROOT / "step1.py", folder)
    result = run_step(1, cwd=tmp_path, root=folder)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1
    command = result.stderr.partition("; to fetch it: ")[2]

    with np.load(step1.DATA) as mnist:  # in Keras's archive: uncompressed
        np.savez(tmp_path / "keras.npz", **mnist)
    command = command.replace(step1.URL, f"file://{tmp_path}/keras.npz")
    subprocess.run(command, shell=True, check=True, capture_output=True)
    assert run_step(1, cwd=tmp_path, root=folder).stdout.startswith(SHAPES)

    missing = command.replace("keras.npz", "nothing.npz")
    assert subprocess.run(missing, shell=True, capture_output=True).returncode != 0
    assert run_step(1, cwd=tmp_path, root=folder).returncode == 0  # it is still there
