// Every unit explains itself.

let chosen = null;  // { layer, unit, row, column, input }: the input whose numbers are shown
let isHeld = false;  // by a click: it stays when the mouse goes on
let view;  // shows the chosen unit: a function

function choose(unit) {
  if (unit && unit.layer !== chosen?.layer) view = makeView(unit.layer);
  chosen = unit;
  explain();
}

function closeSum() {
  isHeld = false;
  stopSliding();
  chosen?.layer.canvas.focus({ preventScroll: true });
  choose(null);
}

const fill = (...children) => byId("shown").replaceChildren(...children);
const row = (...children) => make("div", { className: "row" }, ...children);
const way = (...children) => make("div", { className: "row way" }, ...children);

// Returns a table, and a function that shows a square in it. The cells are paler than the
// maps, so that the numbers can be read.
function makeNumbers(size) {
  const cells = Array.from({ length: size * size }, () => make("td", {}));
  const caption = make("caption", {});
  const rows = Array.from({ length: size }, (_, i) =>
    make("tr", {}, ...cells.slice(i * size, (i + 1) * size)));
  const table = make("table", { className: "numbers" }, caption, ...rows);
  const update = (text, { values }, most) => {
    setText(caption, text);
    cells.forEach((cell, i) => {
      setText(cell, decimal(values[i]));
      setAttribute(cell, "style", `background: ${shades[shadeOf(values[i] / most / 2)]}`);
    });
  };
  return [table, update];
}

// The same for a large square, whose numbers would be too many.
function makePicture() {
  const canvas = make("canvas", {}), caption = make("figcaption", {});
  const figure = make("figure", {}, caption, make("div", { className: "framed" }, canvas));
  const update = (text, square, most, place) => {
    setText(caption, text);
    paint(canvas, [square], 1, most);
    if (place) frame(canvas, ...place);
  };
  return [figure, update];
}

function frame(canvas, left, top, size) {
  const { width, height } = canvas;
  const right = width - left - size, bottom = height - top - size;
  const old = canvas.parentElement.querySelector(".frame");
  const shown = old ?? canvas.parentElement.appendChild(make("i", { className: "frame" }));
  const inset = [top / height, right / width, bottom / height, left / width]
    .map(share => `${100 * share}%`);
  setAttribute(shown, "style", `inset: ${inset.join(" ")}`);
}

// What the view of a layer shows, in a sentence or two.
function sayHow(layer) {
  const { pooling, kernels, inputs } = layer;
  if (pooling) {
    return pooling === "MaxPooling2D"
      ? "Of every four units the largest goes on, so a stroke may lie a pixel further."
      : "Of every four units the mean goes on: half the width, half the height.";
  }
  const { size } = kernels[0][0];
  const count = size === 1 ? inputs.length : size * size;
  if (size === 1 || layer.margin)
    return `Each of the ${count} inputs has a weight of its own, and the products are added up.`;
  const maps = inputs.length === 1 ? ""
    : `Each of the ${inputs.length} maps has a kernel of its own; all lie on the same place. `;
  return `${maps}Each of the patch's ${count} numbers is multiplied by the number at the same `
    + "place in the kernel, and the products are added up.";
}

const nameOf = (layer, unit) => layer ? `${layer.title}, map ${unit}` : `the ${thing}`;

function showPooling(layer) {
  const [before, updateBefore] = makePicture(), [after, updateAfter] = makePicture();
  const [table, update] = makeNumbers(2);
  fill(way(before, make("b", {}, "→"), after), table);
  return ({ unit, row, column }) => {
    const what = layer.pooling === "MaxPooling2D" ? "largest" : "mean";
    const most = largest(layer.inputs), four = cut(layer.inputs[unit], 2 * row, 2 * column, 2);
    updateBefore(nameOf(layer.before, unit), layer.inputs[unit], most, [2 * column, 2 * row, 2]);
    updateAfter(nameOf(layer, unit), mapOf(layer, unit), largest(layer.maps), [column, row, 1]);
    update(`the ${what} of these four`, four, most);
    setText(byId("sums"), "");
  };
}

const activated = {
  relu: "relu (what is negative becomes 0)",
  tanh: "tanh",
  softmax: `softmax (e to the power of it, as a share of those of all ${names.length})`,
};
const add = parts => parts.reduce((sum, part) => sum + part.sum, 0);

// What every input brings to the sum of a unit.
function partsOf({ layer, unit, row, column }) {
  return layer.kernels[unit].map((kernel, input) => {
    const patch = cut(layer.inputs[input], row, column, kernel.size);
    const values = patch.values.map((value, i) => value * kernel.values[i]);
    const products = { size: kernel.size, values };
    return { input, patch, kernel, products, sum: weigh(patch, 0, 0, kernel) };
  });
}

function sayTheSum({ layer, unit, row, column }, parts) {
  const products = add(parts), bias = layer.biases[unit], isDense = parts[0].kernel.size === 1;
  const value = layer.maps[unit].values[row * layer.maps[0].size + column];
  const all = parts.length > 1
    ? `The products of all ${parts.length} ${isDense ? "inputs" : "maps"}` : "The products";
  const after = layer.off.has(unit) ? "But it is switched off"
    : `After ${activated[layer.activation]}`;
  setText(byId("sums"), `${all} add up to ${decimal(products)}; with the bias, `
    + `${decimal(bias)}, that is ${decimal(products + bias)}. ${after}: ${decimal(value)}. `
    + "(Rounded.)");
}

const KINDS = ["patch", "kernel", "products"];

// Of every input, in a column, its patch, its kernel, their products, and a button with
// their sum, which shows the numbers.
function makeColumns(count) {
  const canvas = make("canvas", {});
  const buttons = Array.from({ length: count }, (_, input) =>
    make("button", { onclick: () => choose({ ...chosen, input }) }));
  const caption = make("p", {}, "Of each map the patch, × the kernel, = the products, their sum:");
  const grid = make("div", { className: "columns" }, canvas, ...buttons);
  grid.style.gridTemplateColumns = `repeat(${count}, minmax(1.5rem, 2.4rem))`;
  const update = (parts, most, chosenInput) => {
    paint(canvas, KINDS.flatMap(kind => parts.map(part => scale(part[kind], most[kind]))), count, 1);
    buttons.forEach((button, input) => {
      const sum = decimal(parts[input].sum);
      setText(button, `${input}\n${sum}`);
      setAttribute(button, "aria-label", `map ${input}: ${sum}`);
      setAttribute(button, "aria-pressed", input === chosenInput);
    });
  };
  return [[caption, grid], update];
}

const scale = ({ size, values }, most) => ({ size, values: values.map(x => x / most) });

// The numbers of one input, and what the others bring.
function showSquares(layer) {
  const inputs = layer.kernels[0], { size } = inputs[0];
  const isMap = layer.maps[0].size > 1;
  const [before, updateBefore] = makePicture(), [after, updateAfter] = makePicture();
  const [kernelPicture, updateKernel] = makePicture();
  const [columns, updateColumns] = makeColumns(inputs.length);
  const tables = KINDS.map(() => size > 5 ? makePicture() : makeNumbers(size));
  fill(
    ...isMap ? [way(before, make("b", {}, "×"), kernelPicture, make("b", {}, "→"), after)] : [],
    ...inputs.length > 1 ? columns : [], row(...tables.map(([table]) => table)));
  return unit => {
    const parts = partsOf(unit), { input } = unit, one = parts[input];
    const most = {
      patch: largest(layer.inputs),
      kernel: layer.largestKernel,
      products: largest(parts.map(part => part.products)),
    };
    const source = nameOf(layer.before, input);
    if (isMap) {
      updateBefore(source, layer.inputs[input], most.patch, [unit.column, unit.row, size]);
      updateKernel("kernel", one.kernel, most.kernel);
      updateAfter(nameOf(layer, unit.unit), mapOf(layer, unit.unit), largest(layer.maps),
        [unit.column, unit.row, 1]);
    }
    if (inputs.length > 1) updateColumns(parts, most, input);
    const captions = layer.margin ? [source, "× weights", "= products"]
      : [`patch of ${source}`, "× kernel", "= products"];
    KINDS.forEach((kind, i) => tables[i][1](captions[i], one[kind], most[kind]));
    sayTheSum(unit, parts);
  };
}

const LISTED = 8;

// What single inputs bring, the largest first.
function showInputs(layer) {
  const rows = Array.from({ length: LISTED + 1 }, () =>
    make("tr", {}, ...[0, 1, 2].map(() => make("td", {}))));
  const shares = layer.activation === "softmax" ? makeShares() : null;
  const table = make("table", {}, make("caption", {}, "What brings most"), ...rows);
  fill(row(...shares ? [shares.table] : [], table), ...shares ? [shares.reason] : []);
  const write = (tr, texts) => texts.forEach((text, i) => setText(tr.children[i], text));
  return unit => {
    const parts = partsOf(unit);
    const sorted = [...parts].sort((a, b) => Math.abs(b.sum) - Math.abs(a.sum));
    const others = sorted.splice(LISTED);
    sorted.forEach(({ input, patch, kernel, sum }, i) => write(rows[i], [
      `${layer.before.title}, unit ${input}`,
      `${decimal(patch.values[0])} × ${decimal(kernel.values[0])}`,
      `= ${decimal(sum)}`,
    ]));
    write(rows[LISTED], [`${others.length} others`, "", `= ${decimal(add(others))}`]);
    unit.inputs = sorted.map(({ input }) => input);
    sayTheSum(unit, parts);
    shares?.update(layer, unit.unit);
  };
}

// Softmax, opened: the sums, e to the power of each, their total, the shares.
function makeShares() {
  const heads = [thing, "sum", "e to the sum", "share"].map(text => make("th", {}, text));
  const rows = [...names, "total"].map(name => make("tr", {},
    make("th", {}, name), ...[0, 1, 2].map(() => make("td", {}))));
  const table = make("table", { className: "shares" }, make("caption", {}, "Softmax"),
    make("tr", {}, ...heads), ...rows);
  const others = smoothing / names.length, wanted = percent(1 - smoothing + others);
  const reason = make("p", {}, smoothing ? `In training, the right ${thing} was to have a share `
    + `of ${wanted}, not of 100, and every other one ${percent(others)} (label smoothing). `
    + "So the network is seldom much surer than that." : "");
  const update = (layer, unit) => {
    const powers = layer.sums.map(Math.exp), total = powers.reduce((sum, power) => sum + power);
    rows.forEach((tr, i) => {
      const isClass = i < names.length;
      const texts = isClass ? [decimal(layer.sums[i]), grouped(powers[i])] : ["", grouped(total)];
      texts.push(isClass ? `${(100 * powers[i] / total).toFixed(1)} %` : "100 %");
      texts.forEach((text, k) => setText(tr.children[k + 1], text));
      tr.className = i === unit ? "chosen" : "";
    });
  };
  return { table, reason, update };
}

function makeView(layer) {
  if (layer.pooling) return showPooling(layer);
  return layer.kernels[0][0].size === 1 ? showInputs(layer) : showSquares(layer);
}

function explain() {
  byId("sum").hidden = !chosen;
  if (chosen) {
    const { layer, unit, row, column } = chosen, { size } = layer.maps[0];
    const value = layer.maps[unit].values[row * size + column];
    const place = size === 1 ? `unit ${unit}` : `map ${unit}, row ${row}, column ${column}`;
    setText(byId("how"), sayHow(layer));
    setText(byId("unit"), `${layer.title}, ${place}: ${decimal(value)}`);
    updateTools();
    view(chosen);
  }
  drawLines();
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
  const isThere = x >= 0 && x < layer.canvas.width && row < size && column < size;
  const input = chosen?.layer === layer ? chosen.input : 0;
  return isThere && layer.maps[unit] ? { layer, unit, row, column, input } : null;
}

function unitBelow(event, layer) {
  const { left, top, width } = layer.canvas.getBoundingClientRect();
  const scale = layer.canvas.width / width;
  const [x, y] = [event.clientX - left, event.clientY - top].map(way => Math.floor(way * scale));
  return unitAt(layer, x, y);
}

// Goes to the next unit, over the line between two maps.
function goOn(layer, [dx, dy]) {
  stopSliding();
  if (chosen?.layer !== layer) return choose(unitAt(layer, 0, 0));
  const [x, y] = placeOf(chosen);
  choose(unitAt(layer, x + dx, y + dy) ?? unitAt(layer, x + 2 * dx, y + 2 * dy) ?? chosen);
}
