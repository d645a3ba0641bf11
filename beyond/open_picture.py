"""Open a photo, a scan or a drawing, in whatever format, as an array of grey."""

import io
import warnings
from pathlib import Path

import numpy as np
from find_ink import FAINT, contrast_of, find_ink
from PIL import Image, ImageOps, ImageSequence

LENGTH = 2000  # pixels: a thin pen on a sheet of A4 is still a pixel wide
MOST_FRAMES = 20  # of a film or a document: who has more, can choose a page
CANNOT = {  # how these files begin, after some bytes
    "HEIC": (4, b"ftyphei"),
    "HEIF": (4, b"ftypmif"),
    "PDF": (0, b"%PDF"),
}


def stretch(picture):
    """Returns a scanner's picture, with numbers in any range, in 256 shades of grey."""
    numbers = np.nan_to_num(np.asarray(picture, float))
    numbers = 255 * (numbers - numbers.min()) / max(np.ptp(numbers), 1)
    return Image.fromarray(numbers.astype(np.uint8))


def contrast_in(grey):
    """Returns the contrast of the ink in a small picture, be it dark or light."""
    pixels = np.asarray(grey)
    return max(contrast_of(find_ink(p)[0]) for p in (pixels, 255 - pixels))


def as_grey(picture):
    """Returns a picture in grey, in which its ink can be told from its paper.

    That is how light it is; if all is nearly as light, the colour in which it differs
    most: the main direction of what is left when the light is taken away.
    """
    grey = picture.convert("L")
    small = picture.convert("RGB")
    small.thumbnail((200, 200))
    if contrast_in(small.convert("L")) > 1.5 * FAINT:
        return grey
    colours = np.asarray(small, float) - np.asarray(small.convert("L"))[..., np.newaxis]
    colours = colours.reshape(-1, 3) - np.median(colours, axis=(0, 1))
    direction = np.linalg.svd(colours, full_matrices=False)[2][0]

    def project(picture):
        along = np.asarray(picture.convert("RGB"), np.float32) @ direction.astype("f4")
        along = 128 + (along - np.median(along)) / 2
        return Image.fromarray(np.uint8(np.clip(along, 0, 255)))

    if contrast_in(project(small)) > max(FAINT, contrast_in(small.convert("L"))):
        return project(picture)
    return grey


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
    return as_grey(Image.alpha_composite(paper, picture))


def prepare_frame(picture):
    """Returns a picture in grey, uint8 `(h, w)`: upright, at most 2,000 pixels long."""
    if picture.mode.startswith(("I", "F")):
        picture = stretch(picture)
    if picture.mode in ("1", "P", "PA"):  # these would be reduced without mixing
        picture = picture.convert("L" if picture.mode == "1" else "RGBA")
    picture.thumbnail((LENGTH, LENGTH))
    return np.asarray(flatten(ImageOps.exif_transpose(picture)))


def open_picture(path):
    """Returns the pictures in a file in grey, uint8 `(h, w)`: nearly always, one.

    Raises ValueError if it cannot be read.
    """
    try:
        data = Path(path).read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that it has many pixels
            picture = Image.open(io.BytesIO(data))
            if getattr(picture, "n_frames", 1) == 1:
                return [prepare_frame(picture)]
            frames = ImageSequence.Iterator(picture)
            return [prepare_frame(f.copy()) for f, _ in zip(frames, range(MOST_FRAMES))]
    except Image.DecompressionBombError:
        most = 2 * Image.MAX_IMAGE_PIXELS
        raise ValueError(f"more than {most:,} pixels: make it smaller")
    except Exception as error:  # a damaged file fails in a dozen ways
        reason = getattr(error, "strerror", None)
        for name, (start, begin) in CANNOT.items():
            if not reason and data[start:].startswith(begin):
                reason = f"{name}, which Pillow cannot read: save it as JPEG or PNG"
        raise ValueError(reason or "no picture that Pillow can read")
