// SPDX-License-Identifier: EUPL-1.2
// The code of an invitation stands behind the # of its link, which no browser sends. This puts it into the field.

const field = document.getElementById("invitation");
const code = new URL(document.URL).hash.slice(1);
if (field instanceof HTMLInputElement && code) {
  field.value = code;
}
