/* The desk's keys and small helps. Every page works without this file. */
"use strict";

const RENEW_EVERY_MS = 5 * 60 * 1000;
const TYPING_PAUSE_MS = 300;
const RULINGS = { 1: "accepted", 2: "refuted", 3: "not_material" };

document.addEventListener("DOMContentLoaded", () => {
  const desk = document.querySelector("[data-desk-case]");
  listenForKeys(desk);
  followClaimLinks();
  if (!desk) return;
  markOpenPaper();
  suggestFindings(desk);
  suggestOutcome(desk);
  suggestRequest(desk);
  renewWhileWorking(desk);
  warnBeforeLosing(desk);
  desk.querySelector("[data-desk-errors]")?.focus();
});

/* --- Keys ---------------------------------------------------------------------------------- */

function isTyping(target) {
  return target.closest("textarea, select, [contenteditable], input:not([type=radio]):not([type=checkbox])");
}

function listenForKeys(desk) {
  document.addEventListener("keydown", (event) => {
    if (desk && (event.ctrlKey || event.metaKey) && pressSubmit(desk, event)) return;
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    const act = { c: claimNext, h: goHome, "?": showKeys }[event.key] ?? (desk && caseKey(desk, event.key));
    if (!act) return;
    event.preventDefault();
    act();
  });
}

function pressSubmit(desk, event) {
  const name = { s: "save", Enter: "decide" }[event.key];
  const button = name && desk.querySelector(`[data-desk-form] button[value=${name}]`);
  if (!button) return false;
  event.preventDefault();
  button.click();
  return true;
}

function caseKey(desk, key) {
  if (key === "j" || key === "k") return () => step("[data-desk-ground]", key === "j" ? 1 : -1, (one) => one.focus());
  if (key === "n" || key === "p") return () => stepPaper(key === "n" ? 1 : -1);
  if (key === "o") return () => desk.querySelector("[data-desk-outcome] input")?.focus();
  if (key in RULINGS) return () => rule(key);
  return null;
}

function rule(key) {
  const ground = document.activeElement?.closest("[data-desk-ground]");
  ground?.querySelector(`input[value=${RULINGS[key]}]`)?.click();
}

function step(selector, by, go) {
  const all = [...document.querySelectorAll(selector)];
  if (!all.length) return;
  const now = all.findIndex((one) => one.contains(document.activeElement));
  const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(Math.max(now + by, 0), all.length - 1);
  go(all[next]);
}

function stepPaper(by) {
  const all = [...document.querySelectorAll("[data-desk-paper]")];
  const now = all.findIndex((one) => one.hasAttribute("aria-current"));
  all[now < 0 ? 0 : Math.min(Math.max(now + by, 0), all.length - 1)]?.click();
}

function showKeys() {
  const keys = document.querySelector(".desk-keys");
  if (keys) keys.open = !keys.open;
}

function goHome() {
  const home = document.querySelector(".desk-back");
  if (home) home.click();
}

/* --- Claim next: a link in the sidebar, a form in truth ------------------------------------- */

function token() {
  return document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
}

function claimNext() {
  const button = document.querySelector("[data-desk-next]");
  const link = document.querySelector("a[href$='/cases/next/']");
  if (button) button.click();
  else if (link) link.click();
}

function followClaimLinks() {
  for (const link of document.querySelectorAll("a[href$='/cases/next/']")) {
    link.addEventListener("click", (event) => {
      if (!token() || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const form = document.createElement("form");
      form.method = "post";
      form.action = link.href;
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "csrfmiddlewaretoken";
      field.value = token();
      form.append(field);
      document.body.append(form);
      form.submit();
    });
  }
}

/* --- The case ------------------------------------------------------------------------------ */

function markOpenPaper() {
  const papers = document.querySelectorAll("[data-desk-paper]");
  for (const paper of papers) {
    paper.addEventListener("click", () => {
      for (const other of papers) other.removeAttribute("aria-current");
      paper.setAttribute("aria-current", "true");
    });
  }
}

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
  return (wait) => {
    clearTimeout(pause);
    pause = setTimeout(async () => {
      const mine = (asked += 1);
      const text = await suggestion(desk, query());
      if (text && mine === asked) offer(field, text, known);
    }, wait);
  };
}

function suggestOutcome(desk) {
  const form = desk.querySelector("[data-desk-form]");
  if (!form) return;
  const query = () => new URLSearchParams({ kind: form.elements.kind.value, new_limit: form.elements.new_limit.value });
  const ask = asker(desk, form.elements.sentence, query);
  for (const choice of form.querySelectorAll("input[name=kind]")) choice.addEventListener("change", () => ask(0));
  form.elements.new_limit.addEventListener("input", () => ask(TYPING_PAUSE_MS));
  // What the server suggested before is known to be its own, so that it may be replaced.
  if (form.elements.kind.value && form.elements.sentence.value) ask(0);
}

function suggestRequest() {
  const drop = document.querySelector("[data-desk-ask]");
  const desk = document.querySelector("[data-desk-case]");
  const form = drop?.querySelector("form");
  if (!form) return;
  const chosen = () => new URLSearchParams(new FormData(form).getAll("kinds").map((kind) => ["kinds", kind]));
  const ask = asker(desk, form.elements.message, chosen);
  drop.addEventListener("toggle", () => drop.open && ask(0));
  for (const box of form.querySelectorAll("input[name=kinds]")) box.addEventListener("change", () => ask(0));
}

/* The lease is held only while somebody is really here. */
function renewWhileWorking(desk) {
  if (!desk.dataset.renew) return;
  let isHere = false;
  for (const sign of ["keydown", "pointermove", "scroll"]) {
    document.addEventListener(sign, () => { isHere = true; }, { passive: true, capture: true });
  }
  setInterval(async () => {
    if (!isHere) return;
    isHere = false;
    const body = new URLSearchParams({ csrfmiddlewaretoken: token() });
    const answer = await fetch(desk.dataset.renew, { method: "POST", body }).catch(() => null);
    if (answer?.ok && (await answer.json()).until === null) desk.querySelector("[data-desk-lost]").hidden = false;
  }, RENEW_EVERY_MS);
}

function warnBeforeLosing(desk) {
  const form = desk.querySelector("[data-desk-form]");
  if (!form) return;
  let isChanged = false;
  form.addEventListener("input", () => { isChanged = true; });
  form.addEventListener("submit", () => { isChanged = false; });
  window.addEventListener("beforeunload", (event) => {
    if (isChanged) event.preventDefault();
  });
}
