"""Step 2: the stages of prepare, on values worked out by hand."""

import tracemalloc

import numpy as np
import pytest
import step2
from person import pictures, run_step


@pytest.fixture
def images():
    images = np.zeros((3, 28, 28), np.uint8)
    images[0, 0, 0] = 255
    images[1, 27, 5] = 51
    return images


def test_add_channel(images):
    result = step2.add_channel(images)
    assert (result.shape, result.dtype) == ((3, 28, 28, 1), np.uint8)
    assert (result[..., 0] == images).all()


def test_pad(images):
    result = step2.pad(images[..., np.newaxis])
    assert (result.shape, result.dtype) == ((3, 32, 32, 1), np.uint8)
    assert result[0, 2, 2, 0] == 255
    assert result[1, 29, 7, 0] == 51
    assert result.sum() == 255 + 51  # the frame is background


def test_normalize():
    pixels = np.array([0, 51, 102, 255], np.uint8)
    result = step2.normalize(pixels)
    assert result.dtype == np.float32
    assert result == pytest.approx([-0.1, 0.155, 0.41, 1.175], abs=1e-6)
    assert pixels.tolist() == [0, 51, 102, 255]


def test_prepare(images):
    result = step2.prepare(images)
    assert (result.shape, result.dtype) == ((3, 32, 32, 1), np.float32)
    assert result[0, 2, 2, 0] == pytest.approx(1.175)
    assert result[1, 29, 7, 0] == pytest.approx(0.155)
    result[0, 2, 2] = result[1, 29, 7] = -0.1
    assert result == pytest.approx(-0.1)


@pytest.mark.parametrize(
    "wrong", [np.zeros((2, 28, 28)), np.zeros((28, 28), np.uint8)], ids=["float", "one"]
)
def test_prepare_refuses(wrong):
    with pytest.raises((IndexError, ValueError)):
        step2.prepare(wrong)


def test_prepare_makes_no_float64_copy():
    images = np.zeros((1000, 28, 28), np.uint8)
    tracemalloc.start()
    result = step2.prepare(images)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < result.nbytes * 1.5  # the result and the uint8 images that it is from


def test_run(tmp_path):
    result = run_step(2, cwd=tmp_path)
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == (
        "stage         shape                dtype     range\n"
        "as loaded     (60000, 28, 28)      uint8     0 to 255\n"
        "add_channel   (60000, 28, 28, 1)   uint8     0 to 255\n"
        "pad           (60000, 32, 32, 1)   uint8     0 to 255\n"
        "normalize     (60000, 32, 32, 1)   float32   -0.1 to 1.175\n"
        "mean 0.03, variance 0.12\n"
        "Picture saved: figures/step2-padding.png\n"
    )
    assert pictures(tmp_path) == ["step2-padding.png"]
