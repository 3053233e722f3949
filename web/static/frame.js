// SPDX-License-Identifier: EUPL-1.2
// The dialogue inside the page of somebody else: what that page presets, and what it is told.
// It hears how high the frame is, that a new question stands at its top, and where "Snel weg" leads: never an answer.

const AIR = 90; // pixels above that place, for a bar that the site keeps in view
const STEP = 40; // pixels: heights are rounded up, so that they say little about what is shown
const root = document.documentElement;
const place = /** @type {HTMLElement} */ (document.getElementById("dialogue"));

/** @param {object} said */
function tell(said) {
  window.parent.postMessage(said, "*"); // only sites of the list may frame this page at all
}

/** What the loader says: the attributes of its element, and whether its exit stands above everything. Read once. */
function given() {
  const said = window.name;
  window.name = "";
  try {
    return JSON.parse(said) ?? {};
  } catch {
    return {};
  }
}

/** Puts the answers that the page around knows into the form, as fields that the server checks. */
function preset() {
  const said = given();
  if ("escape" in said) root.dataset.escape = "";
  if (said.exit) root.dataset.exits = "";
  const form = place.querySelector("form");
  for (const question of place.dataset.presets?.split(" ") ?? []) {
    if (typeof said[question] !== "string") continue;
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = `${place.dataset.prefix}${question}`;
    field.value = said[question];
    form?.append(field);
  }
}

function tellHeight() {
  const height = Math.ceil(document.body.getBoundingClientRect().height / STEP) * STEP;
  if (height) tell({ height });
}

function tellExit() {
  const link = place.querySelector("[data-leave]");
  tell({ exit: root.dataset.exit, label: link?.textContent?.trim() });
}

/** Where the person continues, in pixels from the top of the frame: only the page around it can scroll there. */
function tellTurn() {
  const special = place.querySelector(".error, .urgent");
  tell({ turn: (special?.getBoundingClientRect().top ?? 0) - AIR });
}

document.addEventListener("turn", () => {
  tellExit();
  tellTurn();
});
preset();
tellExit();
new ResizeObserver(tellHeight).observe(document.body);
