/* Asking the customer with prepared texts, and naming colleagues in notes. Works without it. */
"use strict";
{
  document.addEventListener("DOMContentLoaded", () => {
    for (const form of document.querySelectorAll("[data-talk-ask]")) fillFromTexts(form);
    for (const form of document.querySelectorAll("[data-talk-note]")) nameColleagues(form);
  });

  /* --- Prepared texts: what somebody has typed is never replaced ---------------------------- */

  function fillFromTexts(form) {
    const choice = form.querySelector("[data-talk-text]");
    const boxes = [...form.querySelectorAll("input[name=kinds]")];
    const message = form.elements.message;
    let ours = message.value.trim();
    form.querySelector("[data-talk-fill]").hidden = true;

    function fill() {
      const text = choice.selectedOptions[0]?.dataset.text ?? "";
      if (message.value.trim() !== "" && message.value.trim() !== ours) return;
      const papers = boxes.filter((box) => box.checked).map((box) => box.dataset.name);
      message.value = papers.length ? text.replaceAll("{papers}", papers.join(form.dataset.joiner)) : text;
      ours = message.value.trim();
    }

    function tick() {
      const needsPapers = [...choice.options].find((one) => one.dataset.text?.includes("{papers}"));
      if (choice.value === "" && message.value.trim() === "" && needsPapers) choice.value = needsPapers.value;
      fill();
    }

    choice.addEventListener("change", fill);
    for (const box of boxes) box.addEventListener("change", tick);
  }

  /* --- @Name ------------------------------------------------------------------------------- */

  const MOST_OFFERED = 6;

  function nameColleagues(form) {
    const field = form.elements.text;
    const list = form.querySelector("[role=listbox]");
    const names = [...form.querySelectorAll("[data-person]")].map((box) => box.dataset.person);
    let chosen = 0;
    if (!names.length) return;
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-autocomplete", "list");
    field.setAttribute("aria-controls", list.id);
    field.setAttribute("aria-expanded", "false");

    function begun() {
      const match = /(?:^|[^A-Za-z0-9_.])@([^@\n]{0,40})$/.exec(field.value.slice(0, field.selectionStart));
      return match ? match[1] : null;
    }

    function offered(start) {
      const typed = start.toLowerCase();
      const fits = (name) => name.toLowerCase().split(/\s+/).some((part) => part.startsWith(typed)) || name.toLowerCase().startsWith(typed);
      return names.filter((name) => fits(name) && name.toLowerCase() !== typed.trim()).slice(0, MOST_OFFERED);
    }

    function show() {
      const start = begun();
      const found = start === null ? [] : offered(start);
      chosen = Math.min(chosen, Math.max(found.length - 1, 0));
      list.replaceChildren(...found.map(option));
      list.hidden = !found.length;
      field.setAttribute("aria-expanded", String(!list.hidden));
      if (list.hidden) field.removeAttribute("aria-activedescendant");
      else field.setAttribute("aria-activedescendant", `${list.id}-${chosen}`);
    }

    function option(name, at) {
      const one = document.createElement("li");
      one.id = `${list.id}-${at}`;
      one.setAttribute("role", "option");
      one.setAttribute("aria-selected", String(at === chosen));
      one.textContent = name;
      one.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        take(name);
      });
      return one;
    }

    function take(name) {
      const end = field.selectionStart;
      field.setRangeText(`${name} `, end - begun().length, end, "end");
      hide();
    }

    function hide() {
      chosen = 0;
      list.hidden = true;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    }

    field.addEventListener("input", () => { chosen = 0; show(); });
    field.addEventListener("blur", hide);
    field.addEventListener("keydown", (event) => {
      if (list.hidden || event.isComposing) return;
      const options = list.children;
      const moves = { ArrowDown: 1, ArrowUp: -1 };
      if (event.key in moves) {
        chosen = (chosen + moves[event.key] + options.length) % options.length;
        show();
      } else if (event.key === "Enter" || event.key === "Tab") take(options[chosen].textContent);
      else if (event.key === "Escape") hide();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }
}
