// Runs on a page that needs no server: unpacks what it holds, and begins.
(async function () {
  // Four bytes in five letters, none of which HTML would escape: the base 85 of RFC 1924 with , . : for & < >.
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%,()*+-;.=:?@^_`{|}~";
  const values = Object.fromEntries(Array.from(digits, (digit, k) => [digit.charCodeAt(0), k]));
  const text = /** @type {any} */ (document.getElementById("held")).textContent;
  const bytes = new DataView(new ArrayBuffer(4 * Math.ceil(text.length / 5)));
  for (let k = 0; k < text.length; k += 5) {
    let whole = 0;
    for (let j = k; j < k + 5; j++) whole = 85 * whole + (j < text.length ? values[text.charCodeAt(j)] : 84);
    bytes.setUint32((4 * k) / 5, whole);
  }
  const packed = new Blob([bytes.buffer.slice(0, Math.floor((4 * text.length) / 5))]);
  const stream = packed.stream().pipeThrough(new DecompressionStream("gzip"));
  const buffer = await new Response(stream).arrayBuffer();
  const begin = 8 + new DataView(buffer).getUint32(4, true);
  const { held } = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, begin - 8)));
  let at = begin;
  window.edgewalkHeld = held.map((/** @type {any} */ one) => {
    const content = buffer.slice(at, at + one.content);
    at += one.content;
    return { ...one, content };
  });
  for (const { name, content } of window.edgewalkHeld.filter(({ name }) => name.endsWith(".js"))) {
    const script = document.createElement("script");
    script.textContent = `${new TextDecoder().decode(content)}\n//# sourceURL=${name}`;
    document.body.append(script);
  }
})();
