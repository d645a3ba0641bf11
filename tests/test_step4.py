"""Step 4: its training, its pictures and its options; test_lesson.py has the long run."""

import shutil
import signal
import subprocess
import sys

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
import step4
from conftest import save_few_digits
from person import ENVIRONMENT, ROOT, run_step, sentence


@pytest.fixture(scope="module")
def digits():
    """2,000 training images for training, the next 2,000 for testing."""
    (images, labels), _ = step4.load_mnist()
    return [step4.as_set(images[i : i + 2000], labels[i : i + 2000]) for i in (0, 2000)]


def test_set(digits):
    (images, labels), _ = digits
    assert (images.shape, images.dtype) == ((2000, 32, 32, 1), "float32")
    assert labels[0].tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]


def test_same_seed_same_errors(digits):
    histories = []
    for seed in 1, 1, 2:
        keras.utils.set_random_seed(seed)
        fit = step4.train(step4.build_lenet5("relu"), *digits, 2, 50, 0.05)
        histories.append(fit.history)
    assert histories[0] == histories[1] != histories[2]
    assert len(histories[0]["val_accuracy"]) == 2


def test_schedule_stretches_over_the_steps():
    rate = step4.schedule(0.1, 1000)
    rates = [float(rate(step)) for step in (0, 100, 200, 600, 1000)]
    assert rates == pytest.approx([0, 0.05, 0.1, 0.05, 0], abs=1e-6)


def test_confusion_counts():
    labels = np.array([3, 3, 3, 9], np.uint8)
    step4.plot_confusion("some network", labels, np.array([3, 3, 8, 9]))
    counts = {text.get_position(): text.get_text() for text in plt.gca().texts}
    assert counts.pop((3, 3)) == "2" and counts.pop((8, 3)) == counts.pop((9, 9)) == "1"
    assert set(counts.values()) == {""}
    plt.close()


@pytest.mark.parametrize("count", [0, 2, 100])
def test_mistakes(count):
    labels = np.arange(120, dtype=np.uint8) % 10
    predictions = labels.copy()
    predictions[:count] = 9 - labels[:count]  # never the same digit
    step4.plot_mistakes("it", np.zeros((120, 28, 28), np.uint8), labels, predictions)
    titles = [ax.get_title() for ax in plt.gcf().axes]
    assert titles == [f"{i % 10} → {9 - i % 10}" for i in range(min(count, 96))]
    assert f"{count} mistakes" in plt.gcf().get_suptitle()
    plt.close()


def test_each_curve_has_a_marker_of_its_own():
    names = list(step4.NETWORKS)
    step4.plot_errors({name: [2.0, 1.5] for name in names})
    curves = [line for line in plt.gca().lines if line.get_label() in names]
    assert len({line.get_marker() for line in curves}) == len(curves) == 3
    plt.close()


@pytest.mark.parametrize(
    "options, reason",
    [
        ("--epochs 0", "--epochs and --batch-size start at 1"),
        ("--epochs two", "argument --epochs: invalid int value: 'two'"),
        ("--batch-size -1", "--epochs and --batch-size start at 1"),
        ("--learning-rate 0", "--learning-rate lies between 0 and 1"),
        ("--learning-rate nan", "--learning-rate lies between 0 and 1"),
        ("--learning-rate inf", "--learning-rate lies between 0 and 1"),
        ("--seed -1", "--seed at 0"),
        ("--epo 3", "unrecognized arguments: --epo 3"),
    ],
)
def test_wrong_options(options, reason, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["step4.py", *options.split()])
    with pytest.raises(SystemExit) as stop:
        step4.parse_options()
    assert stop.value.code == 2
    assert reason in sentence(capsys.readouterr().err)


def test_help_shows_the_defaults(tmp_path):
    result = run_step(4, "--help", cwd=tmp_path)
    assert result.returncode == 0
    for default in step4.EPOCHS, step4.BATCH_SIZE, step4.LEARNING_RATE, 0:
        assert f"(default: {default})" in result.stdout


def test_ctrl_c_loses_the_running_training_only(tmp_path):
    for script in ROOT.glob("step?.py"):
        shutil.copy(script, tmp_path)
    (tmp_path / "data").mkdir()
    save_few_digits(tmp_path / "data" / "mnist.npz")
    process = subprocess.Popen(
        [sys.executable, "-u", "step4.py"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while "Training lenet5-relu-max" not in process.stdout.readline():
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate()
    assert process.returncode != 0 and "KeyboardInterrupt" in stderr
    saved = sorted(path.stem for path in (tmp_path / "models").iterdir())
    assert saved == ["dense", "lenet5-tanh-avg"]
    for name in saved:
        keras.models.load_model(tmp_path / "models" / f"{name}.keras")


@pytest.mark.parametrize("folder", ["figures", "models"])
@pytest.mark.parametrize("way", ["a file", "no place to write"])
def test_results_cannot_be_saved(folder, way, tmp_path):
    if way == "a file":
        (tmp_path / folder).write_text("mine")
    else:
        (tmp_path / folder).symlink_to("/proc/self")
    result = run_step(4, cwd=tmp_path)
    assert result.returncode != 0 and "Error: " in result.stderr
    assert "Training" not in result.stdout  # it is said at once
    assert way != "a file" or (tmp_path / folder).read_text() == "mine"
