// Files may be dropped on an upload form; without script its button does the same.
for (const form of document.querySelectorAll("[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  const chosen = form.querySelector("[data-chosen]");
  const show = () => { chosen.textContent = [...input.files].map((file) => file.name).join("、"); };
  input.addEventListener("change", show);
  for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
    form.addEventListener(kind, (event) => {
      event.preventDefault();
      form.classList.toggle("over", kind === "dragenter" || kind === "dragover");
    });
  }
  form.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length > 0) { input.files = event.dataTransfer.files; show(); }
  });
}
