/* Claim next from any page of the admin, and hold the case only while somebody is really here. */
"use strict";
{
  const RENEW_EVERY_MS = 5 * 60 * 1000;
  const NEXT = "a[href$='/cases/next/']";
  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value;

  /* A link in the side bar, a form in truth. */
  function followClaimLink(link) {
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

  function renewWhileWorking(desk) {
    let isHere = false;
    for (const sign of ["keydown", "pointermove", "scroll"]) {
      document.addEventListener(sign, () => { isHere = true; }, { passive: true, capture: true });
    }
    setInterval(async () => {
      if (!isHere) return;
      isHere = false;
      const body = new URLSearchParams({ csrfmiddlewaretoken: token() });
      const answer = await fetch(desk.dataset.renew, { method: "POST", body }).catch(() => null);
      const lost = document.querySelector("[data-desk-lost]");
      if (lost && answer?.ok && (await answer.json()).until === null) lost.hidden = false;
    }, RENEW_EVERY_MS);
  }

  function warnBeforeLosing(form) {
    let isChanged = false;
    form.addEventListener("input", () => { isChanged = true; });
    form.addEventListener("submit", (event) => {
      // Looking at the letter saves nothing.
      if (!event.submitter?.hasAttribute("data-desk-preview")) isChanged = false;
    });
    window.addEventListener("beforeunload", (event) => {
      if (isChanged) event.preventDefault();
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const link of document.querySelectorAll(NEXT)) {
      followClaimLink(link);
      // On pages without a button of its own the side bar's link answers to the key.
      if (!document.querySelector("[data-key~=c]")) link.dataset.key = "c";
    }
    const desk = document.querySelector("[data-desk-case]");
    if (desk?.dataset.renew) renewWhileWorking(desk);
    const form = document.querySelector("[data-desk-form]");
    if (form) warnBeforeLosing(form);
  });
}
