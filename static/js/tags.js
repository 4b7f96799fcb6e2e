// Suggests a word for every tag of a field, not for the first only: a datalist compares with all that is typed.
for (const field of document.querySelectorAll("input[data-words]")) {
  const words = [...field.list.options].map((option) => option.value);
  field.addEventListener("input", () => {
    const typed = field.value.slice(0, field.value.lastIndexOf(",") + 1);
    const taken = new Set(typed.split(",").map((word) => word.trim().toLowerCase()));
    const left = words.filter((word) => !taken.has(word.toLowerCase()));
    field.list.replaceChildren(...left.map((word) => new Option("", typed ? `${typed} ${word}` : word)));
  });
}
