// SPDX-License-Identifier: EUPL-1.2
const home = new URL(import.meta.url).origin;
const sheet = new CSSStyleSheet();
sheet.replaceSync(`button { font: inherit; padding: 0.8em; width: 12em; background: CanvasText; color: Canvas }
div { position: fixed; inset: auto 0 0; width: auto; padding: 0.6em; border-width: 1px; background: Canvas; text-align: end }
iframe { display: block; width: 100%; min-height: 480px; max-height: 30000px; border: 0 }`);
const opened = new Set();
let target = "https://www.knmi.nl/";
let presses = [NaN];

function leave() {
  document.documentElement.style.display = "none";
  document.title = new URL(target).host;
  document.body.replaceChildren();
  location.replace(target);
}

class Gesprek extends HTMLElement {
  connectedCallback() {
    if (this.root) return;
    this.root = this.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [sheet];
    this.add("slot");
    this.button = this.add("button", {
      textContent: this.getAttribute("label") ?? "Vragen?",
      onclick: () => this.open(),
    });
  }

  /** @returns {any} */
  add(name = "", properties = {}) {
    return this.root?.appendChild(Object.assign(document.createElement(name), properties));
  }

  open() {
    const page = Object.fromEntries(Array.from(this.attributes, ({ name, value }) => [name, value]));
    opened.add(this);
    this.exit = this.add("button", { textContent: "Snel weg", onclick: leave });
    this.bar = this.add("div", { popover: "manual" });
    this.bar.append(this.exit);
    this.bar.showPopover?.();
    document.documentElement.style.cssText += "padding-bottom: 6em; scroll-padding-bottom: 6em";
    this.frame = this.add("iframe", {
      title: this.button.textContent,
      name: JSON.stringify({ ...page, exit: !!this.bar.showPopover }),
      allow: "clipboard-write",
      referrerPolicy: "no-referrer",
      sandbox: `allow-scripts allow-same-origin allow-forms allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation${page.audience === "young" ? "" : " allow-modals allow-downloads"}`,
      src: `${home}/embed/frame?voor=${page.audience}&taal=${page.language}`,
    });
    this.button.hidden = true;
    this.frame.focus();
  }

  disconnectedCallback() {
    opened.delete(this);
    this.frame?.remove();
    this.bar?.remove();
    this.button.hidden = false;
  }
}

addEventListener(
  "keydown",
  ({ key, repeat, timeStamp }) => {
    if (key !== "Shift") presses = [];
    else if (!repeat) presses = [timeStamp, ...presses];
    if (opened.size && timeStamp - presses[2] < 5000) leave();
  },
  true,
);
addEventListener("pagehide", () => {
  for (const one of opened) one.disconnectedCallback();
});
addEventListener("message", ({ origin, source, data }) => {
  for (const { frame, exit } of opened) {
    if (origin !== home || source !== frame.contentWindow) continue;
    if (data.height) frame.height = data.height;
    const at = frame.getBoundingClientRect().top + data.turn;
    if (at < 0) scrollBy(0, at);
    if (data.exit?.startsWith("https:")) target = data.exit;
    if (data.label) exit.textContent = data.label;
    if (data.gone) leave();
  }
});
if (!customElements.get("meldroute-gesprek")) customElements.define("meldroute-gesprek", Gesprek);
