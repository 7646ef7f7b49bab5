// What modules say, as the linter's parser reads them: node parts.mjs FILES prints for each, by its name,
// calls of functions by name with the texts they are given, members, keys of objects by function,
// comparisons with texts, and what is imported later.
import { readFileSync } from "node:fs";
import { parse } from "espree";

const textOf = (node) => (node && node.type === "Literal" && typeof node.value === "string" ? node.value : null);
const memberOf = ({ computed, property }) => (computed ? textOf(property) : (property.name ?? null));
const nameOf = (node) => (node.type === "MemberExpression" ? memberOf(node) : (node.name ?? null));

function readModule(text) {
  const parts = { calls: [], members: [], keys: {}, values: [], compared: [], later: [] };
  const look = {
    CallExpression: (node) => parts.calls.push([nameOf(node.callee), node.arguments.map(textOf)]),
    MemberExpression: (node) => parts.members.push([nameOf(node.object), memberOf(node)]),
    ObjectExpression(node, within) {
      for (const { key, value } of node.properties.filter(({ type }) => type === "Property")) {
        const name = key.name ?? key.value;
        (parts.keys[within] ??= []).push(name);
        if (textOf(value) !== null) parts.values.push([name, textOf(value)]);
      }
    },
    BinaryExpression(node) {
      const text = textOf(node.right);
      if (/^[!=]==$/.test(node.operator) && text !== null) parts.compared.push([nameOf(node.left), text]);
    },
    ImportExpression: (node) => parts.later.push(textOf(node.source)),
  };
  visit(parse(text, { ecmaVersion: "latest", sourceType: "module" }), "", look);
  return parts;
}

// `within` is the name of the function around a node, "" outside of all.
function visit(node, within, look) {
  if (look[node.type]) look[node.type](node, within);
  const inside = node.type === "FunctionDeclaration" ? node.id.name : within;
  for (const part of Object.values(node).flat()) if (part && part.type) visit(part, inside, look);
}

const read = process.argv.slice(2).map((path) => [path, readModule(readFileSync(path, "utf8"))]);
process.stdout.write(JSON.stringify(Object.fromEntries(read)));
