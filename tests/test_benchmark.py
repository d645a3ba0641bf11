"""The benchmark, with trainings that take no time: the README's commands run it."""

import re
from types import SimpleNamespace

import benchmark
import numpy as np
import pytest
import step2
import step4
from person import ROOT

COMMAND = re.compile(r"python tests/benchmark\.py(.*)")


@pytest.fixture
def trainings(monkeypatch):
    """Replace the trainings; return the list of what each was called with."""
    calls = []

    def train(model, train_set, test_set, epochs, batch_size, learning_rate):
        constants = step4.WARMUP, step4.WEIGHT_DECAY, step2.BACKGROUND
        sizes = len(train_set[0]), len(test_set[0])
        calls.append((sizes, epochs, batch_size, learning_rate, constants))
        error = [0.8, 0.9][len(calls) % 2] + (epochs == 1)
        return SimpleNamespace(test_errors=[error] * epochs, seconds=2.0 * epochs)

    example = SimpleNamespace(test_errors=[2.0, 1.0, 0.9], seconds=40.0)
    monkeypatch.setattr(step4, "train", train)
    monkeypatch.setattr(step4, "prepare_tensor", lambda images: images)
    monkeypatch.setattr(benchmark, "train_keras_example", lambda seed: example)
    monkeypatch.setattr(benchmark.subprocess, "run", lambda *a, **options: None)
    monkeypatch.setattr(
        benchmark, "in_new_process", lambda f, *arguments: f(*arguments)
    )
    return calls


def run(options, monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["benchmark.py", *options.split()])
    benchmark.main()
    return capsys.readouterr().out


def test_report(trainings, monkeypatch, capsys):
    report = run("--seeds 2", monkeypatch, capsys)
    for network in step4.NETWORKS:
        assert f"| {network} | 5 | 0.85 % | 0.07 | 2.0 | " in report
    assert "| lenet5-today | 2 | 4.0 | 0.90 % |" in report
    assert "| Keras's example | 3 | 40.0 | 0.90 % |" in report
    assert "Ratio: 10.0" in report
    assert {sizes for sizes, *_ in trainings} == {(60000, 10000)}


def test_choice(trainings, monkeypatch, capsys):
    table = run("--seeds 1 --held-out", monkeypatch, capsys)
    assert len(table.splitlines()) == 2 + 2 * len(benchmark.CANDIDATES)
    assert {sizes for sizes, *_ in trainings} == {(50000, 10000)}
    recipe = (step4.EPOCHS, step4.BATCH_SIZE, step4.LEARNING_RATE)
    constants = (step4.WARMUP, step4.WEIGHT_DECAY, step2.BACKGROUND)
    tried = [call[1:] for call in trainings]
    assert tried.count((*recipe, constants)) == 2  # it came back after each candidate
    assert len(set(tried)) == len(benchmark.CANDIDATES)


def test_held_out_images_are_the_last_of_the_training_set():
    train, held_out = benchmark.load_sets(held_out=True)
    (images, labels), _ = benchmark.load_mnist()
    assert np.array(train[1] == labels[:50000]).all()
    assert np.array(held_out[1] == labels[50000:]).all()
    assert (np.array(held_out[0]) == step2.prepare(images[50000:])).all()


def test_keras_example():
    model = benchmark.keras_example()
    assert model.count_params() == 34826
    assert float(model.optimizer.learning_rate) == pytest.approx(0.001)


def test_training_ends_under_1_percent(monkeypatch):
    errors = iter([3.0, 1.0, 2.0, 0.99])
    record = benchmark.UntilUnder1(([], []), ([], []))
    record.set_model(SimpleNamespace(stop_training=False))
    monkeypatch.setattr(record, "error", lambda images, labels: next(errors))
    for stop in False, True:
        record.on_epoch_begin(0)
        record.on_epoch_end(0)
        assert record.model.stop_training == stop


def test_readme_shows_commands_that_run(trainings, monkeypatch, capsys):
    commands = COMMAND.findall((ROOT / "README.md").read_text())
    assert len(commands) == 2
    for options in commands:
        assert run(options, monkeypatch, capsys).startswith(("`python step4.py`", "|"))
