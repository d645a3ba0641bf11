// Every unit explains itself.

let chosen = null;  // { layer, unit, row, column, input }: the input whose numbers are shown
let isHeld = false;  // by a click: it stays when the mouse goes on

function choose(unit) {
  chosen = unit;
  explain();
}

function closeSum() {
  isHeld = false;
  choose(null);
}

// Paler than the maps, so that the numbers can be read.
function numberTable(caption, { size, values }, most) {
  const cells = Array.from(values, number => {
    const style = `background: rgb(${shade(number / most / 2).slice(0, 3)})`;
    return make("td", { style }, decimal(number));
  });
  const rows = [];
  while (cells.length) rows.push(make("tr", {}, ...cells.splice(0, size)));
  return make("table", { className: "numbers" }, make("caption", {}, caption), ...rows);
}

function explainPooling({ layer, unit, row, column }) {
  const what = layer.pooling === "MaxPooling2D" ? "largest" : "mean";
  const caption = `the ${what} of four, ${layer.before.title}, map ${unit}`;
  const four = cut(layer.inputs[unit], 2 * row, 2 * column, 2);
  return [numberTable(caption, four, largest(layer.inputs))];
}

const activated = {
  relu: "relu (what is negative becomes 0)",
  tanh: "tanh",
  softmax: "softmax (e to the power of it, as a share of those of all ten)",
};
const add = parts => parts.reduce((sum, part) => sum + part.sum, 0);

// What single inputs bring, the largest first.
function listProducts(parts, before) {
  const sorted = [...parts].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
  const others = sorted.splice(8);
  const rows = sorted.map(({ input, patch, kernel, sum }) => [`${before.title}, unit ${input}`,
    `${decimal(patch.values[0])} × ${decimal(kernel.values[0])}`, `= ${decimal(sum)}`]);
  rows.push([`${others.length} others`, "", `= ${decimal(add(others))}`]);
  return [make("table", {}, ...rows.map(cells =>
    make("tr", {}, ...cells.map(text => make("td", {}, text)))))];
}

// The numbers of one input; and of each its patch, its kernel, and their products.
function showSquares(parts, layer) {
  const { before } = layer, source = before ? `${before.title}, map ${chosen.input}` : "the digit";
  const captions = { patch: `patch of ${source}`, kernel: "× kernel", products: "= products" };
  const kinds = Object.keys(captions);
  const most = {
    patch: largest(layer.inputs),
    kernel: largest(layer.kernels.flat()),
    products: largest(parts.map(part => part.products)),
  };
  const show = (part, kind) => paint(make("canvas"), [part[kind]], 1, most[kind]);
  const one = parts[chosen.input];
  const numbers = kinds.map(kind => one[kind].size > 5
    ? make("div", {}, captions[kind], show(one, kind))
    : numberTable(captions[kind], one[kind], most[kind]));
  const buttons = parts.map(part => make("button", {
    ariaPressed: part.input === chosen.input,
    onclick: () => {
      choose({ ...chosen, input: part.input });
      document.querySelector("#sum [aria-pressed=true]").focus();
    },
  }, ...kinds.map(kind => show(part, kind)), `map ${part.input}: ${decimal(part.sum)}`));
  return [make("div", { className: "row" }, ...parts.length > 1 ? buttons : []),
    make("div", { className: "row" }, ...numbers)];
}

function explainSum({ layer, unit, row, column }, value) {
  const parts = layer.kernels[unit].map((kernel, input) => {
    const patch = cut(layer.inputs[input], row, column, kernel.size);
    const values = patch.values.map((value, i) => value * kernel.values[i]);
    const products = { size: kernel.size, values };
    return { input, patch, kernel, products, sum: weigh(patch, 0, 0, kernel) };
  });
  const isDense = parts[0].kernel.size === 1;
  const shown = isDense ? listProducts(parts, layer.before) : showSquares(parts, layer);
  const products = add(parts), bias = layer.biases[unit];
  const all = parts.length > 1
    ? `The products of all ${parts.length} ${isDense ? "inputs" : "maps"}` : "The products";
  const sums = `${all} add up to ${decimal(products)}; with the bias, ${decimal(bias)}, that is `
    + `${decimal(products + bias)}. After ${activated[layer.activation]}: ${decimal(value)}.`;
  return [make("p", {}, `${sums} (Rounded.)`), ...shown];
}

function explain() {
  document.querySelectorAll(".frame").forEach(element => element.remove());
  byId("sum").hidden = !chosen;
  if (!chosen) return;
  const { layer, unit, row, column } = chosen, { size } = layer.maps[0];
  const { margin, stride, sees } = layer;
  const value = layer.maps[unit].values[row * size + column];
  frame(byId("digit"), margin + stride * column, margin + stride * row, sees);
  frame(layer.canvas, ...placeOf(chosen), 1);
  const place = size === 1 ? `unit ${unit}` : `map ${unit}, row ${row}, column ${column}`;
  byId("sum").replaceChildren(
    make("h2", {}, `${layer.title}, ${place}: ${decimal(value)}`,
      make("button", { ariaLabel: "Close", onclick: closeSum }, "×")),
    ...layer.pooling ? explainPooling(chosen) : explainSum(chosen, value));
}

function placeOf({ layer, unit, row, column }) {
  const next = pitch(layer.maps[0].size);
  return [(unit % layer.columns) * next + column, Math.floor(unit / layer.columns) * next + row];
}

// Returns the unit at a place of a layer's canvas, if there is one.
function unitAt(layer, x, y) {
  const { size } = layer.maps[0], next = pitch(size);
  const unit = Math.floor(y / next) * layer.columns + Math.floor(x / next);
  const row = y % next, column = x % next;
  const isThere = x >= 0 && row < size && column < size && layer.maps[unit];
  return isThere ? { layer, unit, row, column, input: 0 } : null;
}

function unitBelow(event, layer) {
  const { left, top, width } = layer.canvas.getBoundingClientRect();
  const scale = layer.canvas.width / width;
  const [x, y] = [event.clientX - left, event.clientY - top].map(way => Math.floor(way * scale));
  return unitAt(layer, x, y);
}

// Goes to the next unit, over the line between two maps.
function goOn(layer, [dx, dy]) {
  const [x, y] = placeOf(chosen?.layer === layer ? chosen : unitAt(layer, 0, 0));
  choose(unitAt(layer, x + dx, y + dy) ?? unitAt(layer, x + 2 * dx, y + 2 * dy) ?? chosen);
}
