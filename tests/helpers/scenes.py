"""Photos that a program makes, with a digit in each, or with something else."""

import functools
import io

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from step1 import load_mnist
from strokes import STROKES, UNSEEN_WRITTEN_LETTERS, WRITTEN_LETTERS, draw_stroke

load_digits = functools.cache(load_mnist)

BICUBIC = Image.Resampling.BICUBIC
WIDTH, HEIGHT = 600, 800
PENS = 20, 55, 60, 75  # black, blue, grey, red or green
FONTS = ["DejaVuSans", "DejaVuSerif", "DejaVuSans-Bold", "DejaVuSansMono", "cmr10"]
UNSEEN_FONTS = ["DejaVuSans-Oblique", "STIXGeneral", "DejaVuSerif-Italic", "cmss10"]
LETTERS = "ACEFGHJKLMNPQRTUVWXYacdefhijkmnprtuvwxy"  # the others look like digits


def sheet_of(digit, rng):
    """Returns a sheet, uint8 `(300, 400)`, with a digit, `(28, 28)`, somewhere on it.

    The digit is enlarged 8 times, and dark on light; half of the light is gone on one
    side of the sheet, and there is noise on it.
    """
    top, left = rng.integers(300 - 224 + 1), rng.integers(400 - 224 + 1)
    large = Image.fromarray(digit).resize((224, 224), BICUBIC)
    ink = np.zeros((300, 400))
    ink[top : top + 224, left : left + 224] = np.asarray(large) / 255
    angle = rng.uniform(0, 2 * np.pi)
    y, x = np.indices(ink.shape)
    light = np.cos(angle) * x + np.sin(angle) * y
    light = 0.5 + 0.5 * (light - light.min()) / np.ptp(light)
    grey = (230 - 190 * ink) * light + rng.normal(0, 8, ink.shape)
    return np.clip(grey, 0, 255).astype(np.uint8)


# Ink: pictures in grey, 255 where the ink is


def trim(ink):
    return ink.crop(ink.getbbox())


def stroked(ways, rng):
    """Returns one of several signs, written by a hand that trembles a little."""
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


def several(rng, unseen):
    """Returns two or three digits, one beside the other."""
    row, left = Image.new("L", (2000, 560)), 0
    for digit in rng.integers(0, 10, rng.integers(2, 4)):
        ink = handwritten(digit, rng, unseen)
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


# Papers and desks: float (HEIGHT, WIDTH), 0 to 255


def smooth(rng, cells, low, high):
    """Returns random values, `(HEIGHT, WIDTH)`, that change slowly."""
    coarse = Image.fromarray(rng.uniform(low, high, (cells, cells)).astype("float32"))
    return np.asarray(coarse.resize((WIDTH, HEIGHT), BICUBIC))


def plain(rng):
    return np.full((HEIGHT, WIDTH), rng.uniform(200, 250))


def board(rng):
    return rng.choice([45, 50]) + smooth(rng, 8, 0, 25)


def squared(rng):
    paper, grey = plain(rng), rng.choice([140, 150, 175])
    first, pitch = int(rng.uniform(10, 30)), int(rng.uniform(24, 75))
    for line in range(first, first + rng.integers(1, 4)):
        paper[line::pitch], paper[:, line::pitch] = grey, grey
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
    return 0.85 * plain(rng) * np.clip(shade, 0.5, 1.2)


def desk(rng):
    """Returns wood, dark or light, with its grain."""
    grain = np.cumsum(rng.normal(0, 0.06, WIDTH)) % 0.5
    return rng.choice([36, 48, 89]) * (0.8 + 0.5 * (grain + smooth(rng, 6, 0, 0.6)))


# Photos


def as_picture(pixels):
    return Image.fromarray(np.uint8(np.clip(pixels, 0, 255)))


def write(paper, ink, rng, pen=None, cover=1):
    """Returns the paper with ink on it.

    Pencil and chalk cover less than all of the paper, and not evenly.
    """
    size = rng.uniform(0.25, 0.6)
    scale = min(size * HEIGHT / ink.height, 0.85 * WIDTH / ink.width)
    ink = ink.resize((round(scale * ink.width), round(scale * ink.height)))
    top = int(rng.uniform(0.1, 0.9) * (HEIGHT - ink.height))
    left = int(rng.uniform(0.2, 0.8) * (WIDTH - ink.width))
    sheet = Image.new("L", (WIDTH, HEIGHT))
    sheet.paste(ink, (left, top))
    covered = np.asarray(sheet) / 255
    if cover < 1:
        covered *= np.clip(rng.normal(cover, 0.25, covered.shape), 0, 1)
    return paper * (1 - covered) + (pen or rng.choice(PENS)) * covered


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
    return sheet * np.asarray(shadow) / 255


def on_desk(sheet, rng):
    """Returns a desk with a small, slightly yellow sheet on it, a little askew."""
    size, angle = rng.uniform(0.45, 0.85), rng.uniform(-6, 6)
    paper, mask = (
        as_picture(pixels)
        .resize((round(size * WIDTH), round(size * HEIGHT)))
        .rotate(angle, BICUBIC, expand=True)
        for pixels in (0.9 * sheet, np.full_like(sheet, 255))
    )
    left, top = rng.uniform(0, [WIDTH - paper.width, HEIGHT - paper.height])
    picture = as_picture(desk(rng))
    picture.paste(paper, (round(left), round(top)), mask)
    return np.asarray(picture, float)


def take_photo(scene, rng):
    """Returns the photo, grey: uneven light, a little askew and blurred, noise, JPEG."""
    picture = as_picture(scene * smooth(rng, 2, 0.7, 1))
    if rng.random() < 0.5:
        turned = picture.rotate(rng.uniform(-4, 4), BICUBIC)
        picture = turned.crop((24, 32, WIDTH - 24, HEIGHT - 32))
    picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0, 2)))
    pixels = picture + rng.normal(0, rng.uniform(1, 6), np.shape(picture))
    file = io.BytesIO()
    as_picture(pixels).save(file, "JPEG", quality=int(rng.integers(50, 95)))
    return np.asarray(Image.open(file))


SCENES = {
    "pencil": lambda ink, rng: write(plain(rng), ink, rng, pen=120, cover=0.7),
    "chalk": lambda ink, rng: write(board(rng), ink, rng, pen=225, cover=0.85),
    "squared paper": lambda ink, rng: write(squared(rng), ink, rng),
    "crumpled paper": lambda ink, rng: write(crumpled(rng), ink, rng),
    "a sharp shadow": lambda ink, rng: shadowed(write(plain(rng), ink, rng), rng),
    "a note on a desk": lambda ink, rng: on_desk(write(plain(rng), ink, rng), rng),
    "squared, a shadow, a desk": lambda ink, rng: on_desk(
        shadowed(write(squared(rng), ink, rng), rng), rng
    ),
}
NO_DIGITS = {
    "several digits": several,
    "a letter, written": written_letter,
    "a letter, printed": printed_letter,
    "a scribble": scribble,
}


def make_photos(each, unseen):
    """Yields the kind of a photo, the digit in it, None if there is none, and itself.

    There are `each` of every kind, uint8 `(h, w)`. With `unseen`, they have test digits,
    other fonts, and other written letters.
    """
    for kind in [*SCENES, "a printed digit", *NO_DIGITS]:
        for number in range(unseen * each, (unseen + 1) * each):
            rng = np.random.default_rng([*kind.encode(), number])
            if kind in NO_DIGITS:
                digit, ink = None, NO_DIGITS[kind](rng, unseen)
            else:
                digit = int(rng.integers(10))
                write_or_print = handwritten if kind in SCENES else printed
                ink = write_or_print(digit, rng, unseen)
            scene = SCENES[kind if kind in SCENES else rng.choice(list(SCENES))]
            yield kind, digit, take_photo(scene(ink, rng), rng)
