"""Step 4: its training, its pictures and its options; test_lesson.py has the long run."""

import re
import signal
import subprocess
import sys
import time
from argparse import Namespace

import benchmark
import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
import step4
from person import ENVIRONMENT, ROOT, run_step, sentence


def test_same_seed_same_errors():
    _, (images, labels) = step4.load_mnist()
    images, labels = step4.prepare(images), keras.utils.to_categorical(labels)
    train_set = images[:2000], labels[:2000]
    test_set = images[2000:4000], labels[2000:4000]
    options = Namespace(epochs=2, batch_size=50, learning_rate=0.05)
    histories = []
    for seed in 1, 1, 2:
        keras.utils.set_random_seed(seed)
        model = step4.build_lenet5("relu")
        histories.append(step4.train(model, train_set, test_set, options).history)
    assert histories[0] == histories[1] != histories[2]
    assert len(histories[0]["val_accuracy"]) == 2


def texts(ax):
    return {
        text.get_position(): text.get_text() for text in ax.texts if text.get_text()
    }


def test_confusion_counts():
    labels = np.array([3, 3, 3, 9], np.uint8)
    step4.plot_confusion("some network", labels, np.array([3, 3, 8, 9]))
    assert texts(plt.gca()) == {(3, 3): "2", (8, 3): "1", (9, 9): "1"}


@pytest.mark.parametrize("count", [0, 2, 100])
def test_mistakes(count):
    labels = np.arange(120, dtype=np.uint8) % 10
    predictions = labels.copy()
    predictions[:count] = 9 - labels[:count]  # never the same digit
    step4.plot_mistakes("it", np.zeros((120, 28, 28), np.uint8), labels, predictions)
    titles = [ax.get_title() for ax in plt.gcf().axes if ax.get_title()]
    expected = [f"{i % 10} → {9 - i % 10}" for i in range(min(count, 96))]
    assert titles == expected
    assert f"{count} mistakes" in plt.gcf().get_suptitle()
    plt.close()


@pytest.mark.parametrize(
    "options, reason",
    [
        ("--epochs 0", "--epochs and --batch-size start at 1"),
        ("--epochs two", "argument --epochs: invalid int value: 'two'"),
        ("--batch-size -1", "--epochs and --batch-size start at 1"),
        ("--learning-rate 0", "--learning-rate above 0"),
        ("--learning-rate nan", "--learning-rate above 0"),
        ("--seed -1", "--seed is a number from 0 to"),
        ("--seed 4294967296", "--seed is a number from 0 to"),
        ("--epoch-count 3", "unrecognized arguments: --epoch-count 3"),
    ],
)
def test_wrong_options(options, reason, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["step4.py", *options.split()])
    with pytest.raises(SystemExit) as stop:
        step4.parse_options()
    assert stop.value.code == 2
    stderr = capsys.readouterr().err
    assert stderr.startswith("usage: step4.py ")
    assert reason in stderr


def test_help_shows_the_defaults(tmp_path):
    result = run_step(4, "--help", cwd=tmp_path)
    assert result.returncode == 0
    for default in step4.EPOCHS, step4.BATCH_SIZE, step4.LEARNING_RATE, 0:
        assert f"(default: {default})" in result.stdout


@pytest.mark.parametrize("moment", ["the imports", "the first steps", "a pass"])
def test_ctrl_c(moment, tmp_path):
    process = subprocess.Popen(
        [sys.executable, "-u", ROOT / "step4.py"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    waits_for = {"the imports": None, "the first steps": "Training", "a pass": "Epoch"}
    while waits_for[moment] and waits_for[moment] not in process.stdout.readline():
        assert process.poll() is None
    time.sleep(2 if moment == "the imports" else 0.5)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT  # 130 in a shell
    assert "Traceback" not in stderr


def test_models_cannot_be_written(tmp_path):
    (tmp_path / "models").write_text("mine")
    result = run_step(4, cwd=tmp_path)
    assert result.returncode == 1
    assert sentence(result.stderr).startswith("Cannot save results here ([Errno 17] ")
    assert "Training" not in result.stdout  # it is said at once
    assert (tmp_path / "models").read_text() == "mine"


def test_benchmark_changes_one_thing_at_a_time(monkeypatch, capsys):
    (images, labels), _ = step4.load_mnist()
    monkeypatch.setattr(
        benchmark, "load_mnist", lambda: ((images[:900], labels[:900]), 0)
    )
    monkeypatch.setattr(benchmark, "HELD_OUT", 300)
    candidates = {
        "batch size 30, black on white": {"step4.BATCH_SIZE": 30, "step2.INK": -1}
    }
    monkeypatch.setattr(benchmark, "CANDIDATES", candidates)
    trained = []

    def train(model, train_set, held_out, options):
        trained.append((options.batch_size, options.epochs))
        assert (len(train_set[0]), len(held_out[0])) == (600, 300)
        assert np.min(train_set[0]) == -1
        return original(model, train_set, held_out, options)

    original = step4.train
    monkeypatch.setattr(step4, "train", train)
    benchmark.choose(seeds=1)
    assert trained == [(30, step4.EPOCHS), (30, step4.EPOCHS), (30, 2)]
    assert step4.BATCH_SIZE != 30  # back again
    row = capsys.readouterr().out.splitlines()[2]
    assert re.fullmatch(r"\| batch size 30, black on white( \| [\d.]+ %){3} \|", row)


def test_benchmark_compares_with_keras_s_example():
    assert benchmark.keras_example().count_params() == 34826
