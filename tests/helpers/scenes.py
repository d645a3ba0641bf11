"""Photos that a program makes, of digits and numbers, and of something else."""

import functools
import io

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from step1 import load_mnist
from strokes import SIGNS, STROKES, UNSEEN_WRITTEN_LETTERS, WRITTEN_LETTERS
from strokes import draw_stroke, rows_of

load_digits = functools.cache(load_mnist)

BICUBIC = Image.Resampling.BICUBIC
WIDTH, HEIGHT = 600, 800
PENS = 20, 55, 60, 75  # black, blue, grey, red or green
FONTS = ["DejaVuSans", "DejaVuSerif", "DejaVuSans-Bold", "DejaVuSansMono", "cmr10"]
UNSEEN_FONTS = ["DejaVuSans-Oblique", "STIXGeneral", "DejaVuSerif-Italic", "cmss10"]
PRINTED, UNSEEN_SIGNS = "?%+#=*", "!&@$<€~"
WRITTEN_SIGNS = [strokes for _, strokes in rows_of(SIGNS)]
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
