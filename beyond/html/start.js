// Setting up.

const COLUMNS = { C1: 6, S2: 6, C3: 8, S4: 8, C5: 30, F6: 28, hidden: 32, output: perRow };
const EMPTY_IMAGE = makeSquare(SIZE + 4, () => 0);

// What each layer does, in a line.
const pools = { MaxPooling2D: "the largest", AveragePooling2D: "the mean" };
const words = {
  C1: () => "six kernels of 5x5 look for edges.",
  S2: ({ pooling }) => `keeps ${pools[pooling]} of every 2x2.`,
  C3: () => "kernels of 5x5 over all six maps look for corners, ends and arcs.",
  S4: ({ pooling }) => `again ${pools[pooling]} of every 2x2.`,
  C5: () => "kernels as large as the maps, so each unit sees all of them.",
  F6: () => "every unit weighs all of C5.",
  hidden: () => "every unit weighs all 28x28 pixels.",
  output: () => `one sum for each ${thing}; softmax turns them into shares.`,
};

function sizeOfLayer({ maps }) {
  const { size } = maps[0];
  return size === 1 ? `${maps.length} units` : `${maps.length} maps of ${size}x${size}`;
}

let resting;  // of the mouse, before it takes the sum from another layer

function listen(layer) {
  const { canvas } = layer;
  canvas.onpointermove = event => {
    clearTimeout(resting);
    const unit = unitBelow(event, layer);
    if (isHeld || sliding || !unit || event.pointerType === "touch") return;
    if (chosen?.layer === layer) choose(unit);
    else resting = setTimeout(() => choose(unit), 150);  // not on its way to somewhere else
  };
  canvas.onpointerleave = () => clearTimeout(resting);
  canvas.onclick = event => {
    stopSliding();
    isHeld = true;
    choose(unitBelow(event, layer) ?? chosen);
    canvas.scrollIntoView({ block: "nearest" });
  };
}

// `margin`: the pixels of the digit that the network does not see, on each side.
function addLayers(network, title, margin) {
  let before, stride = 1, sees = 1;
  for (const layer of network.layers) {
    sees += stride * (layer.pooling ? 1 : layer.kernels[0][0].size - 1);
    stride *= layer.pooling ? 2 : 1;
    Object.assign(layer, { before, stride, sees, margin, title: title + layer.name,
      columns: COLUMNS[layer.name], off: new Set(),
      largestKernel: layer.pooling ? 0 : largest(layer.kernels.flat()) });
    layer.canvas = make("canvas", { tabIndex: 0, role: "application", ariaLabel: `${layer.title}: `
      + "arrow keys go from unit to unit, Enter to the sum of one, Escape back" });
    listen(layer);
    const does = `${words[layer.name](layer)} ${sizeOfLayer(layer)}`;
    byId("layers").append(
      make("h2", {}, layer.title, make("span", {}, `: ${does}`)),
      make("div", {}, layer.canvas));
    before = layer;
  }
  const labels = make("div", { className: "names", ariaHidden: true },
    ...names.map(name => make("span", {}, name)));
  labels.style.gridTemplateColumns = `repeat(${perRow}, minmax(0, 1fr))`;
  byId("layers").append(labels);
}

const held = thing === "digit" ? "test digit" : "held-out sign";

function addExamples(heading, some) {
  const buttons = some.map(example => {
    const { number, label, prediction, image } = example;
    example.square = { size: SIZE, values: decode(image) };
    example.canvas = make("canvas");
    const title = `${held} ${number}: a ${names[label]}, read as ${names[prediction]}`;
    const onclick = () => change({ ...EMPTY, example });
    return make("button", { title, ariaLabel: title, onclick }, example.canvas);
  });
  byId("examples").append(make("h2", {}, heading), make("div", { className: "row" }, ...buttons));
}

function strongestOf(layer) {
  const { maps } = layer, [{ size }] = maps;
  const unit = indexOfLargest(maps.map(({ values }) => Math.max(...values)));
  const at = indexOfLargest(maps[unit].values);
  return { layer, unit, row: Math.floor(at / size), column: at % size, input: 0 };
}

let isWaiting = false;  // for the next frame

function refresh() {
  if (!isWaiting) requestAnimationFrame(update);
  isWaiting = true;
}

function paintLayer(layer) {
  const shown = layer.maps.map((_, unit) => mapOf(layer, unit));
  paint(layer.canvas, shown, layer.columns, largest(layer.maps), layer.off);
}

function update() {
  isWaiting = false;
  readingsOfSheet = readSheet(sheet);
  if (writing) {
    const isWritten = ({ strokes }) => strokes.includes(sheet.strokes.at(-1));
    selected = readingsOfSheet.findIndex(isWritten);
  }
  selected = Math.max(0, Math.min(selected, readingsOfSheet.length - 1));
  const image = readingsOfSheet[selected]?.image ?? EMPTY_IMAGE;
  computeBoth(image);
  paintField();
  paintAnswer(readingsOfSheet, selected);
  paint(byId("digit"), [image], 1, 1);
  paintWhatMatters(readingsOfSheet[selected]?.image);
  layers.forEach(paintLayer);
  explain();
}

computeBoth(EMPTY_IMAGE);
addLayers(lenet5, "", 0);
byId("layers").append(make("p", {}, "The dense network, for comparison:"));
addLayers(dense, "dense network, ", 2);
const readRight = examples.filter(({ label, prediction }) => label === prediction);
const misread = examples.filter(({ label, prediction }) => label !== prediction);
addExamples(`${upper(held)}s of every class`, readRight);
const first = misread.length < mistakes ? `, the first ${misread.length}` : "";
addExamples(`Of the ${held}s, LeNet-5 misreads ${mistakes || "none"}${first}`, misread);

// A tap just after a stroke does not always become a click.
function onPress(id, act) {
  byId(id).onpointerdown = event => { if (event.button === 0) act(); };
  byId(id).onclick = event => { if (event.detail === 0) act(); };  // from the keyboard
}

const nudges = { left: "ArrowLeft", right: "ArrowRight", up: "ArrowUp", down: "ArrowDown" };
onPress("next", collectDrawing);
onPress("clear", clear);
onPress("undo", undo);
for (const key in moves) onPress(key, () => move(moves[key]));
for (const id in nudges) {
  byId(id).onclick = () => {
    isHeld = true;
    goOn(chosen.layer, moves[nudges[id]]);
  };
}
byId("close").onclick = closeSum;
byId("slide").onclick = toggleSliding;
byId("off").onclick = toggleMap;
byId("on").onclick = switchAllOn;
byId("ask").onclick = findWhatMatters;

// The letter on the key, or, in an alphabet without it, the key's place.
function letterOf({ key, code }) {
  return /^[a-z]$/i.test(key) ? key.toLowerCase() : code.replace("Key", "").toLowerCase();
}

// What a key does where the focus is; undefined, if nothing.
function actionOf(event) {
  const focus = document.activeElement, { key } = event;
  const layer = layers.find(({ canvas }) => canvas === focus);
  const hasCtrl = event.ctrlKey || event.metaKey, letter = letterOf(event);
  if (focus.type === "text") return;
  if (hasCtrl && letter === "z" && !event.shiftKey) return undo;
  if (hasCtrl || event.altKey) return;
  if (key === "Escape" && byId("sum").contains(focus)) return () => chosen.layer.canvas.focus();
  if (key === "Escape") return closeSum;
  if (key in moves && layer) {
    return () => {
      isHeld = true;
      goOn(layer, moves[key]);
    };
  }
  if (key === "Enter" && layer && chosen) return () => byId("unit").focus();
  if (!byId("keys").checked) return;
  if (letter === "z") return undo;
  if (letter === "c") return clear;
  if (letter === "n" && byId("collecting").open) return collectDrawing;
  if (key in moves && (focus === field || byId("write").contains(focus)))
    return () => move(moves[key]);
}

document.onkeydown = event => {
  const act = actionOf(event);
  if (!act) return;
  act();
  event.preventDefault();
};

function paintAll() {
  mixShades();
  for (const { canvas, square } of examples) paint(canvas, [square]);
  paintCollection();
  refresh();
}

function remeasure() {
  measure();
  drawLines();
}

matchMedia("(prefers-color-scheme: dark)").onchange = paintAll;
const isGoodExample = ({ label, square }) =>
  label === Math.min(3, names.length - 1) && !read(square.values, 0, 0).doubt;
sheet = { ...EMPTY, example: readRight.find(isGoodExample) ?? examples[0] };
if (history.state) restore();
mixShades();
update();
paintAll();
takeUp();
measure();
choose(strongestOf(layers[0]));
new ResizeObserver(remeasure).observe(byId("layers"));
byId("no-script").remove();
