// Turns browser notifications on and off. Without this file the page says how to be reached instead.
"use strict";

(async () => {
  const box = document.querySelector("[data-push]");
  if (!box || !("serviceWorker" in navigator) || !("PushManager" in window)) return;

  const say = (name) => {
    for (const line of box.querySelectorAll("[data-push-state]")) {
      line.hidden = line.dataset.pushState !== name;
    }
  };
  const bytes = (text) => {
    const padded = text.replace(/-/g, "+").replace(/_/g, "/");
    return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
  };
  const tell = async (address, body) => {
    const answer = await fetch(address, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        "X-CSRFToken": box.querySelector("[name=csrfmiddlewaretoken]").value,
      },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(String(answer.status));
  };

  const worker = await navigator.serviceWorker.register("/sw.js");
  const show = async () => {
    if (Notification.permission === "denied") return say("denied");
    say((await worker.pushManager.getSubscription()) ? "on" : "off");
  };

  box.querySelector("[data-push-on]").addEventListener("click", async () => {
    try {
      const subscription = await worker.pushManager.subscribe({
        userVisibleOnly: true,
        applicationServerKey: bytes(box.dataset.push),
      });
      await tell(box.dataset.subscribe, subscription.toJSON());
      await show();
    } catch (error) {
      say(Notification.permission === "denied" ? "denied" : "failed");
    }
  });
  box.querySelector("[data-push-off]").addEventListener("click", async () => {
    try {
      const subscription = await worker.pushManager.getSubscription();
      if (subscription) {
        await tell(box.dataset.unsubscribe, { endpoint: subscription.endpoint });
        await subscription.unsubscribe();
      }
      await show();
    } catch (error) {
      say("failed");
    }
  });

  box.hidden = false;
  await show();
})();
