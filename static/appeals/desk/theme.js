/* The theme a person chose in the admin, before the first line is drawn. */
"use strict";
{
  let chosen = null;
  try {
    chosen = JSON.parse(localStorage.getItem("adminTheme"));
  } catch {
    // Without a store of its own the browser's setting counts.
  }
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const follow = () => {
    const isDark = chosen === "dark" || (chosen !== "light" && dark.matches);
    document.documentElement.classList.toggle("dark", isDark);
  };
  follow();
  dark.addEventListener("change", follow);
}
