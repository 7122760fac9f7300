/* A page that shows work under way is loaded anew every few seconds, unless somebody types on it:
   what they typed would be gone. Without this file the page's head says the same to the browser. */
"use strict";
{
  const SECONDS = 5;
  const FIELDS = "#content textarea, #content input:not([type=hidden])";

  function isTouched(field) {
    const isTicked = field.type === "checkbox" && field.checked !== field.defaultChecked;
    return field === document.activeElement || isTicked || field.value !== field.defaultValue;
  }

  setInterval(() => {
    const isTyping = [...document.querySelectorAll(FIELDS)].some(isTouched);
    if (!isTyping && !document.hidden) location.reload();
  }, SECONDS * 1000);
}
