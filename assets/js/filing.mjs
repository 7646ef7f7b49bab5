// Files that leave the page, and files that come back: what came from here opens again.
import { writeQuery } from "./link.mjs";
import { vocabulary } from "./vocabulary.mjs";

const TAKEN = 40_000; // ms that a browser may take to fetch what it is to keep: WebKit and Firefox begin after the click

/**
 * The address of a page with a query, as files hold it.
 * @param {Query} query
 */
export const linkTo = (query) => `${pageAddress()}?${writeQuery(query)}`;

// Of this page, whatever proxy lies before it.
export const pageAddress = () => location.origin + location.pathname;

/**
 * What a picture says of itself.
 * @param {string} caption
 * @param {string} link
 */
export const saying = (caption, link) => ({ caption, link, licence: vocabulary.licence });

/**
 * Let a browser keep a file under a name.
 * @param {string} name
 * @param {BlobPart} content
 * @param {string} type
 */
export function keepFile(name, content, type) {
  const link = document.createElement("a");
  link.download = name;
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), TAKEN);
}

/**
 * A picture, some times as fine as the page, which says what it shows.
 * @param {string} name
 * @param {Blob} png
 * @param {import("./origin.mjs").Said} said
 * @param {number} scale
 */
export async function keepPng(name, png, said, scale) {
  const { markedPng } = await import("./origin.mjs"); // seldom wanted, here and below
  keepFile(name, markedPng(new Uint8Array(await png.arrayBuffer()), said, scale), "image/png");
}

/**
 * Files that are dropped on the page open what they show.
 * @param {(search: string) => void} open on this page
 * @param {(messages: Message[]) => void} say
 */
export function takeFiles(open, say) {
  /**
   * @param {DragEvent} event
   */
  const brings = ({ dataTransfer }) => Boolean(dataTransfer?.types.includes("Files"));
  document.addEventListener("dragover", (event) => brings(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!brings(event)) return;
    event.preventDefault();
    const file = event.dataTransfer?.files[0];
    if (file) reopen(file, open, say);
  });
}

/**
 * Let a person choose a file to open.
 * @param {(search: string) => void} open
 * @param {(messages: Message[]) => void} say
 */
export function chooseFile(open, say) {
  const input = Object.assign(document.createElement("input"), { type: "file" });
  input.addEventListener("change", () => input.files?.[0] && reopen(input.files[0], open, say));
  input.click();
}

/**
 * @param {File} file
 * @param {(search: string) => void} open
 * @param {(messages: Message[]) => void} say
 */
async function reopen(file, open, say) {
  const { linkIn } = await import("./origin.mjs");
  const link = await file
    .arrayBuffer()
    .then((buffer) => linkIn(new Uint8Array(buffer)))
    .catch(() => null);
  if (!link) {
    return say([{ field: "", text: `${file.name} did not come from here: there is no link of Edgewalk in it.` }]);
  }
  const [page, here] = [link, location].map(({ pathname }) => folderOf(pathname));
  if (page === here) {
    say([{ field: "", text: `${file.name} is open again.`, good: true }]);
    return open(link.search);
  }
  return location.assign(`${here && "../"}${page && `${page}/`}${link.search || "?"}`);
}

/**
 * Of a page below the stage; the stage itself has none.
 * @param {string} path
 */
const folderOf = (path) => path.match(/\/(lab|study)\/?$/)?.[1] || "";
