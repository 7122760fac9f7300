// The site as an app on a phone, and a word before a session ends. Without this file both are missing, nothing else.
"use strict";

if ("serviceWorker" in navigator) navigator.serviceWorker.register("/sw.js").catch(() => {});

(() => {
  const box = document.querySelector("[data-session]");
  if (!box) return;

  const idle = Number(box.dataset.session) * 1000;
  const WARNED = 120_000;
  // Somebody who types is there: the server is told now and then, which only sees whole pages.
  const TOLD = Math.min(300_000, idle / 4);
  const SEEN = "recourse-seen";
  const remember = () => {
    try {
      localStorage.setItem(SEEN, String(Date.now()));
    } catch {
      // Without storage each tab only knows of itself.
    }
    seen = Date.now();
  };
  const lastSeen = () => {
    let elsewhere = 0;
    try {
      elsewhere = Number(localStorage.getItem(SEEN)) || 0;
    } catch {
      // As above.
    }
    return Math.max(seen, elsewhere <= Date.now() ? elsewhere : 0);
  };
  let seen = Date.now();
  let acted = false;
  let isOver = false;

  const show = (part) => {
    box.hidden = part === "";
    box.querySelector("[data-session-soon]").hidden = part !== "soon";
    box.querySelector("[data-session-over]").hidden = part !== "over";
  };
  const stay = async () => {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    try {
      const answer = await fetch(box.dataset.sessionStay, {
        method: "POST",
        headers: { "X-CSRFToken": token ? token.value : "" },
      });
      isOver = answer.redirected || answer.status === 403;
      if (answer.status === 204) remember();
    } catch {
      // No connection: the next look tries again.
    }
    look();
  };
  const look = () => {
    const left = idle - (Date.now() - lastSeen());
    if (isOver || left <= 0) return show("over");
    if (acted && Date.now() - lastSeen() > TOLD) {
      acted = false;
      stay();
    }
    show(left <= WARNED ? "soon" : "");
  };

  remember();
  box.querySelector("[data-session-on]").addEventListener("click", stay);
  for (const sign of ["keydown", "pointerdown"]) {
    document.addEventListener(sign, () => (acted = true), { passive: true });
  }
  document.addEventListener("visibilitychange", look);
  setInterval(look, 15_000);
})();
