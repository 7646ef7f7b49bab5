// What modules read of their page before anything else, for Node.

globalThis.document = {
  getElementById: (id) => (id === "vocabulary" ? { textContent: process.env.VOCABULARY } : null),
};
