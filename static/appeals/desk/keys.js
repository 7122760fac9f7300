/* Single keys of the desk. Any element with data-key is pressed or focused by that key; lists and
   cases are walked with j and k; ? shows all. Never while somebody types, never with Ctrl or Alt. */
"use strict";
{
  const RULINGS = { 1: "accepted", 2: "refuted", 3: "not_material" };
  const TYPED = "textarea, select, [contenteditable=true], input:not([type=radio]):not([type=checkbox])";
  const ROWS = "[data-desk-row], .desk-table tbody .desk-ref, #result_list tbody th a";

  const isTyping = (target) => target instanceof Element && target.closest(TYPED) !== null;
  const isThere = (one) => one.checkVisibility() && !one.disabled;
  const first = (selector) => [...document.querySelectorAll(selector)].find(isThere);

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") return leave(event.target);
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const act = find(event.key);
    if (!act) return;
    event.preventDefault();
    act();
  });

  function find(key) {
    if (key === "?") return showKeys;
    if (key === "j" || key === "k") return () => step(key === "j" ? 1 : -1);
    if (key === "e") return toSentence();
    if (key === "o" && first("[data-desk-outcome] input[type=radio]")) return toOutcome;
    if (/^[1-9]$/.test(key)) return document.querySelector("[data-desk-case]") && (() => choose(Number(key)));
    const bound = first(`[data-key~="${CSS.escape(key)}"]`);
    if (bound) return () => press(bound);
    return null;
  }

  function press(one) {
    if (one.matches("input:not([type=radio]):not([type=checkbox]), textarea, select")) return one.focus();
    one.click();
    if (one.matches("summary")) one.parentElement.querySelector("textarea, select, input:not([type=hidden]), button")?.focus();
  }

  /* Out of a field, so that the next key is a command again; else shut what is open. */
  function leave(target) {
    if (isTyping(target)) return target.blur();
    for (const drop of document.querySelectorAll("details.desk-drop[open]")) drop.open = false;
  }

  /* --- Walking --------------------------------------------------------------------------- */

  function steps() {
    for (const selector of ["fieldset[data-desk-ground]", "[data-desk-reason]", ROWS]) {
      const found = [...document.querySelectorAll(selector)].filter(isThere);
      if (found.length) return found;
    }
    return [];
  }

  function step(by) {
    const all = steps();
    const now = all.findIndex((one) => one.contains(document.activeElement));
    const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : now + by;
    if (all[next]) go(all[next]);
  }

  function go(one) {
    one.focus({ preventScroll: true });
    one.scrollIntoView({ block: "nearest" });
    const reason = one.querySelector("a[href^='#reason-']");
    if (reason) document.querySelector(reason.getAttribute("href"))?.scrollIntoView({ block: "nearest" });
  }

  /* --- Deciding -------------------------------------------------------------------------- */

  const grounds = () => [...document.querySelectorAll("fieldset[data-desk-ground]")];
  const isRuled = (ground) => ground.querySelector("input[type=radio]:checked") !== null;

  /* A digit means the outcome while that is in focus, and the ruling everywhere else. */
  function choose(number) {
    const outcome = document.activeElement?.closest("[data-desk-outcome]");
    if (outcome) return pick(outcome.querySelectorAll("input[type=radio]")[number - 1]);
    const ground = document.activeElement?.closest("[data-desk-ground]") ?? grounds().find((one) => !isRuled(one));
    const choice = ground?.querySelector(`input[value=${RULINGS[number]}]`);
    if (!choice) return;
    choice.click();
    const next = grounds()[grounds().indexOf(ground) + 1];
    if (next) go(next);
    else toOutcome();
  }

  /* The choice has the focus as well, so that one Tab leads on to its first field. */
  function pick(choice) {
    choice?.click();
    choice?.focus({ preventScroll: true });
  }

  function toOutcome() {
    const chosen = first("[data-desk-outcome] input[type=radio]:checked") ?? first("[data-desk-outcome] input[type=radio]");
    if (!chosen) return;
    chosen.focus({ preventScroll: true });
    chosen.closest("[data-desk-outcome]").scrollIntoView({ block: "nearest" });
  }

  /* Into the sentence of the ground in focus, else into the outcome's. */
  function toSentence() {
    const ground = document.activeElement?.closest("[data-desk-ground]");
    const field = ground?.querySelector("textarea") ?? document.querySelector("[data-desk-form] [name=sentence]");
    return field && (() => field.focus());
  }

  /* --- What there is --------------------------------------------------------------------- */

  /* Its title, or its words without the key that stands on it. */
  function titleOf(one) {
    const words = one.cloneNode(true);
    for (const cap of words.querySelectorAll("kbd")) cap.remove();
    return one.title || one.getAttribute("aria-label") || words.textContent.trim().replace(/\s+/g, " ");
  }

  function row(key, title) {
    const line = document.createElement("div");
    const keys = document.createElement("dt");
    for (const one of key.split(" ")) {
      const cap = document.createElement("kbd");
      cap.textContent = one;
      keys.append(cap, " ");
    }
    const words = document.createElement("dd");
    words.textContent = title;
    line.append(keys, words);
    return line;
  }

  function showKeys() {
    const known = document.querySelector("[data-desk-keys]");
    const dialog = document.createElement("dialog");
    dialog.className = "desk-keys";
    const heading = document.createElement("h2");
    heading.id = "desk-keys-title";
    heading.textContent = known?.dataset.title ?? "?";
    dialog.setAttribute("aria-labelledby", heading.id);
    const list = document.createElement("dl");
    if (known) list.append(known.content.cloneNode(true));
    for (const one of document.querySelectorAll("[data-key]")) {
      if (one.dataset.key !== "?" && isThere(one)) list.append(row(one.dataset.key, titleOf(one)));
    }
    const close = document.createElement("button");
    close.className = "desk-button";
    close.textContent = known?.dataset.close ?? "×";
    close.addEventListener("click", () => dialog.close());
    dialog.append(heading, list, close);
    dialog.addEventListener("close", () => dialog.remove());
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "?") return;
      // It would be the first press again for whoever listens above.
      event.stopPropagation();
      dialog.close();
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const one of document.querySelectorAll("[data-key]")) one.setAttribute("aria-keyshortcuts", one.dataset.key);
    document.querySelector("[data-desk-show-keys]")?.addEventListener("click", showKeys);
    document.querySelector("[data-desk-errors]")?.focus();
  });
}
