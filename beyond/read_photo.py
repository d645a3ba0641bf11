"""Read digits in photos or scans, with two networks.

    python beyond/read_photo.py photo.jpg ...  one digit in each, some paper around it

Takes the networks that step 4 has saved in `models/`. Prints the digit as the networks
get it, and what they read, and saves a picture of it with LeNet-5's feature maps.
"""

import argparse
import io
import sys
from pathlib import Path

from networks import load_networks
from step1 import draw_digit, save_figure
from step2 import prepare
from step3 import keras

import matplotlib.pyplot as plt
import numpy as np
from as_mnist import as_mnist
from PIL import Image, ImageOps

LAYERS = ["C1", "S2", "C3", "S4"]
HEIC = b"ftyphei", b"ftypmif"  # how an iPhone's photos begin, after four bytes


def open_picture(path):
    """Returns a picture in grey, uint8 `(h, w)`: upright, and on white if transparent.

    Raises ValueError if it cannot be read.
    """
    try:
        data = Path(path).read_bytes()
        picture = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        if picture.mode.startswith("I"):  # of a scanner, in 65,536 shades of grey
            picture = Image.fromarray((np.asarray(picture) // 256).astype(np.uint8))
        picture = picture.convert("RGBA")
    except Exception as error:  # a damaged file fails in a dozen ways
        reason = getattr(error, "strerror", None)
        if not reason and data[4:11] in HEIC:
            reason = "HEIC, which Pillow cannot read: save it as JPEG or PNG"
        raise ValueError(reason or "no picture that Pillow can read")
    paper = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(paper, picture).convert("L"))


def read(networks, digit):
    """Returns what the networks make of a digit, uint8 `(28, 28)`.

    That is the pictures to show, by name, the feature maps of a layer side by side in
    one, with gaps; and a list of the probabilities, `(10,)` from each network. LeNet-5
    has the maps of `LAYERS` as outputs, before its own.
    """
    lenet5, dense = networks
    images = prepare(digit[np.newaxis])
    *layers, output = lenet5.predict_on_batch(images)
    pictures = {"digit": digit}
    for name, maps in zip(LAYERS, layers):
        framed = np.pad(maps[0], [(1, 1), (1, 1), (0, 0)], constant_values=np.nan)
        pictures[name] = np.hstack(np.moveaxis(framed, 2, 0))
    return pictures, [output[0], dense.predict_on_batch(images)[0]]


def plot(sheet, pictures, probabilities):
    """Plots a photo, the digit in it, what the networks read, and feature maps."""
    rows = [["sheet", name, name] for name in LAYERS]
    _, axes = plt.subplot_mosaic(
        [["sheet", "digit", "bars"], *rows],
        figsize=(12, 5.7),
        width_ratios=[8, 3, 8],
        height_ratios=[60, 30, 16, 12, 7],  # all feature maps on the same scale
        layout="constrained",
    )
    for name, pixels in {"sheet": sheet, **pictures}.items():
        style = {} if name in LAYERS else {"cmap": "gray", "vmin": 0, "vmax": 255}
        axes[name].imshow(pixels, **style)
        axes[name].set(xticks=[], yticks=[], anchor="NW")
    for name in LAYERS:
        axes[name].set_ylabel(name, rotation=0, ha="right", va="center")
    axes["digit"].set_title("as the networks get it")
    lenet5, dense = probabilities
    first, second = lenet5.argmax(), dense.argmax()
    axes["sheet"].set_title(f"LeNet-5 reads {first}, the dense network {second}")
    ax = axes["bars"]
    ax.bar(np.arange(10) - 0.2, lenet5, width=0.4, label="LeNet-5")
    ax.bar(np.arange(10) + 0.2, dense, width=0.4, label="dense network")
    ax.set(xticks=range(10), ylim=(0, 1), yticks=[0, 0.5, 1], ylabel="probability")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)


def read_photo(path, networks, name):
    """Prints the digit in a photo and what the networks read, saves a picture of it.

    Raises ValueError if there is no digit, or no picture.
    """
    sheet = open_picture(path)
    digit = as_mnist(sheet)
    pictures, probabilities = read(networks, digit)
    print(f"\n{path}, as the networks get it:")
    draw_digit(digit)
    for network, heights in zip(["LeNet-5", "dense network"], probabilities):
        second, first = heights.argsort()[-2:]
        print(
            f"{network} reads {first} ({heights[first]:.0%}), "
            f"runner-up {second} ({heights[second]:.0%})"
        )
    plt.close()  # the last photo's
    plot(sheet, pictures, probabilities)
    save_figure(f"figures/read-{name}.png")


def picture_names(paths):
    """Returns a name for each photo's picture: its own, numbered if it came before."""
    names = []
    for path in paths:
        name, number = Path(path).stem, 2
        while name in names:
            name, number = f"{Path(path).stem}-{number}", number + 1
        names.append(name)
    return names


def main():
    parser = argparse.ArgumentParser(description="Reads digits in photos or scans.")
    parser.add_argument(
        "photos", nargs="+", metavar="photo.jpg", help="a digit in each"
    )
    photos = parser.parse_args().photos
    lenet5, dense = load_networks()
    outputs = [lenet5.get_layer(name).output for name in [*LAYERS, "output"]]
    networks = keras.Model(lenet5.inputs[0], outputs), dense
    failed = False
    for path, name in zip(photos, picture_names(photos)):
        try:
            read_photo(path, networks, name)
        except ValueError as error:
            print(f"{path}: {error}", file=sys.stderr)
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
