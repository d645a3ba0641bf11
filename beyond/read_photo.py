"""Read digits in photos or scans, with two networks.

    python beyond/read_photo.py photo.jpg ...  one digit in each, some paper around it

Takes the networks that step 4 has saved in `models/`. Prints the digit as the networks
get it, what they read, and why that is not certain, if it is not; saves a picture of it
with LeNet-5's feature maps.
"""

import argparse
import io
import sys
import warnings
from pathlib import Path

from networks import load_networks
from step1 import draw_digit, load_mnist, save_figure
from step2 import prepare

import matplotlib.pyplot as plt
import numpy as np
from as_mnist import centre, count_shapes, find_digit, fit_box
from PIL import Image, ImageFilter, ImageOps

LAYERS = ["C1", "S2", "C3", "S4"]
LIKELY = 0.6  # a probability: what has less is not certain
SIMILAR = 0.95  # to one of the training digits: what is less so, is not certain
HEIC = b"ftyphei", b"ftypmif"  # how an iPhone's photos begin, after four bytes


def stretch(picture):
    """Returns a scanner's picture, with numbers in any range, in 256 shades of grey."""
    numbers = np.nan_to_num(np.asarray(picture, float))
    numbers = 255 * (numbers - numbers.min()) / max(np.ptp(numbers), 1)
    return Image.fromarray(numbers.astype(np.uint8))


def flatten(picture):
    """Returns a picture in grey, on white where it is transparent.

    If it is transparent and has one colour, the ink is what is not transparent.
    """
    picture = picture.convert("RGBA")
    *colours, opacity = np.moveaxis(np.asarray(picture), 2, 0)
    drawn = opacity > 127
    if 0 < drawn.mean() < 1 and all(np.ptp(colour[drawn]) < 30 for colour in colours):
        return Image.fromarray(255 - opacity)
    paper = Image.new("RGBA", picture.size, "white")
    return Image.alpha_composite(paper, picture).convert("L")


def open_picture(path):
    """Returns a picture in grey, uint8 `(h, w)`: upright, at most 1,000 pixels long.

    Raises ValueError if it cannot be read.
    """
    try:
        data = Path(path).read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has many pixels
            picture = Image.open(io.BytesIO(data))
            if picture.mode.startswith(("I", "F")):
                picture = stretch(picture)
            picture.thumbnail((1000, 1000))
        return np.asarray(flatten(ImageOps.exif_transpose(picture)))
    except Image.DecompressionBombError:
        most = 2 * Image.MAX_IMAGE_PIXELS
        raise ValueError(f"more than {most:,} pixels: make it smaller")
    except Exception as error:  # a damaged file fails in a dozen ways
        reason = getattr(error, "strerror", None)
        if not reason and data[4:11] in HEIC:
            reason = "HEIC, which Pillow cannot read: save it as JPEG or PNG"
        raise ValueError(reason or "no picture that Pillow can read")


def find_one(sheet):
    """Grey uint8 `(h, w)` -> the digit on it, uint8 `(28, 28)`.

    Raises ValueError if there is none, or more than one.
    """
    ink = find_digit(sheet)
    shapes = count_shapes(ink)
    if shapes > 1:
        raise ValueError(f"{shapes} shapes: one digit in each photo, please")
    return centre(fit_box(ink))


def read(networks, digit):
    """Returns what the networks make of a digit, uint8 `(28, 28)`.

    That is the pictures to show, by name, the feature maps of a layer side by side in
    one, with gaps; and a list of the probabilities, `(10,)` from each network.
    """
    lenet5, dense = networks
    maps = images = prepare(digit[np.newaxis])
    pictures = {"digit": digit}
    for layer in lenet5.layers:
        maps = layer(maps)
        if layer.name in LAYERS:
            framed = np.pad(maps[0], [(1, 1), (1, 1), (0, 0)], constant_values=np.nan)
            pictures[layer.name] = np.hstack(np.moveaxis(framed, 2, 0))
    return pictures, [np.array(output[0]) for output in (maps, dense(images))]


def similarity(digit, digits):
    """Returns how similar a digit is to the one of `digits` that it is most like.

    That is the cosine of the angle between the two as vectors of 784 pixels, 1 if they
    point the same way. They are blurred first: a stroke may be a pixel further on.
    """
    blurred = [
        np.ravel(Image.fromarray(image).filter(ImageFilter.GaussianBlur(1.4)))
        for image in [digit, *digits]
    ]
    units = blurred / np.linalg.norm(blurred, axis=1, keepdims=True)
    return (units[1:] @ units[0]).max()


def find_doubt(digit, probabilities, training_digits):
    """Returns why it is not certain what LeNet-5 reads; "" if it is.

    Softmax spreads a probability of 1 over ten digits even if there is a letter. So the
    digit is also compared with the training digits of the class that it is read as.
    """
    lenet5, dense = probabilities
    answer = lenet5.argmax()
    if lenet5[answer] < LIKELY:
        return f"LeNet-5 gives the {answer} less than {LIKELY:.0%}"
    if dense.argmax() != answer:
        return "the two networks do not agree"
    images, labels = training_digits
    if similarity(digit, images[labels == answer]) < SIMILAR:
        return f"no {answer} among the training digits looks like it"
    return ""


def plot(sheet, pictures, probabilities, doubt):
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
        grey = {"cmap": "gray", "vmin": 0, "vmax": 255}
        style = {"cmap": "Blues"} if name in LAYERS else grey
        axes[name].imshow(pixels, **style)
        axes[name].set(xticks=[], yticks=[], anchor="NW", facecolor="lightgrey")
    for name in LAYERS:
        axes[name].set_ylabel(name, rotation=0, ha="right", va="center")
    axes["digit"].set_title("as the networks get it")
    lenet5, dense = probabilities
    first, second = lenet5.argmax(), dense.argmax()
    title = f"LeNet-5 reads {first}, the dense network {second}"
    axes["sheet"].set_title(f"not certain: {title}" if doubt else title)
    ax = axes["bars"]
    ax.bar(np.arange(10) - 0.2, lenet5, width=0.4, label="LeNet-5")
    ax.bar(np.arange(10) + 0.2, dense, width=0.4, label="dense network")
    ax.set(xticks=range(10), ylim=(0, 1), yticks=[0, 0.5, 1], ylabel="probability")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)


def read_photo(path, networks, training_digits, name):
    """Prints the digit in a photo and what the networks read, saves a picture of it.

    Raises ValueError if there is no digit, or no picture.
    """
    sheet = open_picture(path)
    digit = find_one(sheet)
    pictures, probabilities = read(networks, digit)
    doubt = find_doubt(digit, probabilities, training_digits)
    print(f"\n{path}, as the networks get it:")
    draw_digit(digit)
    for network, heights in zip(["LeNet-5", "dense network"], probabilities):
        second, first = heights.argsort()[-2:]
        answer = f"{first} ({heights[first]:.0%})"
        runner_up = f"{second} ({heights[second]:.0%})"
        print(f"{network} reads {answer}, runner-up {runner_up}")
    if doubt:
        print(f"Not certain: {doubt}.")
    plt.close()  # the last photo's
    plot(sheet, pictures, probabilities, doubt)
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
    add = parser.add_argument
    add("photos", nargs="+", metavar="photo.jpg", help="a digit in each")
    photos = parser.parse_args().photos
    networks = load_networks()
    training_digits, _ = load_mnist()
    failed = False
    for path, name in zip(photos, picture_names(photos)):
        try:
            read_photo(path, networks, training_digits, name)
        except ValueError as error:
            print(f"{path}: {error}", file=sys.stderr)
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
