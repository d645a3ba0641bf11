"""Ink for photos: digits, letters and signs, and what stands around them.

Each is a picture in grey, 255 where the ink is.
"""

import functools

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from step1 import load_mnist
from strokes import SIGNS, STROKES, UNSEEN_WRITTEN_LETTERS, WRITTEN_LETTERS
from strokes import draw_stroke, rows_of

load_digits = functools.cache(load_mnist)

BICUBIC = Image.Resampling.BICUBIC
FONTS = ["DejaVuSans", "DejaVuSerif", "DejaVuSans-Bold", "DejaVuSansMono", "cmr10"]
UNSEEN_FONTS = ["DejaVuSans-Oblique", "STIXGeneral", "DejaVuSerif-Italic", "cmss10"]
PRINTED, UNSEEN_SIGNS = "?%+#=*", "!&@$<€~"
WRITTEN_SIGNS = [strokes for _, strokes in rows_of(SIGNS)]
LETTERS = "ACEFGHJKLMNPQRTUVWXYacdefhijkmnprtuvwxy"  # the others look like digits


def trim(ink):
    return ink.crop(ink.getbbox())


def stroked(ways, rng, thick=55):
    """Returns one of several signs, written by a hand that trembles a little."""
    ink = Image.new("L", (560, 560))
    draw = ImageDraw.Draw(ink)
    pen = int(rng.uniform(10, thick))
    bend = rng.normal(0, 0.025, 2)
    slant, squeeze = rng.uniform(-0.1, 0.3), rng.uniform(0.6, 0.9)
    for stroke in ways[rng.integers(len(ways))]:
        x, y = np.transpose(stroke)
        x, y = x + bend[0] * np.sin(7 * y), y + bend[1] * np.sin(7 * x)
        points = list(zip(100 + 400 * (squeeze * x + slant * (1 - y)), 80 + 400 * y))
        draw_stroke(draw, points, pen, 255)
    return trim(ink.rotate(rng.uniform(-8, 8), BICUBIC))


def enlarged(image):
    """Returns a digit of MNIST, `(28, 28)`, 20 times as large, with sharp edges."""
    large = Image.fromarray(image).resize((560, 560), BICUBIC)
    large = large.filter(ImageFilter.GaussianBlur(8))
    return trim(large.point(lambda pixel: min(255, max(0, 6 * (pixel - 90)))))


def printed(text, rng, unseen):
    font = rng.choice(UNSEEN_FONTS if unseen else FONTS)
    path = f"{matplotlib.get_data_path()}/fonts/ttf/{font}.ttf"
    ink = Image.new("L", (1500, 800))
    draw = ImageDraw.Draw(ink)
    draw.text((250, 150), str(text), fill=255, font=ImageFont.truetype(path, 400))
    return trim(ink.rotate(rng.uniform(-5, 5), BICUBIC))


def handwritten(digit, rng, unseen):
    """Returns a digit, written in strokes or taken from MNIST."""
    if rng.random() < 0.6:
        return stroked(STROKES[digit], rng)
    images, labels = load_digits()[unseen]
    return enlarged(rng.choice(images[labels == digit]))


def in_a_row(digits, rng, unseen, gap=80):
    """Returns digits, one beside the other, of nearly the same height."""
    row, left = Image.new("L", (700 * len(digits), 700)), 0
    for digit in digits:
        ink = handwritten(int(digit), rng, unseen)
        scale = rng.uniform(440, 520) / max(ink.height, ink.width)
        ink = ink.resize((round(scale * ink.width), round(scale * ink.height)))
        row.paste(ink, (left, int(rng.uniform(0, 50)) + (600 - ink.height) // 2))
        left += ink.width + int(rng.uniform(gap, 1.8 * gap))
    return trim(row)


def some_digits(rng, low, high):
    return "".join(map(str, rng.integers(0, 10, rng.integers(low, high + 1))))


def in_lines(numbers, rng, unseen):
    """Returns numbers, one below the other, beginning on the left."""
    rows = [in_a_row(number, rng, unseen) for number in numbers]
    ink = Image.new("L", (max(row.width for row in rows), 800 * len(rows)))
    for line, row in enumerate(rows):
        ink.paste(row, (0, 800 * line))
    return trim(ink)


# What one finds around a digit, or in it


def framed(ink, draw_frame, rng):
    """Returns the ink in a frame: some space around it, and a line as thick as a pen."""
    space = int(rng.uniform(60, 160))
    large = Image.new("L", (ink.width + 2 * space, ink.height + 2 * space))
    large.paste(ink, (space, space))
    draw_frame(ImageDraw.Draw(large), large.size, int(rng.uniform(6, 24)))
    return large


def boxed(ink, rng):
    return framed(
        ink,
        lambda draw, size, pen: draw.rectangle(
            [0, 0, size[0] - 1, size[1] - 1], outline=255, width=pen
        ),
        rng,
    )


def ringed(ink, rng):
    side = int(1.3 * np.hypot(*ink.size)) + 40
    large = Image.new("L", (side, side))
    large.paste(ink, ((side - ink.width) // 2, (side - ink.height) // 2))
    pen = int(rng.uniform(8, 24))
    ImageDraw.Draw(large).ellipse([0, 0, side - 1, side - 1], outline=255, width=pen)
    return large


def underlined(ink, rng):
    gap, pen = int(rng.uniform(25, 90)), int(rng.uniform(8, 24))
    extra = int(rng.uniform(0, 0.4) * ink.width)
    large = Image.new("L", (ink.width + 2 * extra, ink.height + gap + 2 * pen))
    large.paste(ink, (extra, 0))
    bottom = ink.height + gap + pen // 2
    line = [(0, bottom + int(rng.uniform(-8, 8))), (large.width, bottom)]
    ImageDraw.Draw(large).line(line, fill=255, width=pen)
    return large


def in_form_boxes(ink, rng):
    """Returns a row of boxes, with the ink in one of them."""
    count, place = rng.integers(3, 6), rng.integers(3)
    side, pen = int(1.25 * max(ink.size)), int(rng.uniform(5, 14))
    large = Image.new("L", (count * side + pen, side + pen))
    draw = ImageDraw.Draw(large)
    for cell in range(count):
        corners = [cell * side, 0, (cell + 1) * side + pen - 1, side + pen - 1]
        draw.rectangle(corners, outline=255, width=pen)
    left = place * side + (side - ink.width) // 2
    large.paste(ink, (left, (side - ink.height) // 2))
    return large


def bar_apart(rng):
    """Returns a 5 whose bar does not touch the rest of it."""
    gap = rng.uniform(0.08, 0.14)
    body, bar = STROKES[5][0]
    return stroked([[body, [(x + gap / 2, y - gap) for x, y in bar]]], rng, thick=30)


def in_two_strokes(rng):
    """Returns a 4 whose long stroke does not touch the rest of it."""
    right = rng.uniform(0.76, 0.84)
    angle = [(0.25, 0.0), (0.18, 0.55), (right - 0.14, 0.52)]
    return stroked([[angle, [(right, 0.1), (right - 0.03, 1.0)]]], rng, thick=30)


def written_letter(rng, unseen):
    letters = UNSEEN_WRITTEN_LETTERS if unseen else WRITTEN_LETTERS
    return stroked(letters[rng.choice(list(letters))], rng)


def printed_letter(rng, unseen):
    return printed(rng.choice(list(LETTERS)), rng, unseen)


def sign(rng, unseen):
    """Returns a sign that is no digit, half of them printed."""
    if rng.random() < 0.5:
        return printed(
            rng.choice(list(UNSEEN_SIGNS if unseen else PRINTED)), rng, unseen
        )
    return stroked(WRITTEN_SIGNS[unseen::2], rng)


def blob(rng, unseen):
    """Returns a stain: a few discs, one over the other."""
    ink = Image.new("L", (500, 500))
    draw = ImageDraw.Draw(ink)
    for x, y in rng.normal(250, rng.uniform(0, 40), (rng.integers(1, 8), 2)):
        radius = rng.uniform(30, 130)
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
    return trim(ink)


def scribble(rng, unseen):
    ink = Image.new("L", (500, 500))
    points = [tuple(point) for point in rng.uniform(50, 450, (rng.integers(8, 25), 2))]
    ImageDraw.Draw(ink).line(points, fill=255, width=14, joint="curve")
    return trim(ink)
