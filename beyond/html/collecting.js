// Collecting signs of one's own. A sign has a name and drawings, and a drawing is a list of
// strokes, on a field that is 1,000 high. The browser keeps them; a file takes them away.

const MOST_SIGNS = 40, UNITS = 1000 / FIELD;
const ABOUT = "Signs, each with its drawings, one a line. A drawing is a list of strokes, a "
  + "stroke a list of points [x, y], on a field that is 1,000 high.";
const imagesOf = new WeakMap();  // drawing -> its image
const isNarrow = matchMedia("(max-width: 64rem)");
let collection = { signs: [], chosen: "" };  // `chosen` is a name

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
  keep();
  try {
    localStorage.signs = toText(collection.signs);
  } catch {
    say("This browser does not keep what you collect: save it before you leave the page.");
  }
}

// Takes up what the browser has kept, or what was collected in another window.
function takeUp() {
  try {
    collection = { ...collection, signs: fromText(localStorage.signs) };
  } catch {  // nothing has been kept
    return;
  }
  past.length = 0;
  byId("collecting").open = true;
  paintCollection();
}

// The sign that is being written: the one that was named or chosen last.
function chosenSign() {
  const { signs, chosen } = collection;
  return signs.find(({ name }) => name === chosen) ?? signs.at(-1);
}

function addSign(name) {
  const { signs } = collection, isKnown = signs.some(sign => sign.name === name);
  if (isKnown) return collect({ signs, chosen: name });
  if (signs.length === MOST_SIGNS) return say(`${MOST_SIGNS} signs are the most.`);
  change({}, { signs: [...signs, { name, drawings: [] }], chosen: name });
}

function changeSign(changed, changes = {}) {
  const { signs } = collection, sign = chosenSign();
  const all = signs.map(one => one === sign ? { ...sign, ...changed } : one);
  change(changes, { signs: join(all, []), chosen: changed.name ?? sign.name });
}

function collectDrawing() {
  const { strokes } = sheet, sign = chosenSign();
  if (!sign) {
    say("Give the sign a name first.");
    setTimeout(() => byId("name").focus());  // after the button has got the focus
  } else if (!strokes.length || sizeOf(strokes) < DOT) {
    say(`Write ${sign.name} first, and larger than a dot.`);
  } else {
    changeSign({ drawings: [...sign.drawings, thin(strokes)] }, EMPTY);
  }
}

function deleteDrawing(drawing, place) {
  changeSign({ drawings: chosenSign().drawings.filter(one => one !== drawing) });
  (byId("drawings").children[place] ?? byId("undo")).focus();
}

function forgetSign() {
  const sign = chosenSign();
  change({}, { ...collection, signs: collection.signs.filter(one => one !== sign) });
}

function saveFile() {
  const file = new Blob([toText(collection.signs)], { type: "application/json" });
  const link = make("a", { href: URL.createObjectURL(file), download: "signs.json" });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);  // some browsers ask first
}

const count = signs => signs.reduce((sum, { drawings }) => sum + drawings.length, 0);

async function openFile({ target }) {
  const [file] = target.files;
  try {
    const { signs } = collection, joined = join(signs, fromText(await file.text()));
    if (joined.length > MOST_SIGNS) return say(`That would be more than ${MOST_SIGNS} signs.`);
    change({}, { ...collection, signs: joined });
    say(`New drawings in ${file.name}: ${count(joined) - count(signs)}.`);
  } catch {
    say(`${file.name} is no collection of signs.`);
  } finally {
    target.value = "";  // so that the same file can be opened again
  }
}

function imageOf(drawing) {
  if (!imagesOf.has(drawing)) imagesOf.set(drawing, prepare(asMnist(draw(drawing)), 0, 0));
  return imagesOf.get(drawing);
}

function paintCollection() {
  const { signs } = collection, sign = chosenSign();
  byId("signs").replaceChildren(...signs.map(({ name, drawings }) => make("button", {
    onclick: () => collect({ signs, chosen: name }),
    ariaPressed: name === sign.name,
  }, `${name} ${drawings.length}`)));
  byId("drawings").replaceChildren(...(sign?.drawings ?? []).map((drawing, i) => {
    const title = `Delete ${sign.name} ${i + 1}`;
    const onclick = () => deleteDrawing(drawing, i);
    const canvas = paint(make("canvas"), [imageOf(drawing)]);
    return make("button", { title, ariaLabel: title, onclick }, canvas);
  }));
  for (const id of ["forget", "rename", "save"]) byId(id).hidden = !sign;
  setText(byId("next"), sign ? `Next (n): ${sign.name} ${sign.drawings.length}` : "Next (n)");
  setText(byId("forget"), `Delete ${sign?.name}`);
  setText(byId("rename"), `Rename ${sign?.name}`);
  say(sign?.drawings.length ? "A tap on a drawing deletes it." : "");
}

// Takes the name that was typed, and shows the field again.
function takeName(use) {
  const name = byId("name").value.trim();
  if (!name) return say("Type a name first.");
  byId("name").value = "";
  byId("name").blur();
  use(name);
  byId("write").scrollIntoView({ block: "nearest" });
}

byId("naming").onsubmit = event => {
  event.preventDefault();
  takeName(addSign);
};
byId("rename").onclick = () => takeName(name => changeSign({ name }));
byId("collecting").ontoggle = ({ target }) => {
  byId("next").hidden = !target.open;
  if (target.open && isNarrow.matches) closeSum();  // it would lie over the signs
};
byId("save").onclick = saveFile;
byId("forget").onclick = forgetSign;
byId("open").onchange = openFile;
addEventListener("storage", ({ key }) => { if (key === "signs") takeUp(); });
