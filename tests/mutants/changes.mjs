// What can be changed in scripts, by the part of Stryker that finds and places mutants: node changes.mjs PATH prints
// {content, mutants}: the script with all of them in it, of which one is on that the environment names, and for each
// {id, mutatorName, location, replacement}. Lines and columns count from 0.
import { readFileSync } from "node:fs";
import { Instrumenter } from "@stryker-mutator/instrumenter";

const silent = { isDebugEnabled: () => false, debug() {}, info() {}, warn() {} };
const [path] = process.argv.slice(2);
const file = { name: path, mutate: true, content: readFileSync(path, "utf8") };
const options = { ignorers: [], excludedMutations: [], plugins: null };
const { files, mutants } = await new Instrumenter(silent).instrument([file], options);
process.stdout.write(JSON.stringify({ content: files[0].content, mutants }));
