/**
 * What a picture shows, in a line.
 * @param {Pick<Scene, "result" | "steps" | "focus">} scene
 */
export function heading({ result, steps, focus }) {
  const { words, settings } = result;
  const rules = words.rules.map((rule) => rule.name).join(", ");
  return `${words.formula}, ${rules}, η = ${settings.eta.join(", ")}, step ${steps[focus]}`;
}
