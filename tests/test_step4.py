"""Step 4: a real training on real digits, its report, and its options."""

import re
import signal
import subprocess
import sys
import time

import keras
import numpy as np
import pytest
import step4
from person import ENVIRONMENT, ROOT, pictures, run_step, sentence

COLOR = "\x1b\\[[0-9;]*m"
HEADER = "network          parameters  test error  digits wrong  training time"


def table(stdout):
    """Return the rows of the table: name -> parameters, error, digits wrong, time."""
    lines = stdout[stdout.index(HEADER) :].splitlines()[1:5]
    rows = [re.split(r" {2,}", line) for line in lines]
    return {row[0]: row[1:] for row in rows}


@pytest.fixture(scope="module")
def digits():
    """The test digits, as step 4 wants them."""
    _, (images, labels) = step4.load_mnist()
    return step4.prepare_tensor(images), labels


def test_table(trained):
    _, stdout = trained
    rows = table(stdout)
    assert list(rows) == ["dense", "lenet5-1998", "lenet5-today", "LeNet-5, paper"]
    assert [row[0] for row in rows.values()] == [
        "203,530",
        "61,706",
        "61,706",
        "60,000",
    ]
    assert rows["LeNet-5, paper"][1:] == ["0.95 %", "95", "20 passes"]
    for _, error, wrong, _ in rows.values():
        assert float(error.removesuffix(" %")) == int(wrong) / 100
    for name in "dense", "lenet5-1998", "lenet5-today":
        assert re.fullmatch(r"\d+\.\d s", rows[name][3])


def test_it_learns(trained):
    _, stdout = trained
    wrong = {name: int(row[2]) for name, row in table(stdout).items()}
    assert wrong["dense"] < 300
    assert wrong["lenet5-1998"] < 150
    assert wrong["lenet5-today"] < 150


def test_progress_bar_and_errors_after_every_pass(trained):
    _, stdout = trained
    assert len(re.findall("469/469.* ━+", re.sub(COLOR, "", stdout))) >= 15
    errors = re.findall(r"^training error (.*) %, test error (.*) %$", stdout, re.M)
    assert len(errors) == 15
    last_errors = [test + " %" for _, test in errors[4::5]]
    assert last_errors == [row[1] for row in list(table(stdout).values())[:3]]


def test_it_fits_80_columns(trained):
    _, stdout = trained
    seen = re.sub(COLOR, "", stdout).replace("\b", "\r")
    assert max(map(len, re.split("[\r\n]", seen))) <= 80


def test_files(trained):
    folder, stdout = trained
    assert [name for name in pictures(folder) if name.startswith("step4")] == [
        "step4-confusion.png",
        "step4-errors.png",
        "step4-feature-maps.png",
        "step4-mistakes.png",
    ]
    saved = re.findall(r"saved: (.*)", stdout)
    assert len(saved) == 7
    assert all((folder / path).stat().st_size > 0 for path in saved)


@pytest.mark.parametrize("name", step4.NETWORKS)
def test_saved_networks_make_the_mistakes_of_the_table(name, trained, digits):
    folder, stdout = trained
    images, labels = digits
    model = keras.models.load_model(folder / "models" / f"{name}.keras")
    predictions = model.predict(images, batch_size=250, verbose=0).argmax(axis=1)
    assert (predictions != labels).sum() == int(table(stdout)[name][2])


def test_schedule_stretches_over_the_passes(trained):
    folder, _ = trained
    model = keras.models.load_model(folder / "models" / "dense.keras")
    config = model.optimizer.get_config()["learning_rate"]
    schedule = keras.saving.deserialize_keras_object(config)

    def rate(step):
        return float(schedule(step))

    steps = 5 * 469  # of 128 images
    assert rate(0) == 0
    assert rate(steps // 5) == pytest.approx(step4.LEARNING_RATE)
    assert rate(steps // 10) == pytest.approx(step4.LEARNING_RATE / 2, rel=0.01)
    assert rate(steps * 3 // 5) == pytest.approx(step4.LEARNING_RATE / 2, rel=0.01)
    assert rate(steps) == pytest.approx(0, abs=1e-6)


def test_same_seed_same_errors(digits):
    train_set = digits[0][:2000], digits[1][:2000]
    test_set = digits[0][2000:4000], digits[1][2000:4000]
    errors = []
    for seed in 1, 1, 2:
        keras.utils.set_random_seed(seed)
        model = step4.build_lenet5("relu", "maximum")
        record = step4.train(model, train_set, test_set, 2, 50, 0.05)
        assert len(record.test_errors) == len(record.training_errors) == 2
        assert record.seconds > 0
        errors.append((record.training_errors, record.test_errors))
    assert errors[0] == errors[1] != errors[2]


def test_confusion_counts():
    labels = np.array([3, 3, 3, 9], np.uint8)
    figure = step4.plot_confusion("some network", labels, np.array([3, 3, 8, 9]))
    texts = {text.get_position(): text.get_text() for text in figure.axes[0].texts}
    assert texts[(3, 3)] == "2"
    assert texts[(8, 3)] == "1"
    assert texts[(9, 9)] == "1"
    assert sum(text != "" for text in texts.values()) == 3


def test_mistakes_are_all_there():
    images = np.zeros((5, 28, 28), np.uint8)
    labels = np.array([1, 2, 3, 4, 5], np.uint8)
    figure = step4.plot_mistakes("it", images, labels, np.array([1, 7, 3, 0, 5]))
    assert [text.get_text() for text in figure.axes[0].texts] == ["2 → 7", "4 → 0"]


@pytest.mark.parametrize(
    "options, reason",
    [
        (["--epochs", "0"], "--epochs: 0 is not a whole number from 1 to"),
        (["--epochs", "-1"], "--epochs: -1 is not a whole number from 1 to"),
        (["--epochs", "two"], "--epochs: two is not a whole number from 1 to"),
        (["--batch-size", "0"], "--batch-size: 0 is not a whole number from 1 to"),
        (["--learning-rate", "0"], "--learning-rate: 0 is not a number from"),
        (["--learning-rate", "nan"], "--learning-rate: nan is not a number from"),
        (["--seed", "-1"], "--seed: -1 is not a whole number from 0 to"),
        (["--epoch-count", "3"], "unrecognized arguments: --epoch-count 3"),
    ],
)
def test_wrong_options(options, reason, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["step4.py", *options])
    with pytest.raises(SystemExit) as stop:
        step4.parse_arguments()
    assert stop.value.code == 2
    stderr = capsys.readouterr().err
    assert stderr.startswith("usage: step4.py ")
    assert reason in stderr


def test_help_shows_the_defaults(tmp_path):
    result = run_step(4, "--help", cwd=tmp_path)
    assert result.returncode == 0
    for default in step4.EPOCHS, step4.BATCH_SIZE, step4.LEARNING_RATE, 0:
        assert f"(default: {default})" in result.stdout


def test_ctrl_c(tmp_path):
    process = subprocess.Popen(
        [sys.executable, ROOT / "step4.py"],
        cwd=tmp_path,
        env=ENVIRONMENT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while "Epoch 1/" not in process.stdout.readline():
        assert process.poll() is None
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode == 130
    assert sentence(stderr) == "Stopped."


def test_models_cannot_be_written(tmp_path, monkeypatch, capsys):
    (images, labels), _ = step4.load_mnist()
    few = images[:500], labels[:500]
    monkeypatch.setattr(step4, "load_mnist", lambda: (few, few))
    monkeypatch.setattr(sys, "argv", ["step4.py", "--epochs", "1"])
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").write_text("mine")
    with pytest.raises(SystemExit) as stop:
        step4.run(step4.main)
    assert str(stop.value).startswith("models cannot be written (File exists): ")
    assert len(table(capsys.readouterr().out)) == 4
    assert (tmp_path / "models").read_text() == "mine"


def test_full_disk_leaves_the_network_that_was_there(tmp_path, monkeypatch):
    def save(path):
        path.write_text("half a netw")
        raise OSError(28, "No space left on device")

    monkeypatch.chdir(tmp_path)
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "dense.keras").write_text("the network that was there")
    model = step4.build_dense()
    monkeypatch.setattr(model, "save", save)
    with pytest.raises(OSError):
        step4.save_network(model, "dense")
    saved = tmp_path / "models" / "dense.keras"
    assert saved.read_text() == "the network that was there"
