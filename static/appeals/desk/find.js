/* Words found in the documents are shown above their list; a place opens in the viewer. Without
   this script they are a page of their own. */
"use strict";
{
  async function find(form, found) {
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        body: new FormData(form),
        headers: { "X-Requested-With": "fetch" },
        credentials: "same-origin",
      });
      if (!answer.ok || answer.redirected) return form.submit();
      found.innerHTML = await answer.text();
    } catch {
      form.submit();
    } finally {
      button.disabled = false;
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("[data-desk-find]");
    const found = document.querySelector("[data-desk-found]");
    const root = document.querySelector("[data-desk-viewer]");
    if (!form || !found || !root) return;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      find(form, found);
    });
    found.addEventListener("click", (event) => {
      const place = event.target.closest("[data-desk-place]");
      if (!place || event.ctrlKey || event.metaKey || event.shiftKey || !root.viewer) return;
      event.preventDefault();
      root.viewer.show(place.dataset.deskPlace, Number(place.dataset.page));
    });
  });
}
