"""Load signs that were collected on the page to write on, as images like those of MNIST.

    python beyond/signs.py signs.json ...

Prints shapes, names and counts, and saves a picture of the signs. Files are joined: the
same sign from several hands is one class.
"""

import argparse
import json
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # where the steps are

from step1 import save_figure

import matplotlib.pyplot as plt
import numpy as np
from as_mnist import centre, fit_box
from find_ink import contrast_of
from PIL import Image

FEWEST, MOST = 2, 40  # signs
LONG, LINE = 80, 8  # pixels: every sign is drawn as long, with lines as wide


def distance_to_line(points, start, end):
    """Returns how far points, `(h, w, 2)`, are from the line between two: `(h, w)`."""
    way = end - start
    along = np.clip((points - start) @ way / max(way @ way, 1e-9), 0, 1)
    return np.linalg.norm(points - start - along[..., np.newaxis] * way, axis=2)


def draw(strokes):
    """Returns a picture of strokes, uint8 `(h, w)`, as the page draws them.

    A stroke is a list of points `[x, y]`. All signs get the same size.
    """
    points = np.concatenate([np.array(stroke, float) for stroke in strokes])
    scale = LONG / max(np.ptp(points, axis=0).max(), 1e-9)
    edge = LINE / 2 + 1
    width, height = np.ceil(scale * np.ptp(points, axis=0) + 2 * edge).astype(int)
    middles = (
        np.indices((height, width))[::-1].transpose(1, 2, 0) + 0.5
    )  # of the pixels
    ink = np.zeros((height, width))
    for stroke in strokes:
        places = scale * (np.array(stroke, float) - points.min(axis=0)) + edge
        for start, end in zip(places[[0, *range(len(places) - 1)]], places):
            left, top = np.floor(np.minimum(start, end) - edge).clip(0).astype(int)
            right, bottom = np.ceil(np.maximum(start, end) + edge).astype(int)
            near = np.s_[top:bottom, left:right]
            distance = distance_to_line(middles[near], start, end)
            share = np.clip(LINE / 2 + 0.5 - distance, 0, 1)  # of the pixel
            ink[near] = np.maximum(ink[near], share)
    return np.round(255 * ink).astype(np.uint8)


def as_image(strokes):
    """Strokes -> uint8 `(28, 28)`, as MNIST was made (section III.A)."""
    ink = draw(strokes)
    strong = np.where(ink > contrast_of(ink) / 2, ink, 0)
    return centre(fit_box(Image.fromarray(strong)))


def load_file(path):
    """Returns the signs in a file, `(name, images)`; a drawing is a list of strokes.

    Raises SystemExit if it is no collection.
    """
    try:
        signs = json.loads(Path(path).read_text(encoding="utf-8"))["signs"]
        return [
            (str(sign["name"]), [as_image(strokes) for strokes in sign["drawings"]])
            for sign in signs
        ]
    except OSError as error:
        raise SystemExit(f"{path}: {error.strerror}")
    except json.JSONDecodeError as error:
        raise SystemExit(f"{path}, line {error.lineno}: not JSON, {error.msg}")
    except (ValueError, KeyError, TypeError, IndexError):
        raise SystemExit(f"{path}: not a collection that the page has saved")


def load_signs(paths):
    """Returns `images, labels, names`: uint8 `(n, 28, 28)`, `(n,)`, and a list.

    Raises SystemExit if a file cannot be read, or there are not 2 to 40 signs.
    """
    drawings = {}
    for path in paths:
        for name, images in load_file(path):
            drawings.setdefault(name, []).extend(images)
    drawings = {name: images for name, images in drawings.items() if images}
    if not FEWEST <= len(drawings) <= MOST:
        raise SystemExit(f"signs needed: {FEWEST} to {MOST}, found: {len(drawings)}")
    images = np.concatenate([*drawings.values()])
    labels = np.repeat(range(len(drawings)), [*map(len, drawings.values())])
    return images, labels, list(drawings)


def plot_signs(images, labels, names):
    """Plots the first 20 images of every sign, or fewer, in a row."""
    sheet = np.zeros((28 * len(names), 28 * min(20, np.bincount(labels).max())))
    for label in range(len(names)):
        row = np.hstack(images[labels == label][:20])
        sheet[28 * label : 28 * label + 28, : row.shape[1]] = row
    plt.imshow(sheet, cmap="gray_r")
    plt.xticks([])
    plt.yticks(range(14, 28 * len(names), 28), names)


def main():
    parser = argparse.ArgumentParser(description="Shows signs that were collected.")
    parser.add_argument("files", nargs="+", metavar="signs.json")
    images, labels, names = load_signs(parser.parse_args().files)
    print(images.shape, images.dtype)
    print(labels.shape)
    for name, count in zip(names, np.bincount(labels)):
        print(f"{name:20}{count:5}")
    plot_signs(images, labels, names)
    save_figure("figures/signs.png")


if __name__ == "__main__":
    main()
