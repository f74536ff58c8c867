// The pages work without this. With it: a line named in the address opens, and everything is open on paper.
"use strict";
const reveal = () => {
  const named = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const closed = named && (named.matches("details") ? named : named.querySelector("details"));
  if (closed) { closed.open = true; named.scrollIntoView(); }
};
addEventListener("hashchange", reveal);
addEventListener("DOMContentLoaded", reveal);
let opened = [];
addEventListener("beforeprint", () => {
  opened = [...document.querySelectorAll("main details:not([open])")];
  opened.forEach((part) => { part.open = true; });
});
addEventListener("afterprint", () => opened.forEach((part) => { part.open = false; }));
addEventListener("click", (event) => {
  document.querySelectorAll("details.me[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && document.querySelector("details.me[open]");
  if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
});
