"""Photos that a program makes, of digits and numbers, and of something else."""

import io

import numpy as np
from inks import BICUBIC, bar_apart, blob, boxed, handwritten, in_form_boxes
from inks import in_lines, in_two_strokes, printed, printed_letter, ringed, scribble
from inks import sign, some_digits, underlined, written_letter
from PIL import Image, ImageDraw, ImageFilter
from strokes import STROKES, draw_stroke

WIDTH, HEIGHT = 600, 800
PENS = 20, 55, 60, 75  # black, blue, grey, red or green


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


# Papers and desks: float (HEIGHT, WIDTH), 0 to 255


def smooth(rng, cells, low, high, size=(WIDTH, HEIGHT)):
    """Returns random values, `(HEIGHT, WIDTH)`, that change slowly."""
    coarse = Image.fromarray(rng.uniform(low, high, (cells, cells)).astype("float32"))
    return np.asarray(coarse.resize(size, BICUBIC))


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
    """Returns the photo, grey or RGB: uneven light, a little askew, blurred, noise, JPEG."""
    height, width, *_ = scene.shape
    light = smooth(rng, 2, 0.7, 1, (width, height))
    picture = as_picture((scene.T * light.T).T)
    if rng.random() < 0.5:
        turned = picture.rotate(rng.uniform(-4, 4), BICUBIC)
        edges = width // 25, height // 25
        picture = turned.crop((*edges, width - edges[0], height - edges[1]))
    picture = picture.filter(ImageFilter.GaussianBlur(rng.uniform(0, 2)))
    pixels = picture + rng.normal(0, rng.uniform(1, 6), np.shape(picture))
    file = io.BytesIO()
    as_picture(pixels).save(file, "JPEG", quality=int(rng.integers(50, 95)))
    return np.asarray(Image.open(file))


def highlighted(ink, rng):
    """Returns paper with the ink, and a band of a text marker over it, in colour."""
    sheet = write(plain(rng), ink, rng)
    rows = np.flatnonzero((sheet < 120).any(axis=1))
    top, bottom = rows[0] - rng.uniform(-20, 20), rows[-1] + rng.uniform(-20, 20)
    band = Image.new("L", (WIDTH, HEIGHT))
    left, right = rng.uniform([0, 0.7], [0.3, 1]) * WIDTH
    tilt = rng.uniform(-15, 15)
    corners = [(left, top), (right, top + tilt), (right, bottom + tilt), (left, bottom)]
    ImageDraw.Draw(band).polygon(corners, fill=255)
    band = np.asarray(band.filter(ImageFilter.GaussianBlur(2)))[..., np.newaxis] / 255
    colours = np.array([[250, 240, 60], [255, 170, 190], [150, 245, 130]])
    colour = colours[rng.integers(3)] / 255
    return sheet[..., np.newaxis] * (1 - band + band * colour)


def coloured(ink, rng):
    """Returns ink on paper of another colour, which may be as light."""
    papers = [[0, 150, 0], [120, 180, 235], [235, 200, 90], [40, 60, 140]]
    inks = [[255, 10, 10], [235, 90, 130], [40, 150, 70], [240, 150, 30]]
    choice = rng.integers(4)
    covered = 1 - write(np.full((HEIGHT, WIDTH), 1.0), ink, rng, pen=1e-9)
    covered = covered[..., np.newaxis]
    return np.array(papers[choice]) * (1 - covered) + np.array(inks[choice]) * covered


def house_number(ink, rng):
    """Returns a plate on a wall: thick, light ink on dark, or the other way round."""
    wall = rng.uniform(110, 230) + smooth(rng, 60, -12, 12)
    dark, light = rng.uniform(20, 70), rng.uniform(210, 250)
    plate, pen = rng.permutation([dark, light]) if rng.random() < 0.3 else (dark, light)
    space = int(rng.uniform(0.2, 0.5) * ink.height)
    sizes = ink.width + 2 * space, ink.height + 2 * space
    scale = min(rng.uniform(0.3, 0.8) * HEIGHT / sizes[1], 0.85 * WIDTH / sizes[0])
    covered = Image.new("L", sizes)
    covered.paste(ink, (space, space))
    width, height = (round(scale * size) for size in sizes)
    covered = np.asarray(covered.resize((width, height))) / 255
    top = int(rng.uniform(0.1, 0.9) * (HEIGHT - height))
    left = int(rng.uniform(0.2, 0.8) * (WIDTH - width))
    wall[top : top + height, left : left + width] = plate + (pen - plate) * covered
    return wall


def between_lines(ink, rng):
    """Returns ruled paper with ink that is as tall as the space between two lines."""
    paper, pitch = plain(rng), int(rng.uniform(100, 220))
    first, grey = int(rng.uniform(10, 60)), rng.uniform(130, 190)
    for top in range(first, HEIGHT - 3, pitch):
        paper[top : top + int(rng.integers(1, 4))] = grey
    scale = min(rng.uniform(0.85, 1.0) * pitch / ink.height, 0.8 * WIDTH / ink.width)
    ink = ink.resize((round(scale * ink.width), round(scale * ink.height)))
    line = int(rng.integers(1, (HEIGHT - first) // pitch))
    top = first + line * pitch - ink.height + int(rng.uniform(-4, 4))
    left = int(rng.uniform(0.1, 0.9) * (WIDTH - ink.width))
    sheet = Image.new("L", (WIDTH, HEIGHT))
    sheet.paste(ink, (left, top))
    covered = np.asarray(sheet) / 255
    return paper * (1 - covered) + rng.choice(PENS) * covered


def on_a4(digit, pen, rng):
    """Returns a whole sheet of A4 with a digit of 8 to 30 mm, 4000x3000 pixels."""
    millimetre = 4000 / 297
    tall = rng.uniform(8, 30) * millimetre
    sheet = Image.new("L", (3000, 4000), int(rng.uniform(200, 250)))
    draw = ImageDraw.Draw(sheet)
    left, top = rng.uniform(0.1, 0.7) * 3000, rng.uniform(0.1, 0.8) * 4000
    ways, slant = STROKES[digit], rng.uniform(-0.05, 0.2)
    for stroke in ways[rng.integers(len(ways))]:
        points = [
            (left + tall * (0.75 * x + slant * (1 - y)), top + tall * y)
            for x, y in stroke
        ]
        draw_stroke(draw, points, round(pen * millimetre), int(rng.choice(PENS)))
    return np.asarray(sheet, float)


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
MARKS = {
    "a box around it": boxed,
    "a ring around it": ringed,
    "underlined": underlined,
    "in a form's boxes": in_form_boxes,
}
SHEETS = {  # with ink of their own kind
    "a text marker": highlighted,
    "coloured ink and paper": coloured,
    "as tall as a ruled line": between_lines,
    "a printed digit": None,
    "a house number": house_number,
    "a 5, its bar apart": bar_apart,
    "a 4, in two strokes": in_two_strokes,
    "A4, a pen of 0.45 mm": 0.45,
    "A4, a pen of 0.3 mm": 0.3,
}
SEVERAL = {
    "a number": lambda rng: [some_digits(rng, 2, 5)],
    "a long number": lambda rng: [some_digits(rng, 6, 10)],
    "lines of numbers": lambda rng: [some_digits(rng, 1, 4) for _ in range(3)],
}
NO_DIGITS = {
    "a letter, written": written_letter,
    "a letter, printed": printed_letter,
    "a sign": sign,
    "a scribble": scribble,
    "a blob": blob,
    "an empty sheet": lambda rng, unseen: Image.new("L", (400, 400)),
}


def any_scene(ink, rng):
    return SCENES[rng.choice(list(SCENES))](ink, rng)


def make_scene(kind, rng, unseen):
    """Returns what is written, a line for each number, "" if nothing; and the scene."""
    if kind in NO_DIGITS:
        return "", any_scene(NO_DIGITS[kind](rng, unseen), rng)
    if kind in SEVERAL:
        numbers = SEVERAL[kind](rng)
        return "\n".join(numbers), any_scene(in_lines(numbers, rng, unseen), rng)
    digit = int(rng.integers(10))
    if kind == "a 5, its bar apart":
        return "5", any_scene(bar_apart(rng), rng)
    if kind == "a 4, in two strokes":
        return "4", any_scene(in_two_strokes(rng), rng)
    if kind.startswith("A4"):
        return str(digit), on_a4(digit, SHEETS[kind], rng)
    if kind == "a printed digit":
        return str(digit), any_scene(printed(digit, rng, unseen), rng)
    if kind == "a house number":
        return str(digit), house_number(printed(digit, rng, unseen), rng)
    ink = handwritten(digit, rng, unseen)
    if kind in MARKS:
        return str(digit), any_scene(MARKS[kind](ink, rng), rng)
    return str(digit), {**SCENES, **SHEETS}[kind](ink, rng)


KINDS = [*SCENES, *MARKS, *SHEETS, *SEVERAL, *NO_DIGITS]


def make_photos(each, unseen, kinds=KINDS):
    """Yields the kind of a photo, what is written on it, and itself, uint8.

    What is written is a line for each number, "" for none. There are `each` of every
    kind, grey `(h, w)` or RGB `(h, w, 3)`. With `unseen`, they have test digits, other
    fonts, other written letters, and other signs.
    """
    for kind in kinds:
        for number in range(unseen * each, (unseen + 1) * each):
            rng = np.random.default_rng([*kind.encode(), number])
            text, scene = make_scene(kind, rng, unseen)
            yield kind, text, take_photo(scene, rng)
