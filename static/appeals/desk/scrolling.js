/* What scrolls in unfold's pages is named in the language of the page. SimpleBar takes the name from
   data-simplebar-aria-label, and says "scrollable content" where there is none. */
"use strict";
{
  const SCROLLS = "[data-simplebar]:not([data-simplebar-aria-label])";
  const name = (part) => {
    const told = document.querySelector("meta[name=scrolling]");
    if (told) part.setAttribute("data-simplebar-aria-label", told.content);
  };
  const look = () => document.querySelectorAll(SCROLLS).forEach(name);

  // This one comes before SimpleBar, which looks at what was added in the same way and afterwards.
  new MutationObserver(look).observe(document, { childList: true, subtree: true });
  document.addEventListener("DOMContentLoaded", look);
}
