// Arrays as a site without a server keeps them: `pack_tightly` of `app/binary.py` says how.

/**
 * The content of a packed file: gzip, which a host may or may not have undone.
 * @param {ArrayBuffer} content
 */
export async function unzipped(content) {
  const [first, second] = new Uint8Array(content, 0, 2);
  if (first !== 0x1f || second !== 0x8b) return content;
  const stream = new Blob([content]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).arrayBuffer();
}

/**
 * The bytes that were packed: a head as it was, then numbers of four bytes.
 * @param {ArrayBuffer} buffer
 */
export function loosened(buffer) {
  const view = new DataView(buffer);
  const [headed, count] = [view.getUint32(0, true), view.getUint32(4, true)];
  const stretches = Array.from({ length: count }, (_, k) =>
    [8 + 8 * k, 12 + 8 * k].map((at) => view.getUint32(at, true)),
  );
  const begin = 8 + 8 * count;
  const total = stretches.reduce((sum, [length]) => sum + length, 0);
  const planes = new Uint8Array(buffer, begin + headed);
  const bytes = new Uint8Array(headed + 4 * total);
  bytes.set(new Uint8Array(buffer, begin, headed));
  const numbers = new Uint32Array(bytes.buffer, headed, total);
  for (let i = 0; i < total; i++)
    numbers[i] = planes[i] | (planes[total + i] << 8) | (planes[2 * total + i] << 16) | (planes[3 * total + i] << 24);
  let from = 0;
  for (const [length, lag] of stretches) {
    const stretch = numbers.subarray(from, from + length);
    for (let turn = 0; turn < 2; turn++) for (let i = lag; i < length; i++) stretch[i] += stretch[i - lag];
    from += length;
  }
  return bytes.buffer;
}
