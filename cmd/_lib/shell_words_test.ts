import { deepEqual } from "node:assert/strict";
import { shellWords } from "./shell_words.ts";

const variables = (name: string) => ({ HOME: "/home/ann", X: "a b" })[name];
const words = (line: string) => shellWords(line, variables);

Deno.test("shellWords() splits at blanks, and the last word is unfinished", () => {
  deepEqual(words(""), [""]);
  deepEqual(words("helm"), ["helm"]);
  deepEqual(words("helm  get\tval"), ["helm", "get", "val"]);
  deepEqual(words("helm get "), ["helm", "get", ""]);
});

Deno.test("shellWords() takes quotes and backslashes away", () => {
  deepEqual(words(`helm 'a "b' "c 'd" e\\ f 'open qu`), ["helm", `a "b`, "c 'd", "e f", "open qu"]);
  deepEqual(words(`helm --set=a='b c'd`), ["helm", "--set=a=b cd"]);
  deepEqual(words(`helm ''`), ["helm", ""]);
  deepEqual(words(`helm x\\`), ["helm", "x\\"]);
});

Deno.test("shellWords() fills in variables and the home", () => {
  deepEqual(words('~/bin/helm --home $HOME/x "${X}" $NOPE ~x a~/b'), [
    "/home/ann/bin/helm",
    "--home",
    "/home/ann/x",
    "a b",
    "",
    "~x",
    "a~/b",
  ]);
  deepEqual(words("helm '$HOME' $ $5"), ["helm", "$HOME", "$", "$5"]);
});
