/* What unfold's frame lacks. For who hears a page: which part is the page itself, and a name in its
   language for each part that scrolls; SimpleBar takes that from an attribute, and says "scrollable
   content" where there is none. For who sees it: SimpleBar measures before the icons are there. Until
   then an icon is its name in letters, too wide for the table, and a bar stays under it. */
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
  const measure = (part) => window.SimpleBar?.instances.get(part)?.recalculate();
  document.fonts.addEventListener("loadingdone", () => {
    document.querySelectorAll("[data-simplebar]").forEach(measure);
  });
}
