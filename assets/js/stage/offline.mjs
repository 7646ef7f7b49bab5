// The stage on a page that needs no server. What it asks for is in the page, and what Dash does is done here.
import { $ } from "../elements.mjs";
import { readQuery } from "../link.mjs";
import { choose, responseOf } from "./held.mjs";
import { start } from "./page.mjs";
import { begin as beginStills } from "./stills.mjs";

const held = window.edgewalkHeld;
const only = (/** @type {string} */ name) => held.find((one) => one.name === name);
const text = (/** @type {string} */ name) => new TextDecoder().decode(only(name)?.content);

const figures = JSON.parse(text("figures.json"));

/**
 * What a server would answer.
 * @param {string} address
 */
function answered(address) {
  const [name, search] = address.split("?");
  const query = readQuery(search || "");
  return responseOf(name, query, choose(held, name, query)?.content);
}

async function begin() {
  window.fetch = async (address) => answered(String(address));
  $("why").hidden = !only("nudges.json");
  await beginStills(() => figures);
  start(text("query"));
}

begin();
