"""The training of the network of 1998, and the comparison with its simplifications."""

import re
import sys

import keras
import numpy as np
import pytest
import train_1998
from lenet5_1998 import Distortion, build_lenet5_1998, paper_pixels
from markdown_it import MarkdownIt
from person import ROOT, pictures, run_python
from step1 import load_mnist
from step4 import as_set
from test_lenet5_1998 import LAYERS

SCRIPT = ROOT / "beyond" / "train_1998.py"


@pytest.fixture(scope="module")
def digits():
    """The first 6,000 training images for training, the next 2,000 for testing."""
    (images, labels), _ = load_mnist()
    parts = slice(6000), slice(6000, 8000)
    return [as_set(images[part], labels[part]) for part in parts]


@pytest.mark.parametrize("distort", [False, True])
def test_training(digits, distort):
    keras.utils.set_random_seed(0)
    model = build_lenet5_1998()
    before = model.get_weights()
    trained = keras.Sequential([Distortion(), model]) if distort else model
    sets = [(paper_pixels(images), labels) for images, labels in digits]
    history = train_1998.train(trained, *sets, epochs=5).history
    # 4.6 and 3.6 %; more than 11 % if C5 or F6 does not learn
    assert history["val_accuracy"][-1] > 0.94
    for weight, old in zip(model.weights, before):
        moved = np.abs(weight - old).mean() / np.abs(old + 1e-3).mean()
        assert moved > 0.05 if weight.trainable else moved == 0, weight.path


@pytest.mark.slow
def test_run(tmp_path):
    result = run_python(SCRIPT, "--epochs=1", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    lines = result.stdout.splitlines()
    rows = [" ".join(line.split()) for line in lines]
    for name, (_, parameters, connections, _) in LAYERS.items():
        numbers = f"{parameters:,} {parameters:,} {connections:,} {connections:,}"
        assert f"{name} {numbers}" in rows
    assert "all 60,000 60,000 340,908 340,908" in rows
    assert "paper, 20 passes 60,000 0.95 % 95" in rows
    assert "paper, distorted digits 60,000 0.82 % 82" in rows
    assert max(map(len, lines[:9])) < 81
    (row,) = [row.split() for row in rows if row.startswith("LeNet-5 of 1998 ")]
    assert float(row[4]) < 5
    assert pictures(tmp_path) == ["lenet5-1998-codes.png"]

    # the program that the page shows
    page = MarkdownIt().parse((SCRIPT.parent / "README.md").read_text())
    (program,) = [token.content for token in page if token.info == "python"]
    assert program.count('"beyond"') == 1
    program = program.replace('"beyond"', repr(str(SCRIPT.parent)))
    program += """
from lenet5_1998 import count_parameters
print((outputs.argmax(axis=1) != labels).sum(), count_parameters(model))
"""
    loaded = run_python("-c", program, cwd=tmp_path)
    error, predictions, numbers = loaded.stdout.splitlines()
    assert error == f"test error {row[4]} %", loaded.stderr
    assert re.fullmatch(r"\[7 2 1 .*\] \[7 2 1 .*\]", predictions)
    assert numbers.split() == [row[6], "60000"]
    assert "UserWarning" not in loaded.stderr


def test_softmax_gets_the_loss_of_step_4(digits):
    few = [(images[:640], labels[:640]) for images, labels in digits]
    network, row = train_1998.run_variant("all three", [0], *few, epochs=1)
    assert row[:2] == ("all three", 61706)
    assert network.loss.get_config()["label_smoothing"] == 0.1
    optimizer = network.optimizer.get_config()
    assert optimizer["learning_rate"]["config"]["warmup_target"] == 0.1
    assert optimizer["weight_decay"] == 0.0025


@pytest.mark.slow
def test_compare(tmp_path, monkeypatch, capsys):
    few = [(images[:640], labels[:640]) for images, labels in load_mnist()]
    monkeypatch.setattr(train_1998, "load_mnist", lambda: few)
    variants = {"with distorted digits": "60,000", "plain average pooling": "59,956"}
    chosen = {name: train_1998.VARIANTS[name] for name in variants}
    monkeypatch.setattr(train_1998, "VARIANTS", chosen)
    arguments = "train_1998.py --compare --epochs=1 --seed=5"
    monkeypatch.setattr(sys, "argv", arguments.split())
    monkeypatch.chdir(tmp_path)
    train_1998.main()
    output = capsys.readouterr().out
    assert re.findall(r"Training plain .*, seed (\d+)", output) == ["5", "6", "7"]
    for name, parameters in variants.items():
        row = rf"^{name} +{parameters} +[\d.]+ % \(sd [\d.]+\) +\d+ +[\d.]+ s$"
        assert re.search(row, output, re.M), name
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    "options, reason",
    [
        ("--epochs 0", "argument --epochs: invalid choice: 0"),
        ("--epochs 21", "argument --epochs: invalid choice: 21"),
        ("--seed -1", "argument --seed: invalid choice: -1"),
        ("--compare --distort", "not allowed with argument"),
        ("--dist", "unrecognized arguments: --dist"),
    ],
)
def test_wrong_options(options, reason, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["train_1998.py", *options.split()])
    with pytest.raises(SystemExit) as stop:
        train_1998.main()
    assert stop.value.code == 2
    assert reason in capsys.readouterr().err


def test_results_cannot_be_saved(tmp_path, monkeypatch, capsys):
    (tmp_path / "figures").write_text("mine")
    monkeypatch.setattr(sys, "argv", ["train_1998.py"])
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileExistsError):
        train_1998.main()
    assert "Training" not in capsys.readouterr().out
    assert (tmp_path / "figures").read_text() == "mine"
