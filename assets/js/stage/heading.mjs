// What a picture is called.
import { writePace } from "../clock.mjs";
import { short } from "../numbers.mjs";

/**
 * Step sizes as the link has them, with room to read.
 * @param {Settings} settings
 * @param {(eta: number) => string} write
 */
export function etaText({ eta, schedule }, write = short) {
  return schedule ? writePace(schedule, write, ", ") : eta.map((one) => write(one)).join(", ");
}

/**
 * What a picture shows, in a line.
 * @param {Pick<Scene, "result" | "steps" | "focus">} scene
 */
export function heading({ result, steps, focus }) {
  const { words, settings } = result;
  const rules = words.rules.map((rule) => rule.name).join(", ");
  return `${words.formula}, ${rules}, η = ${etaText(settings, String)}, step ${steps[focus]}`;
}
