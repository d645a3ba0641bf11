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
  const lines = [];
  if (chosen) {
    const { layer, row, column } = chosen, { margin, stride, sees } = layer;
    const unit = place(layer.canvas, ...placeOf(chosen), 1);
    const patches = patchesOf(chosen);
    const frames = [unit, ...patches];
    if (layer.before)
      frames.push(place(byId("digit"), margin + stride * column, margin + stride * row, sees));
    for (const [left, top, right, bottom] of frames)
      lines.push(`M${left} ${top}H${right}V${bottom}H${left}Z`);
    const [left, top, right] = unit;
    for (const patch of patches) {
      const isOne = patches.length === 1;
      lines.push(isOne ? `M${patch[0]} ${patch[3]}L${left} ${top}M${patch[2]} ${patch[3]}L${right} ${top}`
        : `M${(patch[0] + patch[2]) / 2} ${patch[3]}L${(left + right) / 2} ${top}`);
    }
  }
  const d = lines.join("");
  for (const path of byId("lines").children) setAttribute(path, "d", d);
}
