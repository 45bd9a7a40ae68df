import { deepEqual } from "node:assert/strict";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { trapsOf } from "./notes.ts";

const traps = (files: Record<string, string>): Promise<string[]> =>
  inFolder(files, (folder) => Promise.resolve(trapsOf(folder)));

Deno.test("trapsOf() tells of versions that lose digits", async () => {
  deepEqual(await traps({ "Chart.yaml": "name: a\nversion: 1.2.3\nappVersion: 1.10 # not text\n" }), [
    "Note: Chart.yaml: appVersion 1.10 is a number and is read as '1.1'; write it in quotes",
  ]);
  deepEqual(await traps({ "Chart.yaml": "name: a\nversion: 1.5\nappVersion: '1.10'\n" }), []);
});

Deno.test("trapsOf() tells of conditions with blanks", async () => {
  const list = "dependencies: [{name: a, condition: 'x.on, z.on'}, {name: b, condition: ' x.on '}]\n";
  deepEqual(await traps({ "requirements.yaml": list }), [
    "Note: requirements.yaml: condition 'x.on, z.on' of dependency 'a' looks for ' z.on', with the blank",
  ]);
});

Deno.test("trapsOf() tells of keys that are read as bools", async () => {
  deepEqual(await traps({ "values.yaml": "y: 1\na:\n  - off: 1\n" }), [
    "Note: values.yaml: the key 'y' is read as 'true'; write it in quotes",
    "Note: values.yaml: the key 'off' is read as 'false'; write it in quotes",
  ]);
  deepEqual(await traps({ "values.yaml": "'y': 1\nb: |\n  on: 1\n" }), []);
});

Deno.test("trapsOf() says nothing of files that cannot be read", async () => {
  deepEqual(await traps({ "Chart.yaml": "a: b: c", "values.yaml": "- y: 1", "requirements.yaml": "[" }), []);
});

Deno.test("trapsOf() tells of keys that are there twice", async () => {
  deepEqual(await traps({ "values.yaml": "a:\n  b: 1\n  c: 2\n  b: 3\n", "Chart.yaml": "name: a\nname: b\n" }), [
    "Note: Chart.yaml: the key 'name' is there twice in the map that begins in line 1; the last one counts",
    "Note: values.yaml: the key 'b' is there twice in the map that begins in line 2; the last one counts",
  ]);
  deepEqual(await traps({ "values.yaml": "a: {x: 1}\nb: {x: 1}\n" }), []);
});
