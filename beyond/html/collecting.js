// Collecting signs of one's own. A sign has a name and drawings, and a drawing is a list of
// strokes, on a field that is 1,000 high. The browser keeps them; a file takes them away.

const MOST_SIGNS = 40, UNITS = 1000 / FIELD;
const ABOUT = "Signs, each with its drawings, one a line. A drawing is a list of strokes, a "
  + "stroke a list of points [x, y], on a field that is 1,000 high.";
const imagesOf = new WeakMap();  // drawing -> its image
let collection = { signs: [], chosen: 0 };

// Leaves out points that are hardly apart: the file stays small.
function thin(strokes) {
  const apart = sizeOf(strokes) / 60;
  return strokes.map(stroke => {
    const kept = [stroke[0]];
    for (const [x, y] of stroke.slice(1)) {
      const [lastX, lastY] = kept.at(-1);
      if (Math.hypot(x - lastX, y - lastY) >= apart) kept.push([x, y]);
    }
    return kept.map(point => point.map(value => Math.round(UNITS * value)));
  });
}

function toText(signs) {
  const lines = values => values.map(value => JSON.stringify(value)).join(",\n");
  const texts = signs.map(({ name, drawings }) =>
    `{"name": ${JSON.stringify(name)}, "drawings": [\n${lines(drawings)}\n]}`);
  return `{"about": ${JSON.stringify(ABOUT)},\n"signs": [\n${texts.join(",\n")}\n]}\n`;
}

const isPoint = point => point.length === 2 && point.every(Number.isFinite);
const isDrawing = drawing => drawing.length > 0
  && drawing.every(stroke => stroke.length > 0 && stroke.every(isPoint));

// Returns the signs in a text; throws an error if it is something else.
function fromText(text) {
  const { signs } = JSON.parse(text);
  for (const { name, drawings } of signs)
    if (typeof name !== "string" || !drawings.every(isDrawing)) throw Error("no signs");
  return signs;
}

// Joins signs of the same name, and takes the same drawing only once.
function join(signs, others) {
  const drawings = new Map();
  for (const sign of [...signs, ...others]) {
    const known = drawings.get(sign.name) ?? new Map();
    for (const drawing of sign.drawings) known.set(JSON.stringify(drawing), drawing);
    drawings.set(sign.name, known);
  }
  return [...drawings].map(([name, known]) => ({ name, drawings: [...known.values()] }));
}

function say(text) {
  setText(byId("collected"), text);
}

function collect(changed) {
  if (changed === collection) return;
  collection = changed;
  paintCollection();
  try {
    localStorage.signs = toText(collection.signs);
  } catch {
    say("This browser does not keep what you collect: save it before you leave the page.");
  }
}

// Takes up what the browser has kept, or what was collected in another window.
function takeUp() {
  try {
    collection = { signs: fromText(localStorage.signs), chosen: 0 };
  } catch {  // nothing has been kept
    return;
  }
  past.length = 0;
  byId("collecting").open = true;
  paintCollection();
}

function addSign(name) {
  const { signs } = collection, known = signs.findIndex(sign => sign.name === name);
  if (known >= 0) return collect({ signs, chosen: known });
  if (signs.length === MOST_SIGNS) return say(`${MOST_SIGNS} signs are the most.`);
  change({}, { signs: [...signs, { name, drawings: [] }], chosen: signs.length });
}

function changeDrawings(changeThem, changes = {}) {
  const { signs, chosen } = collection;
  const changed = signs.map((sign, i) =>
    i === chosen ? { ...sign, drawings: changeThem(sign.drawings) } : sign);
  change(changes, { signs: changed, chosen });
}

function collectDrawing() {
  const { strokes } = sheet;
  if (!collection.signs.length) {
    say("Give the sign a name first.");
    setTimeout(() => byId("name").focus());  // after the button has got the focus
  } else if (strokes.length) {
    changeDrawings(drawings => [...drawings, thin(strokes)], EMPTY);
  }
}

function forgetSign() {
  const { signs, chosen } = collection;
  change({}, { signs: signs.filter((_, i) => i !== chosen), chosen: Math.max(0, chosen - 1) });
}

function saveFile() {
  const file = new Blob([toText(collection.signs)], { type: "application/json" });
  const link = make("a", { href: URL.createObjectURL(file), download: "signs.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);  // some browsers ask first
}

async function openFile({ target }) {
  const [file] = target.files;
  try {
    const signs = join(collection.signs, fromText(await file.text()));
    if (signs.length > MOST_SIGNS) say(`That would be more than ${MOST_SIGNS} signs.`);
    else change({}, { ...collection, signs });
  } catch {
    say(`${file.name} is no collection of signs.`);
  }
  target.value = "";  // so that the same file can be opened again
}

function imageOf(drawing) {
  if (!imagesOf.has(drawing)) imagesOf.set(drawing, prepare(asMnist(draw(drawing)), 0, 0));
  return imagesOf.get(drawing);
}

function paintCollection() {
  const { signs, chosen } = collection, sign = signs[chosen];
  byId("signs").replaceChildren(...signs.map(({ name, drawings }, i) => make("button", {
    onclick: () => collect({ signs, chosen: i }),
    ariaPressed: i === chosen,
  }, `${name} ${drawings.length}`)));
  byId("drawings").replaceChildren(...(sign?.drawings ?? []).map((drawing, i) => {
    const title = `Delete ${sign.name} ${i + 1}`;
    const onclick = () => changeDrawings(drawings => drawings.filter(one => one !== drawing));
    const canvas = paint(make("canvas"), [imageOf(drawing)]);
    return make("button", { title, ariaLabel: title, onclick }, canvas);
  }));
  byId("forget").hidden = byId("save").hidden = !sign;
  if (!sign) return say("");
  setText(byId("forget"), `Delete ${sign.name}`);
  say(`${sign.name}: ${sign.drawings.length} written. Write it, and press Next; a tap on one `
    + "of these deletes it.");
}

byId("naming").onsubmit = event => {
  event.preventDefault();
  const name = byId("name").value.trim();
  byId("name").value = "";
  byId("name").blur();
  if (name) addSign(name);
};
byId("collecting").ontoggle = () => { byId("next").hidden = !byId("collecting").open; };
byId("save").onclick = saveFile;
byId("forget").onclick = forgetSign;
byId("open").onchange = openFile;
addEventListener("storage", ({ key }) => { if (key === "signs") takeUp(); });
