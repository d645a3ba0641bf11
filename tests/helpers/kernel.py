"""A notebook's kernel, and what its cells show."""

import re

import nbformat
from nbclient import NotebookClient
from outputs import hold_out_few
from person import ENVIRONMENT


def code_cells(cells):
    return [cell for cell in cells if cell.cell_type == "code"]


def text(outputs):
    """Returns what a cell has printed, or displayed as text."""
    parts = [o.get("text") or o.get("data", {}).get("text/plain", "") for o in outputs]
    return "".join(parts)


def images(outputs):
    return [o for o in outputs if "image/png" in o.get("data", {})]


def drawn(source):
    """Returns how many pictures the source of a cell draws."""
    return len(re.findall(r"save_figure\(|savefig\(\"|%run beyond/read", source))


class Kernel:
    """A kernel in a folder."""

    def __init__(self, folder):
        self.notebook = nbformat.v4.new_notebook()
        resources = {"metadata": {"path": str(folder)}}
        self.client = NotebookClient(self.notebook, timeout=None, resources=resources)
        self.context = self.client.setup_kernel(env=ENVIRONMENT)

    def __enter__(self):
        self.context.__enter__()
        return self

    def __exit__(self, *error):
        self.context.__exit__(*error)

    def run(self, source, errors=False):
        """Runs a cell with few images, which must not fail; returns its outputs."""
        if "Run this cell first" not in source:
            source = hold_out_few(source)
        cell = nbformat.v4.new_code_cell(source)
        cell.metadata["tags"] = ["raises-exception"] if errors else []
        self.notebook.cells.append(cell)
        self.client.execute_cell(cell, len(self.notebook.cells) - 1)
        return cell.outputs
