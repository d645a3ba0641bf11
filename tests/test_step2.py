"""Step 2: the stages of prepare, on values worked out by hand."""

import tracemalloc

import numpy as np
import pytest
import step2


@pytest.fixture
def images():
    images = np.zeros((3, 28, 28), np.uint8)
    images[0, 0, 0] = 255
    images[1, 27, 5] = 51
    return images


def test_add_channel_and_pad(images):
    result = step2.add_channel(images)
    assert (result.shape, result.dtype) == ((3, 28, 28, 1), np.uint8)
    assert (result[..., 0] == images).all()
    result = step2.pad(result)
    assert (result.shape, result.dtype) == ((3, 32, 32, 1), np.uint8)
    assert result[0, 2, 2, 0] == 255
    assert result[1, 29, 7, 0] == 51
    assert result.sum() == 255 + 51  # the frame is background


def test_normalize():
    pixels = np.array([0, 51, 102, 255], np.uint8)
    result = step2.normalize(pixels)
    assert result.dtype == np.float32
    assert result == pytest.approx([0, 0.2, 0.4, 1], abs=1e-6)
    assert pixels.tolist() == [0, 51, 102, 255]


def test_prepare(images):
    result = step2.prepare(images)
    assert (result.shape, result.dtype) == ((3, 32, 32, 1), np.float32)
    assert result[0, 2, 2, 0] == 1
    assert result[1, 29, 7, 0] == pytest.approx(0.2)
    assert result.sum() == pytest.approx(1.2)  # all else is background


def test_prepare_refuses_a_single_image():
    with pytest.raises(ValueError):
        step2.prepare(np.zeros((28, 28), np.uint8))


def test_prepare_makes_no_float64_copy():
    images = np.zeros((1000, 28, 28), np.uint8)
    tracemalloc.start()
    result = step2.prepare(images)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < result.nbytes * 2.5  # the result, a copy of it, the uint8 images
