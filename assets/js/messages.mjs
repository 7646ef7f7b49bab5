// Messages over a page: what is about none of its fields.
import { untilAnswered } from "./again.mjs";
import { $, element } from "./elements.mjs";
import { WAITED } from "./said.mjs";

/**
 * Those there were before go.
 * @param {Message[]} messages
 */
export function showMessages(messages) {
  const close = element("button", "×");
  close.setAttribute("aria-label", "Close the message");
  close.addEventListener("click", () => $("messages").replaceChildren());
  $("messages").classList.toggle(
    "good",
    messages.every(({ good }) => good),
  );
  $("messages").replaceChildren(...(messages.length ? [...messages.map(({ text }) => element("p", text)), close] : []));
}

/**
 * That something waits for a server that does not answer, or does no more; then other messages stay.
 * @param {boolean} yes
 */
export function showWaiting(yes) {
  const told = $("messages").firstElementChild?.textContent === WAITED;
  if (yes !== told) showMessages(yes ? [{ field: "", text: WAITED }] : []);
}

/**
 * A module that is loaded when it is wanted, as soon as the server gives it.
 * @template Module
 * @param {() => Promise<Module>} load
 * @returns {Promise<Module>}
 */
export async function arriving(load) {
  const once = () =>
    load().catch((error) => {
      if (error instanceof TypeError) return null; // it has not come
      throw error;
    });
  return /** @type {Module} */ (await untilAnswered(once, showWaiting));
}
