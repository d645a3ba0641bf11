"""Measure how well photos are read, and how often the reading is doubted.

    python results/photos.py           the photos that the rules were chosen by
    python results/photos.py --unseen  as many others: test digits, other fonts

Makes photos of digits, and of what is no digit: pens, papers, desks, lights. Takes the
networks that step 4 has saved in `models/`. Prints a row for every kind of photo.
"""

import argparse
import functools
import io
from collections import Counter

from common import print_header, print_row

import read_photo

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from step1 import load_mnist
from strokes import STROKES, draw_stroke

load_digits = functools.cache(load_mnist)

EACH = 30  # photos of every kind
WIDTH, HEIGHT = 600, 800
PENS = [(20, 20, 25), (30, 50, 150), (170, 30, 40), (20, 100, 60), (60, 60, 60)]
PENCIL, CHALK = (120, 120, 125), (225, 225, 215)
LINES = [(150, 180, 215), (115, 150, 205), (140, 140, 150)]
DESKS = [(60, 45, 35), (120, 80, 50), (35, 35, 40)]
FONTS = ["DejaVuSans", "DejaVuSerif", "DejaVuSans-Bold", "DejaVuSansMono", "cmr10"]
UNSEEN_FONTS = ["DejaVuSans-Oblique", "STIXGeneral", "DejaVuSerif-Italic", "cmss10"]
LETTERS = "ACEFGHJKLMNPQRTUVWXYacdefhijkmnprtuvwxy"  # the others look like digits
WRITTEN_LETTERS = {  # as STROKES in handwriting.py
    "A": [[[(0.1, 1), (0.5, 0), (0.9, 1)], [(0.25, 0.6), (0.75, 0.6)]]],
    "E": [[[(0.8, 0), (0.2, 0), (0.2, 1), (0.8, 1)], [(0.2, 0.5), (0.7, 0.5)]]],
    "F": [[[(0.8, 0), (0.2, 0), (0.2, 1)], [(0.2, 0.5), (0.7, 0.5)]]],
    "H": [[[(0.2, 0), (0.2, 1)], [(0.8, 0), (0.8, 1)], [(0.2, 0.5), (0.8, 0.5)]]],
    "K": [[[(0.2, 0), (0.2, 1)], [(0.8, 0), (0.2, 0.55), (0.85, 1)]]],
    "M": [[[(0.1, 1), (0.2, 0), (0.5, 0.6), (0.8, 0), (0.9, 1)]]],
    "N": [[[(0.2, 1), (0.2, 0), (0.8, 1), (0.8, 0)]]],
    "R": [[[(0.2, 1), (0.2, 0), (0.8, 0.1), (0.8, 0.4), (0.2, 0.5), (0.8, 1)]]],
    "V": [[[(0.1, 0), (0.5, 1), (0.9, 0)]]],
    "W": [[[(0, 0), (0.25, 1), (0.5, 0.3), (0.75, 1), (1, 0)]]],
    "X": [[[(0.1, 0), (0.9, 1)], [(0.9, 0), (0.1, 1)]]],
}
UNSEEN_WRITTEN_LETTERS = {
    "L": [[[(0.2, 0), (0.2, 1), (0.8, 1)]]],
    "P": [[[(0.2, 1), (0.2, 0), (0.8, 0.1), (0.8, 0.45), (0.2, 0.55)]]],
    "T": [[[(0.1, 0), (0.9, 0)], [(0.5, 0), (0.5, 1)]]],
    "U": [[[(0.2, 0), (0.2, 0.7), (0.35, 1), (0.65, 1), (0.8, 0.7), (0.8, 0)]]],
    "Y": [[[(0.1, 0), (0.5, 0.5), (0.9, 0)], [(0.5, 0.5), (0.5, 1)]]],
}


# Ink: pictures in grey, 255 where the ink is


def trim(ink):
    return ink.crop(ink.getbbox())


def stroked(ways, rng):
    """Returns one of the ways to write a sign, by a hand that trembles a little."""
    ink = Image.new("L", (560, 560))
    draw = ImageDraw.Draw(ink)
    pen = int(rng.uniform(10, 55))
    bend = rng.normal(0, 0.025, 2)
    slant, squeeze = rng.uniform(-0.1, 0.3), rng.uniform(0.6, 0.9)
    for stroke in ways[rng.integers(len(ways))]:
        x, y = np.transpose(stroke)
        x, y = x + bend[0] * np.sin(7 * y), y + bend[1] * np.sin(7 * x)
        points = list(zip(100 + 400 * (squeeze * x + slant * (1 - y)), 80 + 400 * y))
        draw_stroke(draw, points, pen, 255)
    return trim(ink.rotate(rng.uniform(-8, 8), Image.Resampling.BICUBIC))


def enlarged(image):
    """Returns a digit of MNIST, `(28, 28)`, 20 times as large, with sharp edges."""
    large = Image.fromarray(image).resize((560, 560), Image.Resampling.BICUBIC)
    large = large.filter(ImageFilter.GaussianBlur(8))
    return trim(large.point(lambda pixel: min(255, max(0, 6 * (pixel - 90)))))


def printed(text, rng, unseen):
    font = rng.choice(UNSEEN_FONTS if unseen else FONTS)
    path = f"{matplotlib.get_data_path()}/fonts/ttf/{font}.ttf"
    ink = Image.new("L", (300 * len(text) + 500, 800))
    draw = ImageDraw.Draw(ink)
    draw.text((250, 150), text, fill=255, font=ImageFont.truetype(path, 400))
    return trim(ink.rotate(rng.uniform(-5, 5), Image.Resampling.BICUBIC))


def handwritten(digit, rng, unseen):
    """Returns a digit, written in strokes or taken from MNIST."""
    if rng.random() < 0.6:
        return stroked(STROKES[digit], rng)
    images, labels = load_digits()[unseen]
    return enlarged(rng.choice(images[labels == digit]))


def several(rng, unseen):
    """Returns two or three digits, one beside the other."""
    digits = rng.integers(0, 10, rng.integers(2, 4))
    if rng.random() < 0.5:
        return printed("".join(map(str, digits)), rng, unseen)
    inks = [handwritten(digit, rng, unseen) for digit in digits]
    row, left = Image.new("L", (2000, 560)), 0
    for ink in inks:
        row.paste(ink, (left, (560 - ink.height) // 2))
        left += ink.width + 80
    return trim(row)


def written_letter(rng, unseen):
    letters = UNSEEN_WRITTEN_LETTERS if unseen else WRITTEN_LETTERS
    return stroked(letters[rng.choice(list(letters))], rng)


def printed_letter(rng, unseen):
    return printed(rng.choice(list(LETTERS)), rng, unseen)


def scribble(rng, unseen):
    ink = Image.new("L", (500, 500))
    points = [tuple(point) for point in rng.uniform(50, 450, (rng.integers(8, 25), 2))]
    ImageDraw.Draw(ink).line(points, fill=255, width=14, joint="curve")
    return trim(ink)


NO_DIGITS = {
    "several digits": several,
    "a letter, written": written_letter,
    "a letter, printed": printed_letter,
    "a scribble": scribble,
}


# Papers and desks: float (HEIGHT, WIDTH, 3), 0 to 255


def smooth(rng, cells, low, high):
    """Returns random values, `(HEIGHT, WIDTH, 1)`, that change slowly."""
    coarse = Image.fromarray(rng.uniform(low, high, (cells, cells)).astype("float32"))
    large = coarse.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
    return np.asarray(large)[..., np.newaxis]


def plain(rng):
    return rng.uniform(200, 250) - np.array([0, 2, 8]) + np.zeros((HEIGHT, WIDTH, 1))


def yellow(rng):
    return plain(rng) * [1, 0.93, 0.5]


def ruled(rng, columns=False):
    paper, colour = plain(rng), rng.choice(LINES)
    first, pitch = int(rng.uniform(10, 30)), int(rng.uniform(24, 75))
    for line in range(rng.integers(1, 4)):
        paper[first + line :: pitch] = colour
        if columns:
            paper[:, first + line :: pitch] = colour
    return paper


def squared(rng):
    return ruled(rng, columns=True)


def with_margin(rng):
    paper, left = ruled(rng), int(rng.uniform(0.1, 0.25) * WIDTH)
    paper[:, left : left + int(rng.uniform(2, 6))] = 215, 70, 80
    return paper


def crumpled(rng):
    """Returns paper of facets that meet the light at different angles, with folds."""
    y, x = np.indices((HEIGHT, WIDTH)) / HEIGHT
    centres = rng.uniform(0, 1, (25, 2))
    distances = np.stack([np.hypot(y - cy, x - cx) for cy, cx in centres])
    facet = distances.argmin(axis=0)
    shade = 1 + rng.normal(0, 0.1, 25)[facet]
    shade += rng.normal(0, 0.25, 25)[facet] * (y - centres[facet, 0])
    first, second = np.partition(distances, 1, axis=0)[:2]
    shade -= 0.12 * np.exp(-(((second - first) / 0.005) ** 2))
    return 0.85 * plain(rng) * np.clip(shade, 0.5, 1.2)[..., np.newaxis]


def board(rng):
    return np.array(rng.choice([(35, 60, 50), (45, 45, 50)])) + smooth(rng, 8, 0, 25)


def desk(rng):
    """Returns wood, dark or light, with its grain."""
    grain = np.cumsum(rng.normal(0, 0.06, WIDTH)) % 0.5
    return rng.choice(DESKS) * (
        0.8 + 0.5 * (grain[:, np.newaxis] + smooth(rng, 6, 0, 0.6))
    )


# Photos


def write(paper, ink, rng, size=None, pen=None, cover=1):
    """Returns the paper with ink on it, `size` times as high as the paper is.

    Pencil and chalk cover less than all of the paper, and not evenly.
    """
    size = size or rng.uniform(0.25, 0.6)
    scale = min(size * HEIGHT / ink.height, 0.85 * WIDTH / ink.width)
    ink = ink.resize((round(scale * ink.width), round(scale * ink.height)))
    top = int(rng.uniform(0.1, 0.9) * (HEIGHT - ink.height))
    left = int(rng.uniform(0.2, 0.8) * (WIDTH - ink.width))
    covered = np.zeros((HEIGHT, WIDTH, 1))
    covered[top : top + ink.height, left : left + ink.width, 0] = np.asarray(ink) / 255
    if cover < 1:
        covered *= np.clip(rng.normal(cover, 0.25, covered.shape), 0, 1)
    return paper * (1 - covered) + np.array(pen or rng.choice(PENS)) * covered


def lay(sheet, table, corners):
    """Returns the table with the sheet on it; its corners are (x, y), 0 to 1."""
    sides = [(0, 0), (WIDTH, 0), (WIDTH, HEIGHT), (0, HEIGHT)]
    rows, values = [], []
    for (x, y), (u, v) in zip(np.array(corners) * [WIDTH, HEIGHT], sides):
        # u = (ax + by + c) / (gx + hy + 1), and v alike: a perspective has 8 numbers
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    perspective = np.linalg.solve(rows, values)
    picture, mask = (
        Image.fromarray(np.uint8(np.clip(pixels, 0, 255))).transform(
            (WIDTH, HEIGHT),
            Image.Transform.PERSPECTIVE,
            perspective,
            Image.Resampling.BICUBIC,
        )
        for pixels in (sheet, np.full((HEIGHT, WIDTH), 255))
    )
    table = Image.fromarray(np.uint8(np.clip(table, 0, 255)))
    return np.asarray(Image.composite(picture, table, mask), float)


def on_desk(sheet, rng):
    """Returns a sheet that leaves a strip of the desk free, at one side or two."""
    corners = np.array([(-0.03, -0.03), (1.03, -0.03), (1.03, 1.03), (-0.03, 1.03)])
    for side in rng.choice(4, rng.integers(1, 3), replace=False):
        strip = [0.2, -0.2, -0.2, 0.2][side] * rng.uniform(0.6, 1.3, 2)
        corners[[side, (side + 1) % 4], 1 - side % 2] += strip
    return lay(sheet, desk(rng), corners)


def as_note(sheet, rng):
    """Returns a small sheet somewhere on the desk."""
    half = rng.uniform(0.22, 0.42)
    angle = rng.uniform(-0.2, 0.2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)]) * half
    corners = rng.uniform(half, 1 - half, 2) + square @ turn
    return lay(sheet, desk(rng), corners + rng.normal(0, 0.01, (4, 2)))


def shadowed(sheet, rng):
    """Returns the sheet with the shadow of a hand or a phone, with sharp edges."""
    top, bottom = rng.uniform(0.1, 0.9, 2) * WIDTH
    middle = tuple(rng.uniform(0.2, 0.8, 2) * [WIDTH, HEIGHT])
    shadow = Image.new("L", (WIDTH, HEIGHT), 255)
    ImageDraw.Draw(shadow).polygon(
        [(top, 0), middle, (bottom, HEIGHT), (WIDTH, HEIGHT), (WIDTH, 0)],
        fill=int(rng.uniform(100, 190)),
    )
    shadow = shadow.filter(ImageFilter.GaussianBlur(rng.uniform(0.5, 6)))
    return sheet * np.asarray(shadow)[..., np.newaxis] / 255


def take_photo(scene, rng):
    """Returns the photo, grey: uneven light, a little askew and blurred, noise, JPEG."""
    picture = Image.fromarray(np.uint8(np.clip(scene * smooth(rng, 2, 0.7, 1), 0, 255)))
    if rng.random() < 0.5:
        turned = picture.rotate(rng.uniform(-4, 4), Image.Resampling.BICUBIC)
        picture = turned.crop((24, 32, WIDTH - 24, HEIGHT - 32))
    picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0, 2)))
    noise = rng.normal(0, rng.uniform(1, 9), np.shape(picture))
    file = io.BytesIO()
    picture = Image.fromarray(np.uint8(np.clip(picture + noise, 0, 255)))
    picture.save(file, "JPEG", quality=int(rng.integers(50, 95)))
    return np.asarray(Image.open(file).convert("L"))


SCENES = {
    "white paper": lambda ink, rng: write(plain(rng), ink, rng),
    "pencil": lambda ink, rng: write(plain(rng), ink, rng, pen=PENCIL, cover=0.7),
    "chalk": lambda ink, rng: write(board(rng), ink, rng, pen=CHALK, cover=0.85),
    "ruled paper": lambda ink, rng: write(ruled(rng), ink, rng),
    "squared paper": lambda ink, rng: write(squared(rng), ink, rng),
    "a margin line": lambda ink, rng: write(with_margin(rng), ink, rng),
    "crumpled paper": lambda ink, rng: write(crumpled(rng), ink, rng),
    "a tenth of the height": lambda ink, rng: write(plain(rng), ink, rng, size=0.1),
    "nearly all of the height": lambda ink, rng: write(plain(rng), ink, rng, size=0.85),
    "a sharp shadow": lambda ink, rng: shadowed(write(plain(rng), ink, rng), rng),
    "a strip of desk": lambda ink, rng: on_desk(write(plain(rng), ink, rng), rng),
    "a yellow note on a desk": lambda ink, rng: as_note(
        write(yellow(rng), ink, rng), rng
    ),
    "squared, a shadow, a desk": lambda ink, rng: on_desk(
        shadowed(write(squared(rng), ink, rng), rng), rng
    ),
}


def make_photos(unseen):
    """Yields the kind of a photo, the digit in it, None if there is none, and itself."""
    for kind in [*SCENES, "a printed digit", *NO_DIGITS]:
        for number in range(unseen * EACH, (unseen + 1) * EACH):
            rng = np.random.default_rng([*kind.encode(), number])
            digit = None if kind in NO_DIGITS else int(rng.integers(10))
            if digit is None:
                ink = NO_DIGITS[kind](rng, unseen)
            elif kind in SCENES:
                ink = handwritten(digit, rng, unseen)
            else:
                ink = printed(str(digit), rng, unseen)
            scene = SCENES[kind if kind in SCENES else rng.choice(list(SCENES))]
            yield kind, digit, take_photo(scene(ink, rng), rng)


def main():
    parser = argparse.ArgumentParser(description="Measures how well photos are read.")
    parser.add_argument("--unseen", action="store_true", help="other photos")
    unseen = parser.parse_args().unseen
    networks = read_photo.load_readers()
    training = load_digits()[0]
    counts, totals = {}, {}
    for kind, digit, sheet in make_photos(unseen):
        found = Counter(photos=1)
        try:
            image = read_photo.find_one(sheet)
            _, probabilities = read_photo.read(networks, image)
            read = probabilities[0].argmax() == digit
            doubted = bool(read_photo.find_doubt(image, probabilities, training))
            found += Counter(
                read=read, doubted=read and doubted, wrong=not (read or doubted)
            )
        except ValueError:  # refused
            pass
        counts[kind] = counts.get(kind, Counter()) + found
        total = "all without a digit" if digit is None else "all with a digit"
        totals[total] = totals.get(total, Counter()) + found
    print_header("photos of", "number", "read", "but doubted", "certain, and wrong")
    for kind, found in {**counts, **totals}.items():
        columns = ["photos", "read", "doubted", "wrong"]
        print_row(kind, *(found[column] for column in columns))


if __name__ == "__main__":
    main()
