// SPDX-License-Identifier: EUPL-1.2
// Makes the dialogue go on without a page load: sends the same form, puts the same fragment in its place.
// Without this script the page works the same, with page loads. Nothing is kept: no storage, no history entry.

const place = document.getElementById("dialogue");
const status = document.getElementById("status");
const policy = window.trustedTypes?.createPolicy("meldroute", { createHTML: (html) => html });
const PATIENCE = 300; // milliseconds before "one moment": a quicker answer needs no announcement

/** The element that a person continues at: the question's legend or the heading of the advice. */
function focusOnTurn() {
  const start = place.querySelector("[data-focus]");
  start?.focus({ preventScroll: true });
  (place.querySelector(".urgent") ?? start)?.scrollIntoView({ block: "center" });
  if (!place.querySelector(".urgent")) window.scrollTo({ top: 0 });
}

/** Puts a fragment from our own server in the place of the old one. */
function show(html) {
  const source = policy ? policy.createHTML(html) : html;
  const parsed = new DOMParser().parseFromString(source, "text/html");
  place.replaceChildren(...parsed.body.childNodes);
  const form = place.querySelector("form");
  document.documentElement.lang = form.dataset.language;
  document.documentElement.dir = form.dataset.direction;
  document.title = form.dataset.title;
  prepare();
  status.textContent = form.dataset.announce;
  focusOnTurn();
}

/** What the form sends: the button is added by hand, since older browsers do not know it as an argument. */
function bodyOf(form, submitter) {
  const body = new URLSearchParams(new FormData(form));
  if (submitter?.name) body.set(submitter.name, submitter.value);
  return body;
}

async function send(form, submitter) {
  const waiting = setTimeout(() => { status.textContent = form.dataset.wait; }, PATIENCE);
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: bodyOf(form, submitter),
      headers: { "Meldroute-Fragment": "1" },
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
    });
    if (!answer.ok) throw new Error(String(answer.status));
    const html = await answer.text();
    clearTimeout(waiting);
    show(html);
  } catch {
    clearTimeout(waiting);
    fail(form);
  } finally {
    form.removeAttribute("aria-busy");
  }
}

/** Says that it failed, where the person is looking; the answers stay in the form. */
function fail(form) {
  const text = form.dataset.failed;
  status.textContent = text;
  let note = form.querySelector(".failed");
  if (!note) {
    note = document.createElement("p");
    note.className = "error failed";
    form.querySelector(".actions")?.before(note);
  }
  note.textContent = text;
}

/** "None of these" and the other answers exclude each other. */
function excludeOthers(box) {
  if (!box.checked) return;
  for (const other of place.querySelectorAll(`input[type=checkbox][name="${box.name}"]`)) {
    if (other !== box && (box.hasAttribute("data-alone") || other.hasAttribute("data-alone"))) other.checked = false;
  }
}

function prepare() {
  for (const button of place.querySelectorAll("[data-print]")) button.hidden = false;
}

place.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!event.target.hasAttribute("aria-busy")) send(event.target, event.submitter);
});
place.addEventListener("change", (event) => {
  if (event.target.matches("input[type=checkbox]")) excludeOthers(event.target);
});
place.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
prepare();
