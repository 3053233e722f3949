// SPDX-License-Identifier: EUPL-1.2
// See docs/for-embedders.md.
const home = new URL(import.meta.url).origin;
const sheet = new CSSStyleSheet();
sheet.replaceSync(`button { font: inherit; padding: 0.8em }
[popover] { position: fixed; inset: auto 1em 1em auto; background: CanvasText; color: Canvas }
iframe { display: block; inline-size: 100%; border: 0 }`);
const opened = new Set();
let target = "https://www.knmi.nl/";
const presses = new Set();

function leave() {
  document.documentElement.style.display = "none";
  document.title = new URL(target).host;
  document.body.replaceChildren();
  location.replace(target);
}

class Gesprek extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    this.attachShadow({ mode: "open" }).adoptedStyleSheets = [sheet];
    this.add("slot", {});
    this.button = this.add("button", {
      textContent: this.getAttribute("label") ?? "Vragen?",
      onclick: () => this.open(),
    });
  }

  /** @param {string} name @param {object} properties @returns {any} */
  add(name, properties) {
    const made = Object.assign(document.createElement(name), properties);
    this.shadowRoot?.append(made);
    return made;
  }

  disconnectedCallback() {
    this.close();
  }

  open() {
    const page = Object.fromEntries([...this.attributes].map(({ name, value }) => [name, value]));
    opened.add(this);
    this.exit = this.add("button", { textContent: "Snel weg", popover: "manual", onclick: leave });
    this.exit.showPopover?.();
    this.frame = this.add("iframe", {
      title: this.button.textContent,
      name: JSON.stringify(page),
      height: 480,
      allow: "clipboard-write",
      referrerPolicy: "no-referrer",
      sandbox: `allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation${page.audience === "young" ? "" : " allow-modals allow-downloads"}`,
      src: `${home}/embed/frame?voor=${page.audience}&taal=${page.language}`,
    });
    this.button.hidden = true;
    this.frame.focus();
  }

  close() {
    opened.delete(this);
    this.frame?.remove();
    this.exit?.remove();
    this.button.hidden = false;
  }
}

addEventListener(
  "keydown",
  ({ key, repeat, timeStamp }) => {
    if (key !== "Shift") presses.clear();
    else if (!repeat) presses.add(timeStamp);
    if (opened.size && [...presses].filter((time) => timeStamp - time < 5000).length > 2) leave();
  },
  true,
);
addEventListener("pagehide", () => {
  for (const one of opened) one.close();
});
addEventListener("message", ({ origin, source, data }) => {
  for (const { frame, exit } of opened) {
    if (origin !== home || source !== frame.contentWindow) continue;
    if (data.height) frame.height = Math.min(Math.max(data.height, 200), 30000);
    const at = frame.getBoundingClientRect().top + data.turn;
    if (at < 0) scrollBy(0, at);
    if (data.exit?.startsWith("https:")) target = data.exit;
    if (data.label) exit.textContent = data.label;
    if (data.gone) leave();
  }
});
if (!customElements.get("meldroute-gesprek")) customElements.define("meldroute-gesprek", Gesprek);
