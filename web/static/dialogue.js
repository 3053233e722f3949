// SPDX-License-Identifier: EUPL-1.2
// Makes the dialogue go on without a page load: sends the same form, puts the same fragment in its place.
// Without this script the page works the same, with page loads. Nothing is kept: no storage, no history entry.

const place = /** @type {HTMLElement} */ (document.getElementById("dialogue"));
const status = /** @type {HTMLElement} */ (document.getElementById("status"));
/** @type {{ createHTML(html: string): string } | undefined} */
const policy = /** @type {any} */ (window).trustedTypes?.createPolicy("meldroute", {
  createHTML: (/** @type {string} */ html) => html,
});
const PATIENCE = 300; // milliseconds before "one moment": a quicker answer needs no announcement
const left = new AbortController();

/** The element that a person continues at: the question's legend or the heading of the advice. */
function focusOnTurn() {
  const start = /** @type {HTMLElement | null} */ (place.querySelector("[data-focus]"));
  start?.focus({ preventScroll: true });
  const seen = place.querySelector(".error") ? start : place.querySelector(".urgent");
  if (seen) seen.scrollIntoView({ block: "center" });
  else window.scrollTo({ top: 0 });
}

/**
 * Puts a fragment from our own server in the place of the old one.
 * @param {string} html
 */
function show(html) {
  const parsed = new DOMParser().parseFromString(policy ? policy.createHTML(html) : html, "text/html");
  place.replaceChildren(...parsed.body.childNodes);
  const { language, direction, title, announce } = theForm().dataset;
  document.documentElement.lang = language ?? "";
  document.documentElement.dir = direction ?? "";
  document.title = title ?? "";
  status.textContent = announce ?? "";
  prepare();
  focusOnTurn();
  document.dispatchEvent(new Event("turn"));
}

function theForm() {
  return /** @type {HTMLFormElement} */ (place.querySelector("form"));
}

/**
 * What the form sends: the button is added by hand, since older browsers do not know it as an argument.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
function bodyOf(form, submitter) {
  const body = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  if (submitter instanceof HTMLButtonElement && submitter.name) body.set(submitter.name, submitter.value);
  return body;
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} submitter
 */
async function send(form, submitter) {
  const waiting = setTimeout(() => {
    status.textContent = form.dataset.wait ?? "";
  }, PATIENCE);
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: bodyOf(form, submitter),
      headers: { "Meldroute-Fragment": "1" },
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      signal: left.signal,
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    if (!left.signal.aborted) show(html);
  } catch {
    if (!left.signal.aborted) fail(form);
  } finally {
    clearTimeout(waiting);
    form.removeAttribute("aria-busy");
  }
}

/**
 * Says that it failed, where the person is looking; the answers stay in the form.
 * @param {HTMLFormElement} form
 */
function fail(form) {
  const text = form.dataset.failed ?? "";
  status.textContent = text;
  let note = form.querySelector(".failed");
  if (!note) {
    note = document.createElement("p");
    note.className = "error failed";
    form.querySelector(".actions")?.before(note);
  }
  note.textContent = text;
}

/**
 * "None of these" and the other answers exclude each other.
 * @param {HTMLInputElement} box
 */
function excludeOthers(box) {
  if (!box.checked) return;
  /** @type {NodeListOf<HTMLInputElement>} */
  const others = place.querySelectorAll(`input[type=checkbox][name="${box.name}"]`);
  for (const other of others) {
    if (other !== box && (box.hasAttribute("data-alone") || other.hasAttribute("data-alone"))) other.checked = false;
  }
}

/** Shows the buttons that only a script can serve. */
function prepare() {
  for (const button of place.querySelectorAll("[data-print], [data-copy]")) button.toggleAttribute("hidden", false);
}

/** Copies a field; where the browser refuses that, its text is selected. @param {HTMLElement} button */
async function copy(button) {
  const field = /** @type {HTMLTextAreaElement} */ (place.querySelector(button.dataset.copy ?? ""));
  let said = button.dataset.copied ?? "";
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.focus();
    field.select();
    said = button.dataset.selected ?? "";
  }
  button.textContent = status.textContent = said;
}

place.addEventListener("submit", (event) => {
  const submitter = /** @type {SubmitEvent} */ (event).submitter;
  if (submitter?.hasAttribute("formaction")) return; // the note opens beside the dialogue
  event.preventDefault();
  const form = theForm();
  if (!form.hasAttribute("aria-busy")) send(form, submitter);
});
place.addEventListener("change", ({ target }) => {
  if (target instanceof HTMLInputElement && target.type === "checkbox") excludeOthers(target);
});
place.addEventListener("click", ({ target }) => {
  const button = target instanceof Element && target.closest("[data-print], [data-copy]");
  if (!(button instanceof HTMLElement)) return;
  if (button.hasAttribute("data-print")) window.print();
  else copy(button);
});
document.addEventListener("wipe", () => left.abort());
prepare();
