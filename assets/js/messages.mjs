// Messages over a page: what is about none of its fields.
import { $, element } from "./elements.mjs";

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
