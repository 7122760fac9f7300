/* What unfold's pages lack for who hears them: which part is the page itself, and a name in the
   page's language for each part that scrolls. SimpleBar takes that name from an attribute, and says
   "scrollable content" where there is none. */
"use strict";
{
  const SCROLLS = "[data-simplebar]:not([data-simplebar-aria-label])";
  const name = (part) => {
    const told = document.querySelector("meta[name=scrolling]");
    if (!told) return;
    const isMenu = part.id === "nav-sidebar-apps";
    part.setAttribute("data-simplebar-aria-label", isMenu ? told.dataset.menu : told.content);
  };
  const look = () => document.querySelectorAll(SCROLLS).forEach(name);

  // This one comes before SimpleBar, which looks at what was added in the same way and afterwards.
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", () => {
    look();
    const content = document.getElementById("content");
    if (content && !document.querySelector("main")) content.setAttribute("role", "main");
  });
}
