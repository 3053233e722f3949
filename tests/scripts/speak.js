// SPDX-License-Identifier: EUPL-1.2
// Reads pages as a screen reader does: paths of HTML files in, what is spoken out, as a JSON object of lists.
// It skips shadow roots and loads no style sheet; the dialogue needs neither.

import { readFile } from "node:fs/promises";
import { JSDOM } from "jsdom";

const MOST = 5000; // phrases: a reader that goes round in circles is an error

// The reader looks for a browser around it when it is loaded, so the window comes first.
const { window } = new JSDOM("<!doctype html>", { url: "http://localhost/", pretendToBeVisual: true });
for (const name of Object.getOwnPropertyNames(window)) {
  if (!(name in globalThis)) globalThis[name] = window[name];
}
globalThis.window = window;
const { virtual } = await import("@guidepup/virtual-screen-reader");

/**
 * Everything that is spoken from the first element of a page to its end.
 * @param {string} html
 */
async function phrases(html) {
  const page = new window.DOMParser().parseFromString(html, "text/html");
  window.document.body.replaceWith(window.document.adoptNode(page.body));
  await virtual.start({ container: window.document.body });
  for (let count = 0; (await virtual.lastSpokenPhrase()) !== "end of document"; count += 1) {
    if (count > MOST) throw new Error("the end of the page is never reached");
    await virtual.next();
  }
  const spoken = await virtual.spokenPhraseLog();
  await virtual.stop();
  return spoken;
}

const read = {};
for (const path of process.argv.slice(2)) read[path] = await phrases(await readFile(path, "utf8"));
process.stdout.write(JSON.stringify(read));
