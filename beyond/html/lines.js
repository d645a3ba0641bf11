// The patch that a unit sees is framed in the layer before, and lines lead to the unit.

// Returns a rectangle of a canvas's pixels as [left, top, right, bottom] in the drawing.
function place(canvas, x, y, size) {
  const { left, top, scale } = canvas.place;
  return [left + scale * x, top + scale * y, left + scale * (x + size), top + scale * (y + size)];
}

// What has moved since the last drawing: all canvases, if the page has changed its shape.
function measure() {
  const origin = byId("layers").getBoundingClientRect();
  for (const canvas of [byId("digit"), ...layers.map(layer => layer.canvas)]) {
    const { left, top, width } = canvas.getBoundingClientRect();
    canvas.place = { left: left - origin.left, top: top - origin.top,
      scale: width / canvas.width };
  }
}

// Returns what a unit sees in the layer before: a rectangle for each input.
function patchesOf({ layer, unit, row, column, inputs }) {
  const { before, margin } = layer;
  const size = layer.pooling ? 2 : layer.kernels[0][0].size;
  const step = layer.pooling ? 2 : 1;
  if (!before) return [place(byId("digit"), margin + column, margin + row, size)];
  const seen = layer.pooling ? [unit] : inputs ?? [...layer.inputs.keys()];
  return seen.map(input => place(before.canvas,
    ...placeOf({ layer: before, unit: input, row: step * row, column: step * column }), size));
}

function drawLines() {
  const frames = [], ways = [];
  if (chosen) {
    const { layer, row, column } = chosen, { before, margin, stride, sees } = layer;
    const unit = place(layer.canvas, ...placeOf(chosen), 1), patches = patchesOf(chosen);
    const seen = place(byId("digit"), margin + stride * column, margin + stride * row, sees);
    for (const [left, top, right, bottom] of [unit, ...patches, ...before ? [seen] : []])
      frames.push(`M${left} ${top}H${right}V${bottom}H${left}Z`);
    // From the dense network, the way would lead over all other layers.
    for (const [left, , right, bottom] of margin && !before ? [] : patches)
      ways.push(`M${left} ${bottom}L${unit[0]} ${unit[1]}`, `M${right} ${bottom}L${unit[2]} ${unit[1]}`);
  }
  setAttribute(byId("ways"), "d", ways.join(""));
  for (const path of document.querySelectorAll(".halo, #frames"))
    setAttribute(path, "d", frames.join(""));
}
