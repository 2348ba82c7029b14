// Printing by a button, and by itself on a page that was opened to be printed; all works without it by Ctrl+P.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
if (document.querySelector("[data-print-now]")) window.print();
