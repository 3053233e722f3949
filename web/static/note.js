// SPDX-License-Identifier: EUPL-1.2
// The button that prints a page made for paper. Without this script the menu of the browser does it.

for (const button of document.querySelectorAll("[data-print]")) {
  button.toggleAttribute("hidden", false);
  button.addEventListener("click", () => window.print());
}
