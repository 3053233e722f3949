// SPDX-License-Identifier: EUPL-1.2
// Reading aloud, by voices of the device itself: a remote voice would send the text, and with it the situation, away.

const place = /** @type {HTMLElement} */ (document.getElementById("dialogue"));
const speech = window.speechSynthesis;

/** A voice of this device for the language of the page, or nothing. */
function voice() {
  const language = document.documentElement.lang.slice(0, 2);
  return speech?.getVoices().find((one) => one.localService && one.lang.toLowerCase().startsWith(language));
}

/** What there is to read, as it is shown now, line by line: a voice stops in the middle of a long text. */
function lines() {
  const all = /** @type {HTMLElement | null} */ (place.querySelector("main"))?.innerText.split("\n") ?? [];
  return all.filter((line) => line.trim());
}

function offer() {
  speech?.cancel();
  place.querySelector("[data-aloud]")?.toggleAttribute("hidden", !voice());
  place.querySelector("[data-aloud] button")?.setAttribute("aria-pressed", "false");
}

/** @param {Element} button */
function toggle(button) {
  const on = button.getAttribute("aria-pressed") !== "true";
  speech.cancel();
  button.setAttribute("aria-pressed", String(on));
  if (!on) return;
  const chosen = voice();
  if (!chosen) return;
  for (const line of lines()) {
    const said = new SpeechSynthesisUtterance(line);
    said.voice = chosen;
    said.lang = chosen.lang;
    said.onend = () => speech.pending || button.setAttribute("aria-pressed", "false");
    speech.speak(said);
  }
}

place.addEventListener("click", (event) => {
  const button = event.target instanceof Element && event.target.closest("[data-aloud] button");
  if (button) toggle(button);
});
document.addEventListener("turn", offer);
document.addEventListener("wipe", () => speech?.cancel());
speech?.addEventListener("voiceschanged", offer);
offer();
