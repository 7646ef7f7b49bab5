// Runs on a page that needs no server: unpacks what it holds, and begins.
(async function () {
  const text = /** @type {any} */ (document.getElementById("held")).textContent;
  const packed = new Blob([Uint8Array.from(atob(text), (/** @type {string} */ letter) => letter.charCodeAt(0))]);
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
