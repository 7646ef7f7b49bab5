// What belongs to a loss and not to a run: Γ, and heights over a part of the plane. Asked for when
// something is to be painted from it, and kept.
(function () {
  const edgewalk = (window.edgewalk = window.edgewalk || {});

  const PATIENCE = 1000; // ms until what failed is asked for again
  const KEPT = 12;
  const known = new Map(); // addresses and what they answered with

  // What an address answers with, decoded; null while it is under way. `arrived` is called then.
  function look(address, decode, arrived) {
    if (known.has(address)) return known.get(address);
    known.set(address, null);
    if (known.size > KEPT) known.delete(known.keys().next().value);
    ask(address, decode).then((found) => {
      if (found) known.set(address, found);
      else setTimeout(() => known.delete(address), PATIENCE);
      if (found) arrived();
    });
    return null;
  }

  async function ask(address, decode) {
    try {
      const response = await fetch(address);
      return response.ok ? decode(await response.arrayBuffer()) : null;
    } catch {
      return null;
    }
  }

  const valley = (loss, arrived) => look(`valley.bin?loss=${loss}`, edgewalk.run.decodeValley, arrived);
  const heights = (loss, view, arrived) =>
    look(`heights.bin?loss=${loss}&view=${view.flat().join(",")}`, edgewalk.run.decodeHeights, arrived);

  edgewalk.plane = { valley, heights };
})();
