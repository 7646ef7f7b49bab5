// Numbers as the pages read them: of a list of texts, the value of each as text.
import { readFileSync } from "node:fs";
import { readNumber } from "../../assets/js/numbers.mjs";

const texts = JSON.parse(readFileSync(0, "utf8"));
const said = (value) => (Object.is(value, -0) ? "-0" : String(value));
process.stdout.write(JSON.stringify(texts.map((text) => said(readNumber(text)))));
