/* Sentences the desk suggests; words of the reviewer are never replaced. */
"use strict";
{
  const TYPING_PAUSE_MS = 300;

  /* A suggestion replaces what is there only while nobody has changed it. */
  function offer(field, text, known) {
    if (field.value.trim() === "" || known.has(field.value.trim())) field.value = text;
    known.add(text.trim());
  }

  function suggestFindings(desk) {
    for (const ground of desk.querySelectorAll("fieldset[data-desk-ground]")) {
      const choices = [...ground.querySelectorAll("input[type=radio]")];
      const known = new Set(choices.map((choice) => choice.dataset.sentence.trim()));
      const field = ground.querySelector("textarea");
      for (const choice of choices) {
        choice.addEventListener("change", () => offer(field, choice.dataset.sentence, known));
      }
    }
  }

  async function suggestion(desk, query) {
    try {
      const answer = await fetch(`${desk.dataset.suggest}?${query}`, { headers: { Accept: "application/json" } });
      return answer.ok ? (await answer.json()).text : "";
    } catch {
      return "";
    }
  }

  /* Only the answer to the last question counts: an older one may come later. */
  function asker(desk, field, query) {
    const known = new Set();
    let asked = 0;
    let pause;
    let waiting = null;

    async function now() {
      const mine = (asked += 1);
      const text = await suggestion(desk, query());
      if (mine !== asked) return;
      waiting = null;
      if (text) offer(field, text, known);
    }

    return {
      ask(wait) {
        clearTimeout(pause);
        // An answer that is on its way is to an older question.
        asked += 1;
        waiting = () => now();
        pause = setTimeout(() => { const asking = now(); waiting = () => asking; }, wait);
      },
      /* What is still to come, asked for at once; nothing when nothing is. */
      rest() {
        if (!waiting) return null;
        clearTimeout(pause);
        const asking = waiting();
        waiting = () => asking;
        return asking;
      },
    };
  }

  /* Whoever is quicker than the suggestion must not send the words of an amount typed over since. */
  function sendAfter(form, asking) {
    let isHeld = false;
    form.addEventListener("submit", (event) => {
      const rest = asking.rest();
      if (!rest && !isHeld) return;
      event.preventDefault();
      if (isHeld) return;
      isHeld = true;
      rest.then(() => {
        isHeld = false;
        form.requestSubmit(event.submitter);
      });
    });
  }

  function suggestOutcome(desk) {
    const form = desk.querySelector("[data-desk-form]");
    if (!form?.elements.sentence) return;
    const named = ["new_limit", "until", "bureau"].map((name) => form.elements[name]);
    const query = () => new URLSearchParams({
      kind: form.elements.kind.value,
      ...Object.fromEntries(named.map((field) => [field.name, field.value])),
    });
    const asking = asker(desk, form.elements.sentence, query);
    for (const choice of form.querySelectorAll("input[name=kind]")) choice.addEventListener("change", () => asking.ask(0));
    for (const field of named) field.addEventListener("input", () => asking.ask(TYPING_PAUSE_MS));
    sendAfter(form, asking);
    // What the server suggested before is known to be its own, so that it may be replaced.
    if (form.elements.kind.value && form.elements.sentence.value) asking.ask(0);
  }

  /* A prepared text is put in on purpose, so it replaces what is there. */
  function offerTexts(desk) {
    for (const list of desk.querySelectorAll("[data-desk-offered]")) {
      list.hidden = false;
      list.addEventListener("change", () => {
        const field = list.form.elements[list.dataset.deskOffered];
        if (!list.value) return;
        field.value = list.value;
        list.value = "";
        field.dispatchEvent(new Event("input", { bubbles: true }));
        field.focus();
      });
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    const desk = document.querySelector("[data-desk-case]");
    if (!desk) return;
    suggestFindings(desk);
    suggestOutcome(desk);
    offerTexts(desk);
  });
}
