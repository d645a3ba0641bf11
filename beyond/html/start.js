// Setting up.

const COLUMNS = { C1: 6, S2: 6, C3: 8, S4: 8, C5: 30, F6: 28, hidden: 32, output: 10 };

// `margin`: the pixels of the digit that the network does not see, on each side.
function addLayers(network, title, margin) {
  let before, stride = 1, sees = 1;
  for (const layer of network.layers) {
    sees += stride * (layer.pooling ? 1 : layer.kernels[0][0].size - 1);
    stride *= layer.pooling ? 2 : 1;
    Object.assign(layer, { before, stride, sees, margin, title: title + layer.name,
      columns: COLUMNS[layer.name] });
    layer.canvas = make("canvas", { tabIndex: 0, role: "application",
      ariaLabel: `${layer.title}: arrow keys go from unit to unit` });
    layer.canvas.onpointermove = event => {
      if (!isHeld) choose(unitBelow(event, layer) ?? chosen);
    };
    layer.canvas.onclick = event => {
      isHeld = true;
      choose(unitBelow(event, layer) ?? chosen);
      layer.canvas.scrollIntoView({ block: "nearest" });
    };
    layer.canvas.onfocus = () => {
      if (chosen?.layer !== layer) choose(unitAt(layer, 0, 0));
    };
    byId("layers").append(make("h2", {}, layer.title),
      make("div", { className: "framed" }, layer.canvas));
    before = layer;
  }
}

function addTestDigits(heading, some) {
  const buttons = some.map(testDigit => {
    const { number, label, prediction, image } = testDigit;
    testDigit.square = { size: SIZE, values: decode(image) };
    testDigit.canvas = make("canvas");
    const title = `test digit ${number}: a ${label}, read as ${prediction}`;
    const onclick = () => change({ ...EMPTY, testDigit });
    return make("button", { title, ariaLabel: title, onclick }, testDigit.canvas);
  });
  byId("digits").append(make("h2", {}, heading), make("div", { className: "row" }, ...buttons));
}

addLayers(lenet5, "", 0);
addLayers(dense, "dense network, ", 2);
const readRight = testDigits.filter(({ label, prediction }) => label === prediction);
const misread = testDigits.filter(({ label, prediction }) => label !== prediction);
addTestDigits("Test digits of every class", readRight);
const first = misread.length < mistakes ? `, the first ${misread.length}` : "";
addTestDigits(`${mistakes} test digits that ${lenet5.name} misreads${first}`, misread);

const tools = { clear, undo };
for (const key in moves) tools[key] = () => move(moves[key]);
for (const [id, act] of Object.entries(tools)) {
  byId(id).onpointerdown = act;  // a tap just after a stroke does not always become a click
  byId(id).onclick = event => { if (event.detail === 0) act(); };  // from the keyboard
}
document.onkeydown = event => {
  const layer = layers.find(({ canvas }) => canvas === document.activeElement);
  if (event.key === "z") undo();
  else if (event.ctrlKey || event.metaKey || event.altKey) return;
  else if (event.key === "c") clear();
  else if (event.key === "Escape") closeSum();
  else if (event.key in moves && layer) goOn(layer, moves[event.key]);
  else if (event.key in moves) move(moves[event.key]);
  else return;
  event.preventDefault();
};

function paintAll() {
  mixShades();
  for (const { canvas, square } of testDigits) paint(canvas, [square]);
  refresh();
}

matchMedia("(prefers-color-scheme: dark)").onchange = paintAll;
sheet = { ...EMPTY, testDigit: readRight[0] };
paintAll();
