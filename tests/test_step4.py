"""Step 4: its training, its pictures and its options; the long run is in the terminal."""

import re
import shutil
import signal
import subprocess
import sys

import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
import step4
from outputs import save_few_digits
from person import ENVIRONMENT, ROOT, run_python, sentence, windows_lacks
from step1 import load_mnist


@pytest.fixture(scope="module")
def digits():
    """2,000 training images for training, the next 2,000 for testing."""
    (images, labels), _ = load_mnist()
    return [step4.as_set(images[i : i + 2000], labels[i : i + 2000]) for i in (0, 2000)]


def test_set(digits):
    (images, labels), _ = digits
    assert (images.shape, images.dtype) == ((2000, 32, 32, 1), "float32")
    assert labels[0].tolist() == [0, 0, 0, 0, 0, 1, 0, 0, 0, 0]


def test_same_seed_same_errors(digits):
    histories = []
    for seed in 1, 1, 2:
        keras.utils.set_random_seed(seed)
        fit = step4.train(step4.build_lenet5("relu"), *digits, epochs=2)
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


def test_a_fourth_network_is_trained_and_plotted(tmp_path, monkeypatch, capsys, digits):
    """Each curve has a marker of its own, however many networks there are."""
    monkeypatch.chdir(tmp_path)
    networks = {**step4.NETWORKS, "wide": lambda: step4.build_lenet5("relu")}
    monkeypatch.setattr(step4, "NETWORKS", networks)
    models, errors = step4.compare(*digits, epochs=2, seed=1)
    assert [*models] == [*errors] == [*networks]
    rows = re.findall(r"^([\w-]+) +([\d.]+) +([\d.]+)$", capsys.readouterr().out, re.M)
    for (name, _, new), (network, model) in zip(rows, models.items(), strict=True):
        assert name == network and len(errors[name]) == 2
        _, accuracy = model.evaluate(*digits[1], verbose=0)
        assert float(new) == pytest.approx(errors[name][-1], abs=0.006)
        assert errors[name][-1] == pytest.approx(100 - 100 * accuracy, abs=0.001)
        saved = keras.models.load_model(f"models/{name}.keras")
        for ours, theirs in zip(model.get_weights(), saved.get_weights()):
            assert np.array_equal(ours, theirs)
    step4.plot_errors(errors)
    curves = [line for line in plt.gca().lines if line.get_label() in networks]
    assert len({line.get_marker() for line in curves}) == len(curves) == len(networks)
    plt.close()


def test_feature_maps_are_those_of_the_network():
    model = step4.build_lenet5("relu")
    image = np.random.default_rng(0).random((1, 32, 32, 1), np.float32)
    step4.plot_feature_maps("it", model, image)
    shown = [ax.images[0].get_array() for ax in plt.gcf().axes]
    assert np.array_equal(shown[0], image[0, :, :, 0])
    names = "C1", "S2", "C3", "S4"
    outputs = [model.get_layer(name).output for name in names]
    for row, maps in zip(shown[1:], keras.Model(model.inputs[0], outputs)(image)):
        _, size, _, count = maps.shape
        assert row.shape == (size + 2, count * (size + 2))
        third = row[1:-1, 2 * (size + 2) + 1 :][:, :size]
        assert np.allclose(third, maps[0, :, :, 2])
    labels = [ax.get_ylabel() for ax in plt.gcf().axes]
    assert labels[1:] == ["C1\n(28, 28)", "S2\n(14, 14)", "C3\n(10, 10)", "S4\n(5, 5)"]
    plt.close()


@pytest.mark.parametrize(
    "options, reason",
    [
        ("--epochs 0", "argument --epochs: invalid choice: 0 (choose from 1, 2, "),
        ("--epochs two", "argument --epochs: invalid int value: 'two'"),
        ("--seed -1", "argument --seed: invalid choice: -1 (choose from 0, 1, "),
        ("--sed 3", "unrecognized arguments: --sed 3"),
    ],
)
def test_wrong_options(options, reason, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["step4.py", *options.split()])
    with pytest.raises(SystemExit) as stop:
        step4.main()
    assert stop.value.code == 2
    assert reason in sentence(capsys.readouterr().err)


def test_help_shows_the_defaults(monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["step4.py", "--help"])
    with pytest.raises(SystemExit) as stop:
        step4.main()
    assert stop.value.code == 0
    shown = capsys.readouterr().out
    (epochs,) = re.findall(r"default: (\d+) epochs, seed 0\n", shown)
    assert int(epochs) == step4.EPOCHS and "--epochs" in shown and "--seed" in shown


def test_ctrl_c_loses_the_running_training_only(tmp_path):
    windows_lacks("Ctrl-C for a single process")
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
        # so that Ctrl-C is heard, even where the tests run in the background
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
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


def test_results_that_cannot_be_saved_are_refused_before_the_training(tmp_path):
    (tmp_path / "models").write_text("mine")
    result = run_python(ROOT / "step4.py", cwd=tmp_path)
    assert result.returncode != 0 and "FileExistsError: " in result.stderr
    assert "Training" not in result.stdout  # it is said at once
    assert (tmp_path / "models").read_text() == "mine"
