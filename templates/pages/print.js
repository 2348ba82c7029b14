// Printing by a button, and by itself on a page that was opened to be printed; all works without it by Ctrl+P.
for (const button of document.querySelectorAll("button[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
const now = document.querySelector("[data-print-now]");
if (now) {
  // What is printed after this is another print, to be noted.
  window.addEventListener("afterprint", () => location.replace(now.dataset.printNow));
  window.print();
}
