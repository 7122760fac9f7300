/* The list of appeals: filters take effect when they change, and cases are ticked by key or all at
   once. Without this file a button does each. */
"use strict";
{
  const boxes = () => [...document.querySelectorAll("input[data-desk-case]")];

  function tellHowMany() {
    const said = document.querySelector("[data-desk-chosen]");
    if (!said) return;
    const number = boxes().filter((box) => box.checked).length;
    said.textContent = number ? said.dataset.some.replace("{number}", number) : said.dataset.none;
    const page = document.querySelector("[data-desk-page]");
    if (page) page.checked = number > 0 && number === boxes().length;
  }

  function tick(event) {
    if (event.key !== "x" || event.ctrlKey || event.metaKey || event.altKey) return;
    const box = document.activeElement?.closest("[data-row]")?.querySelector("input[data-desk-case]");
    if (!box) return;
    event.preventDefault();
    box.click();
  }

  document.addEventListener("DOMContentLoaded", () => {
    const filters = document.querySelector("[data-desk-filters]");
    // By mouse only: who walks through the values with the arrows has not chosen yet.
    let isByPointer = false;
    filters?.addEventListener("pointerdown", () => { isByPointer = true; });
    filters?.addEventListener("keydown", () => { isByPointer = false; });
    filters?.addEventListener("change", (event) => {
      if (isByPointer && event.target.matches("select")) filters.requestSubmit();
    });
    // Only what is filtered stands in the address.
    filters?.addEventListener("submit", () => {
      for (const field of filters.elements) if (field.name && !field.value) field.disabled = true;
    });
    window.addEventListener("pageshow", () => {
      for (const field of filters?.elements ?? []) field.disabled = false;
    });
    const page = document.querySelector("[data-desk-page]");
    if (page) {
      page.hidden = false;
      page.addEventListener("change", () => {
        for (const box of boxes()) box.checked = page.checked;
        tellHowMany();
      });
    }
    document.addEventListener("change", (event) => {
      if (event.target.matches("input[data-desk-case]")) tellHowMany();
    });
    document.addEventListener("keydown", tick);
    tellHowMany();
  });
}
