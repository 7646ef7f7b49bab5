// What a picture is painted from beside its runs: Γ, heights over a part of the plane, Γ as a sheet in
// space, and the section at the playhead. Asked for when something is to be painted from it, and kept.
import { decodeHeights, decodeValley } from "../binary.mjs";

const PATIENCE = 1000; // ms until what failed is asked for again
const KEPT = 12;
/** @type {Map<string, any>} */
const known = new Map(); // addresses and what they answered with

/**
 * What an address answers with, decoded; null while it is under way. `arrived` is called then.
 * @param {string} address
 * @param {(buffer: ArrayBuffer) => any} decode
 * @param {(found?: any) => void} arrived
 */
function look(address, decode, arrived) {
  if (known.has(address)) return known.get(address);
  known.set(address, null);
  if (known.size > KEPT) known.delete(String(known.keys().next().value));
  ask(address, decode).then((found) => {
    if (found) known.set(address, found);
    else setTimeout(() => known.delete(address), PATIENCE);
    if (found) arrived();
  });
  return null;
}

/**
 * @param {string} address
 * @param {(buffer: ArrayBuffer) => any} decode
 */
async function ask(address, decode) {
  try {
    const response = await fetch(address);
    return response.ok ? decode(await response.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

/**
 * @param {string} loss
 * @param {(found?: any) => void} arrived
 */
export const valley = (loss, arrived) => look(`valley.bin?loss=${loss}`, decodeValley, arrived);
/**
 * @param {string} loss
 * @param {View} view
 * @param {(found?: any) => void} arrived
 */
export const heights = (loss, view, arrived) =>
  look(`heights.bin?loss=${loss}&view=${view.flat().join(",")}`, decodeHeights, arrived);

/**
 * @param {string} loss
 * @param {(found?: any) => void} arrived
 */
export const sheet = (loss, arrived) => look(`sheet.bin?loss=${loss}`, decodeHeights, arrived);

/** @type {Section | null} */
let section = null; // the last that came
let wanted = ""; // the address of the one under way

/**
 * The section at an address, or the one before as long as that is of the same loss: while the playhead
 * moves they come one by one. `arrived` is called with each.
 * @param {string} loss
 * @param {string} address
 * @param {(found?: any) => void} arrived
 */
export function sectionAt(loss, address, arrived) {
  if (!(section && section.address === address) && !wanted) {
    wanted = address;
    ask(address, decodeHeights).then((found) => {
      wanted = "";
      section = found ? { ...found, loss, address } : section;
      // What failed is asked for again with the next picture.
      if (found) arrived(section);
    });
  }
  return section && section.loss === loss ? section : null;
}
