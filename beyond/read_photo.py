"""Read digits and numbers in photos or scans, with two networks.

    python beyond/read_photo.py photo.jpg ...  digits in each, some paper around them

Takes the networks that step 4 has saved in `models/`. Prints what they read, and why
that is not certain, if it is not; of a single digit, the digit as they get it, too.
Saves a picture of what was found, and of a single digit LeNet-5's feature maps.
"""

import argparse
import itertools
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from networks import load_networks
from step1 import draw_digit, load_mnist
from step2 import prepare

import numpy as np
from as_mnist import centre, fit_box
from boxes import are_near, in_reading_order, stands_beside
from find_digits import CORNERS, FRAME, Shape, find_depth, find_shapes, join_shapes
from open_picture import open_picture
from PIL import ImageFilter
from plot_photo import as_text, plot, save_picture

LIKELY = 0.6  # a probability: what has less is not certain
SIMILAR = 0.95  # to one of the training digits: what is less so, is not certain
SURE, SIMILAR_IF_SURE = (
    0.85,
    0.94,
)  # if LeNet-5 is so sure, and the dense network likely
MOST_JOINED = 6  # doubted shapes: of more, hardly one is a part of a digit
SIGMA = 1.4  # pixels: a stroke that is so much further on is still like another
THIN = 0.09  # of its length: a stroke that is thinner is made thicker
LONGEST_NAME = 100  # bytes: some file systems allow no more than 143


@dataclass(eq=False)
class Reading:
    """What the networks make of a digit."""

    shape: Shape
    digit: np.ndarray  # uint8 (28, 28)
    probabilities: list  # (10,) from each network
    doubt: str  # why it is not certain; "" if it is

    @property
    def box(self):
        return self.shape.box

    @property
    def answer(self):
        return self.probabilities[0].argmax()


def read(networks, digits):
    """uint8 `(n, 28, 28)` -> the probabilities, `(n, 10)`, from each network."""
    return [np.array(network(prepare(digits))) for network in networks]


def blur(images):
    """Returns images, `(n, 28, 28)`, with a Gaussian over each pixel, `(n, 784)`."""
    places = np.arange(images.shape[1])
    weights = np.exp(-((places[:, np.newaxis] - places) ** 2) / (2 * SIGMA**2))
    blurred = images.astype(np.float32)
    for _ in range(2):  # along the columns, and then along the rows
        blurred = np.swapaxes(blurred @ weights.astype(np.float32), 1, 2)
    return blurred.reshape(len(images), -1)


def similarity(digit, digits):
    """Returns how similar a digit is to the one of `digits` that it is most like.

    That is the cosine of the angle between the two as vectors of 784 pixels, 1 if they
    point the same way. They are blurred first: a stroke may be a pixel further on.
    """
    # those that are alike as they are, blurred: most digits need not be
    pixels = digits.reshape(len(digits), -1).astype(np.float32)
    lengths = np.linalg.norm(pixels, axis=1)
    alike = np.argsort(-(pixels @ np.ravel(blur(digit[np.newaxis]))) / lengths)[:300]
    one, many = blur(digit[np.newaxis])[0], blur(digits[alike])
    lengths = np.linalg.norm(many, axis=1) * np.linalg.norm(one)
    return (many @ one / lengths).max()


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
    is_sure = lenet5[answer] > SURE and dense[answer] > LIKELY
    least = SIMILAR_IF_SURE if is_sure else SIMILAR
    if similarity(digit, images[labels == answer]) < least:
        return f"no {answer} among the training digits looks like it"
    return ""


def thicken(ink):
    """Returns a digit with strokes that are as wide as those of MNIST, or wider."""
    pixels = np.asarray(ink)
    width = 2 * find_depth(pixels > 0).max()
    missing = int(THIN * max(ink.size) - width)
    return ink.filter(ImageFilter.MaxFilter(missing | 1)) if missing > 1 else ink


def read_sheet(sheet, networks, training_digits):
    """Returns what is read in grey uint8 `(h, w)`, line by line, and what is left out.

    That is a list of `Reading`s for each line, and a list of shapes. Shapes that are
    near to each other are one if that is read with less doubt.
    """

    def read_shapes(shapes):
        digits = [centre(fit_box(thicken(shape.ink))) for shape in shapes]
        readings = []
        for shape, digit, *each in zip(
            shapes, digits, *read(networks, np.stack(digits))
        ):
            doubt = find_doubt(digit, each, training_digits)
            readings.append(Reading(shape, digit, each, doubt))
        return readings

    shapes, left_out = find_shapes(sheet)
    readings = read_shapes(shapes) if shapes else []
    doubted = sum(bool(reading.doubt) for reading in readings)
    pairs = itertools.combinations(readings, 2) if doubted <= MOST_JOINED else []
    for one, other in pairs:
        is_here = one in readings and other in readings
        if is_here and (one.doubt or other.doubt) and are_near(one.box, other.box):
            (joined,) = read_shapes([join_shapes(one.shape, other.shape)])
            if not joined.doubt:
                readings = [r for r in readings if r not in (one, other)] + [joined]
    lines = in_reading_order(readings)
    for reading, shape in itertools.product(readings, left_out):
        is_box = shape.reason in (FRAME, CORNERS)
        if stands_beside(shape.box, reading.box) and not is_box:
            reading.doubt = reading.doubt or "what stands beside it is left out"
    doubt_all(readings)
    return lines, left_out


def doubt_all(readings):
    """Doubts all digits of a sheet if they are not what a number looks like."""
    doubt = ""
    if 2 * sum(bool(reading.doubt) for reading in readings) >= len(readings):
        doubt = "half of what is here is doubted"
    ones = sum(reading.answer == 1 for reading in readings)
    if len(readings) > 3 and ones > 0.8 * len(readings):
        doubt = "so many 1s may be lines"
    for reading in readings:
        reading.doubt = reading.doubt or doubt


def print_digit(path, reading):
    print(f"\n{path}, as the networks get it:")
    draw_digit(reading.digit)
    for network, heights in zip(["LeNet-5", "dense network"], reading.probabilities):
        second, first = heights.argsort()[-2:]
        answer = f"{first} ({heights[first]:.0%})"
        runner_up = f"{second} ({heights[second]:.0%})"
        print(f"{network} reads {answer}, runner-up {runner_up}")
    if reading.doubt:
        print(f"Not certain: {reading.doubt}.")


def print_numbers(path, lines):
    texts = [as_text(line) for line in lines]
    print(f"\n{path}: {texts[0]}" if len(lines) == 1 else f"\n{path}:")
    if len(lines) > 1:
        print("\n".join(texts))
    for number, line in enumerate(lines, 1):
        where = f" in line {number}" if len(lines) > 1 else ""
        for place, reading in enumerate(line, 1):
            if reading.doubt:
                print(f"Not certain of digit {place}{where}: {reading.doubt}.")


def read_photo(path, networks, training_digits, name):
    """Prints the digits in a photo as they are read, saves a picture of them.

    Raises ValueError if there is no digit, or no picture.
    """
    for sheet in open_picture(path):  # of several, the first that is certain
        lines, left_out = read_sheet(sheet, networks, training_digits)
        if lines and not any(reading.doubt for reading in sum(lines, [])):
            break
    readings = sum(lines, [])
    if len(readings) == 1:
        print_digit(path, readings[0])
    elif readings:
        print_numbers(path, lines)
    plot(sheet, lines, left_out, networks[0])
    save_picture(f"figures/read-{name}.png")
    if not readings:
        why = "it is all paper, all ink, or too faint"
        if left_out:
            reasons = dict.fromkeys(shape.reason for shape in left_out)
            why = f"what there is is left out: {', '.join(reasons)}"
        raise ValueError(f"no digit found, {why}")


def picture_names(paths):
    """Returns a name for each photo's picture: its own, numbered if it came before.

    A file system may take "A" and "a" for the same, and a long name for none.
    """
    names = []
    for path in paths:
        stem = os.fsencode(Path(path).stem)[:LONGEST_NAME].decode(errors="ignore")
        name, number = stem, 2
        while name.lower() in map(str.lower, names):
            name, number = f"{stem}-{number}", number + 1
        names.append(name)
    return names


def main():
    parser = argparse.ArgumentParser(description="Reads digits in photos or scans.")
    add = parser.add_argument
    add("photos", nargs="+", metavar="photo.jpg", help="digits in each")
    photos = parser.parse_args().photos
    for stream in sys.stdout, sys.stderr:  # a name may have what cannot be printed
        if hasattr(stream, "reconfigure"):  # a notebook's prints everything
            stream.reconfigure(errors="backslashreplace")
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
