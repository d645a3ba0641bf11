"""Write a digit, or give a photo of one, and watch two networks read it.

    python beyond/draw.py                in a window, with the mouse
    python beyond/draw.py --browser      in a browser; needs `pip install tornado`
    python beyond/draw.py photo.jpg ...  photos or scans, one digit in each

Takes the networks that step 4 has saved in `models/`. For a photo it prints the digit
as the networks get it, and what they read; and it saves what a window would show.
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))  # where the steps are

from step1 import draw_digit, save_figure
from step2 import prepare
from step3 import keras

import matplotlib.pyplot as plt
import numpy as np
from as_mnist import as_mnist
from matplotlib.widgets import Button
from PIL import Image, ImageDraw, ImageOps

LAYERS = ["C1", "S2", "C3", "S4"]
FIELD = 280  # pixels, height and width of the field to write in
PEN = 20
EMPTY = np.zeros((28, 28), np.uint8)


def load_networks():
    """Returns LeNet-5 and the dense network, from `models/`.

    LeNet-5 has the feature maps of `LAYERS` as outputs, before its own. Raises
    SystemExit if step 4 has not saved them in this folder.
    """
    try:
        lenet5 = keras.models.load_model("models/lenet5-relu-max.keras")
        dense = keras.models.load_model("models/dense.keras")
    except Exception:  # missing or damaged
        raise SystemExit("No trained networks in models/: run step 4 in this folder.")
    outputs = [lenet5.get_layer(name).output for name in [*LAYERS, "output"]]
    return keras.Model(lenet5.inputs[0], outputs), dense


def open_picture(path):
    """Returns a picture in grey, uint8 `(h, w)`: upright, and on white if transparent.

    Raises ValueError if it cannot be read.
    """
    try:
        picture = ImageOps.exif_transpose(Image.open(path))
        if picture.mode.startswith("I"):  # of a scanner, in 65,536 shades of grey
            picture = Image.fromarray((np.asarray(picture) // 256).astype(np.uint8))
        picture = picture.convert("RGBA")
    except Exception as error:  # a damaged file fails in a dozen ways
        reason = getattr(error, "strerror", None)
        raise ValueError(reason or "no picture that Pillow can read")
    paper = Image.new("RGBA", picture.size, "white")
    return np.asarray(Image.alpha_composite(paper, picture).convert("L"))


def read(networks, digit):
    """Returns what the networks make of a digit, uint8 `(28, 28)`.

    That is the pictures to show, by name, the feature maps of a layer side by side in
    one, with gaps; and a list of the probabilities, `(10,)` from each network.
    """
    lenet5, dense = networks
    images = prepare(digit[np.newaxis])
    *layers, output = lenet5.predict_on_batch(images)
    pictures = {"digit": digit}
    for name, maps in zip(LAYERS, layers):
        framed = np.pad(maps[0], [(1, 1), (1, 1), (0, 0)], constant_values=np.nan)
        pictures[name] = np.hstack(np.moveaxis(framed, 2, 0))
    return pictures, [output[0], dense.predict_on_batch(images)[0]]


class View:
    """A figure: a sheet, the digit on it, what the networks read, and feature maps."""

    def __init__(self, networks, sheet):
        """Makes the figure for grey sheets, uint8, all of the shape of this one."""
        self.networks = networks
        rows = [["sheet", name, name] for name in LAYERS]
        self.figure, self.axes = plt.subplot_mosaic(
            [["sheet", "digit", "bars"], *rows],
            num="LeNet-5 reads",
            figsize=(12, 5.7),
            width_ratios=[8, 3, 8],
            height_ratios=[60, 30, 16, 12, 7],  # all feature maps on the same scale
            layout="constrained",
        )
        pictures, _ = read(networks, EMPTY)
        self.images = {}
        for name, pixels in {"sheet": sheet, **pictures}.items():
            style = {} if name in LAYERS else {"cmap": "gray", "vmin": 0, "vmax": 255}
            self.images[name] = self.axes[name].imshow(pixels, **style)
            self.axes[name].set(xticks=[], yticks=[], anchor="NW")
        for name in LAYERS:
            self.axes[name].set_ylabel(name, rotation=0, ha="right", va="center")
        self.axes["digit"].set_title("as the networks get it")
        ax = self.axes["bars"]
        self.bars = [
            *ax.bar(np.arange(10) - 0.2, 0, width=0.4, label="LeNet-5"),
            *ax.bar(np.arange(10) + 0.2, 0, width=0.4, label="dense network"),
        ]
        ax.set(xticks=range(10), ylim=(0, 1), yticks=[0, 0.5, 1], ylabel="probability")
        ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)

    def show(self, sheet, digit):
        """Shows a sheet, and the digit on it, uint8 `(28, 28)`.

        Returns the probabilities of the digits 0 to 9, `(10,)` from each network.
        """
        pictures, probabilities = read(self.networks, digit)
        for name, pixels in {"sheet": sheet, **pictures}.items():
            self.images[name].set_data(pixels)
            if name in LAYERS:
                self.images[name].autoscale()
        for bar, height in zip(self.bars, np.concatenate(probabilities)):
            bar.set_height(height if digit.any() else 0)
        lenet5, dense = (heights.argmax() for heights in probabilities)
        title = f"LeNet-5 reads {lenet5}, the dense network {dense}"
        self.axes["sheet"].set_title(title if digit.any() else "Write a digit")
        return probabilities


class Field:
    """The sheet of a view, to write on with the mouse; the key c clears it, too."""

    def __init__(self, view):
        self.view = view
        self.canvas = view.figure.canvas
        keys_of_matplotlib = self.canvas.manager.key_press_handler_id
        self.canvas.mpl_disconnect(keys_of_matplotlib)  # q would close the figure
        self.canvas.mpl_connect("button_press_event", self.press)
        self.canvas.mpl_connect("motion_notify_event", self.move)
        self.canvas.mpl_connect("button_release_event", self.lift)
        self.canvas.mpl_connect("figure_leave_event", self.lift)
        self.canvas.mpl_connect("key_press_event", self.key)
        self.canvas.draw()
        view.figure.set_layout_engine("none")  # it has done its work, and takes time
        self.button = Button(view.figure.add_axes((0.14, 0.02, 0.12, 0.07)), "Clear")
        self.button.on_clicked(self.clear)
        self.clear()

    def clear(self, event=None):
        """Takes a new sheet."""
        self.sheet = Image.new("L", (FIELD, FIELD), "white")
        self.pen = None  # where it is, (x, y); None if it is not on the sheet
        self.update()

    def key(self, event):
        if event.key == "c":
            self.clear()

    def press(self, event):
        """Puts the pen on the sheet."""
        if event.button == 1 and event.inaxes is self.view.axes["sheet"]:
            self.pen = event.xdata, event.ydata
            self.move(event)

    def move(self, event):
        """Draws a line to where the mouse is, with a round end."""
        if self.pen and event.inaxes is self.view.axes["sheet"]:
            x, y = event.xdata, event.ydata
            draw = ImageDraw.Draw(self.sheet)
            draw.line([self.pen, (x, y)], fill=0, width=PEN)
            draw.ellipse([x - PEN / 2, y - PEN / 2, x + PEN / 2, y + PEN / 2], fill=0)
            self.pen = x, y
            self.update()

    def lift(self, event):
        self.pen = None

    def update(self):
        """Has the sheet read, and shows it."""
        sheet = np.asarray(self.sheet)
        try:
            digit = as_mnist(sheet)
        except ValueError:  # there is no digit on it, yet
            digit = EMPTY
        self.view.show(sheet, digit)
        self.canvas.draw_idle()


def read_photo(path, networks):
    """Prints the digit in a picture and what the networks read, saves the view of it.

    Raises ValueError if there is no digit, or no picture.
    """
    sheet = open_picture(path)
    digit = as_mnist(sheet)
    plt.close()  # the last photo's view
    view = View(networks, sheet)
    print(f"\n{path}, as the networks get it:")
    draw_digit(digit)
    for network, heights in zip(["LeNet-5", "dense network"], view.show(sheet, digit)):
        second, first = heights.argsort()[-2:]
        print(
            f"{network} reads {first} ({heights[first]:.0%}), "
            f"runner-up {second} ({heights[second]:.0%})"
        )
    save_figure(f"figures/draw-{Path(path).stem}.png")


def use_browser(host, port):
    """Makes a page for Matplotlib's figures, which accepts drawing and nothing else.

    Raises SystemExit if Tornado is missing, or nothing can listen on that port.
    """
    try:
        from matplotlib.backends.backend_webagg import WebAggApplication
        from matplotlib.backends.backend_webagg_core import NavigationToolbar2WebAgg
    except RuntimeError:
        raise SystemExit("--browser needs the package Tornado: pip install tornado")
    # One button is left: the others move the axes, and save on the machine itself.
    download = "Download", "Download the picture", "filesave", "download"
    NavigationToolbar2WebAgg.toolitems = [download]
    plt.switch_backend("webagg")
    plt.rcParams["webagg.open_in_browser"] = False
    plt.rcParams["webagg.address"] = host
    plt.rcParams["webagg.port"] = port
    plt.rcParams["webagg.port_retries"] = 1
    try:
        WebAggApplication.initialize()
    except (OSError, SystemExit):
        raise SystemExit(
            f"Nothing can listen on {host}:{port}: try another --port or --host."
        )


def parse_options():
    """Returns the options of the command line."""
    parser = argparse.ArgumentParser(
        description="Reads digits, from the mouse or from pictures."
    )
    add = parser.add_argument
    add("pictures", nargs="*", metavar="photo.jpg", help="photos or scans of a digit")
    add("--browser", action="store_true", help="write in a browser, not in a window")
    add(
        "--host",
        default="127.0.0.1",
        help="address that --browser listens on (%(default)s)",
    )
    add(
        "--port",
        type=int,
        default=8988,
        help="port that --browser listens on (%(default)s)",
    )
    options = parser.parse_args()
    if not 0 < options.port < 65536:
        parser.error("--port is a number from 1 to 65535")
    return options


def main():
    options = parse_options()
    networks = load_networks()
    failed = False
    for path in options.pictures:
        try:
            read_photo(path, networks)
        except ValueError as error:
            print(f"{path}: {error}", file=sys.stderr)
            failed = True
    if options.pictures:
        sys.exit(failed)

    plt.rcParams["toolbar"] = "None"
    if options.browser:
        use_browser(options.host, options.port)
    view = View(networks, np.full((FIELD, FIELD), 255, np.uint8))
    # Matplotlib falls back to drawing without a window, and needs no framework then
    has_window = view.figure.canvas.required_interactive_framework is not None
    if not has_window and not options.browser:
        raise SystemExit("No window can be opened here: use --browser to write in one.")
    view.field = Field(view)  # without a name, Python would throw it away
    plt.show()


if __name__ == "__main__":
    main()
