// The three sliders: the browser's own, which keyboards and screen readers know and which follow the
// hand without a detour through the page's framework. Their places and ranges stand in the layout.

const inputs = {};

// Make the sliders; `hear(id, value)` is told what a person does to them.
export function begin(hear) {
  for (const place of document.querySelectorAll(".slider")) {
    const { label, low, high, step, value } = place.dataset;
    const input = Object.assign(document.createElement("input"), { type: "range", min: low, max: high, step });
    input.setAttribute("aria-label", label);
    input.addEventListener("input", () => {
      fill(input);
      hear(place.id, Number(input.value));
    });
    place.append(input);
    inputs[place.id] = input;
    set(place.id, Number(value));
  }
}

// Show a value, and how it is said where the number alone would say little.
export function set(id, value, words) {
  const input = inputs[id];
  if (input.value !== String(value)) input.value = value;
  if (words) input.setAttribute("aria-valuetext", words);
  fill(input);
}

export function setMost(id, high) {
  if (Number(inputs[id].max) !== high) inputs[id].max = high;
}

function fill(input) {
  const share = (input.value - input.min) / (input.max - input.min);
  input.style.setProperty("--share", `${(100 * share).toFixed(2)}%`);
}
