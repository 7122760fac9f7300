/* Says every 15 seconds that this case is open here, and shows who else has it open. */
"use strict";
{
  const EVERY_MS = 15 * 1000;

  function start(place) {
    const url = place.dataset.deskHere;
    const token = document.querySelector("input[name=csrfmiddlewaretoken]")?.value;
    if (!token) return;
    let timer;
    let isThere = false;

    function show(names) {
      const text = names.join(" · ");
      if (place.textContent !== text) place.textContent = text;
    }

    async function say() {
      const body = new URLSearchParams({ csrfmiddlewaretoken: token });
      // The page asks by itself: this is no sign that a person is there.
      const headers = { "X-Recourse-By": "page" };
      try {
        const answer = await fetch(url, { method: "POST", body, headers });
        if (!answer.ok || answer.redirected) return stop();
        isThere = true;
        show((await answer.json()).here);
      } catch {
        // The next time tells.
      }
    }

    function stop() {
      clearInterval(timer);
      timer = undefined;
    }

    function begin() {
      if (timer) return;
      say();
      timer = setInterval(say, EVERY_MS);
    }

    function leave() {
      stop();
      if (!isThere) return;
      isThere = false;
      navigator.sendBeacon(url, new URLSearchParams({ csrfmiddlewaretoken: token, leave: "1" }));
    }

    // A tab behind others is not being looked at.
    document.addEventListener("visibilitychange", () => (document.hidden ? leave() : begin()));
    window.addEventListener("pagehide", leave);
    window.addEventListener("pageshow", (event) => event.persisted && begin());
    if (!document.hidden) begin();
  }

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.querySelector("[data-desk-here]");
    if (place) start(place);
  });
}
