// Keeps the list of papers true while files arrive, and says aloud what a check found.
(() => {
  "use strict";

  const REFRESH_AFTER = 150;

  const news = document.querySelector("[data-upload-news]");
  if (!news) return;

  // Several files arrive at nearly the same time; one look at the list is enough for them. One
  // after the other: each replaces the list, and the next one has to find what stands there then.
  let soon;
  let isLooking = false;
  let isBusy = () => false;

  function refresh() {
    clearTimeout(soon);
    soon = setTimeout(look, REFRESH_AFTER);
  }

  function look() {
    if (!window.htmx) {
      if (!isBusy()) window.location.reload();
    } else if (isLooking) {
      refresh();
    } else {
      isLooking = true;
      const place = { target: "#papers", select: "#papers", swap: "outerHTML" };
      const done = () => { isLooking = false; };
      window.htmx.ajax("GET", window.location.pathname + window.location.search, place).then(done, done);
    }
  }

  document.addEventListener("papers:arrived", (event) => {
    isBusy = event.detail.isBusy;
    refresh();
  });

  // What a check found is said aloud when the list changes under the reader's eyes.
  document.body.addEventListener("htmx:oobAfterSwap", (event) => {
    const row = event.detail.target;
    const state = row && row.querySelector && row.querySelector(".tag");
    if (state && row.dataset.paper !== "waiting") {
      const name = row.querySelector(".file-name").textContent.trim();
      const why = row.querySelector(".error");
      news.textContent = `${name}: ${why ? why.textContent : state.textContent}`;
    }
  });
})();
