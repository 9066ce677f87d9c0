// What the theme leaves out for keyboards and screen readers. It tells of each page by `document$`.
document$.subscribe(() => {
  for (const code of document.querySelectorAll("pre > code")) code.tabIndex = 0;
  document.querySelector(".md-search")?.setAttribute("aria-label", "Search");
  // The buttons of code blocks are added a little later.
  setTimeout(() => {
    document.querySelectorAll(".md-code__nav").forEach((nav, number) => {
      nav.setAttribute("aria-label", `Code block ${number + 1}`);
    });
  }, 300);
});
