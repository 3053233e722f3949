// SPDX-License-Identifier: EUPL-1.2
// "Snel weg": blank first, then nothing left to read, a neutral title, and away without a way back.
// By the button, by three times Shift within five seconds, and by Escape where the site chose that.

const root = document.documentElement;
const exit = root.dataset.exit ?? "";
const WITHIN = 5000; // milliseconds for the three presses, as GOV.UK's "exit this page" takes them
const PATIENCE = 60; // milliseconds that a frame leaves to the loader
const UNDERWAY = 3000; // milliseconds after which a way out that still shows nothing counts as refused
/** @type {number[]} */
let presses = [];

/** Takes the answers and everything to read from the page; the other scripts stop what they do. */
function wipe() {
  root.style.display = "none";
  document.dispatchEvent(new Event("wipe"));
  document.body.replaceChildren();
  document.title = new URL(exit).host;
}

/** Away. In a frame the page around it goes, by our loader or, where there is none, taken along from here. */
function leave() {
  wipe();
  if (window.parent === window) {
    location.replace(exit);
    return;
  }
  window.parent.postMessage({ gone: true, exit }, "*");
  setTimeout(takeAlong, PATIENCE); // a loader has removed this frame by then
}

/** The browser may refuse, for instance a key press long after the last click: by an error, or without a word. */
function takeAlong() {
  try {
    window.top?.location.replace(exit);
    setTimeout(offerByHand, UNDERWAY);
  } catch {
    offerByHand();
  }
}

/** Where the browser refuses and no loader helps: an empty page with one link, whose click may leave. */
function offerByHand() {
  const link = document.createElement("a");
  link.href = exit;
  link.target = "_top";
  link.rel = "noreferrer";
  link.textContent = document.title;
  document.body.replaceChildren(link);
  root.style.display = "";
  link.focus();
}

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element && event.target.closest("[data-leave]"))) return;
  event.preventDefault();
  leave();
});

document.addEventListener("keydown", ({ key, repeat, timeStamp }) => {
  if (key === "Escape" && "escape" in root.dataset) leave();
  if (key !== "Shift")
    presses = []; // capitals are typed with Shift too
  else if (!repeat) presses = [...presses, timeStamp].filter((time) => timeStamp - time < WITHIN);
  if (presses.length > 2) leave();
});

// The browser may keep a copy of a page that was left, to show it again on Back. That copy is empty.
window.addEventListener("pagehide", wipe);
window.addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
