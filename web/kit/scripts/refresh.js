/**
 * Reads the page again every few seconds, and puts what has changed in the place of what was there.
 * Parts that may change name themselves by data-live. Without this file the page is whole.
 */
const EVERY_MS = 5_000;
const PATIENCE_MS = 20_000;

/** A request hands over a document, so no text is ever made markup here (Trusted Types). */
function read() {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.responseType = "document";
    request.timeout = PATIENCE_MS;
    request.onloadend = () => resolve(request.status === 200 ? request.responseXML : null);
    request.open("GET", location.pathname + location.search);
    request.send();
  });
}

function replace(read) {
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = read.querySelector(`[data-live="${part.dataset.live}"]`);
    // Whoever is in the midst of a form or a table keeps it.
    if (next === null || part.contains(document.activeElement) || part.isEqualNode(next)) continue;
    const places = [...part.querySelectorAll(".scroll")].map((one) => one.scrollLeft);
    const fresh = document.importNode(next, true);
    part.replaceWith(fresh);
    for (const [i, one] of [...fresh.querySelectorAll(".scroll")].entries()) one.scrollLeft = places[i] ?? 0;
  }
}

async function again() {
  const fresh = document.hidden ? null : await read();
  if (fresh !== null) {
    // The session has ended: what is shown is of no use any more.
    if (fresh.querySelector("[data-live]") === null) return location.reload();
    replace(fresh);
  }
  setTimeout(again, EVERY_MS);
}
setTimeout(again, EVERY_MS);
