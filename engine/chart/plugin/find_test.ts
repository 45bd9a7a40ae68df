import { deepEqual } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { findPlugins } from "./find.ts";

Deno.test("findPlugins() goes by the names of entries, folder after folder", () =>
  inFolder({
    "one/b/plugin.yaml": "name: first\n",
    "one/a/plugin.yaml": "name: second\n",
    "one/.c/plugin.yaml": "name: hidden\n",
    "one/none/readme": "",
    "one/file": "",
    "two/a/plugin.yaml": "name: second\n",
  }, (folder) => {
    const { plugins, notices } = findPlugins([join(folder, "one"), join(folder, "missing"), join(folder, "two")]);
    deepEqual(plugins.map(({ metadata }) => metadata.name), ["hidden", "second", "first", "second"]);
    deepEqual(plugins.map((plugin) => plugin.folder.slice(folder.length + 1).replaceAll("\\", "/")), [
      "one/.c",
      "one/a",
      "one/b",
      "two/a",
    ]);
    deepEqual(notices, []);
    return Promise.resolve();
  }));

// Pins C39.
Deno.test("findPlugins() leaves out what cannot be read, and of two with one name the second, and tells", () =>
  inFolder({
    "a/plugin.yaml": "name: x\n",
    "b/plugin.yaml": "name: x\n",
    "c/plugin.yaml": "nome: y\n",
    "d/plugin.yaml": "name: z\n",
  }, (folder) => {
    const { plugins, notices } = findPlugins([folder]);
    deepEqual(plugins.map(({ metadata }) => metadata.name), ["x", "z"]);
    deepEqual(notices, [
      'A plugin named "x" already exists. Skipping.',
      `failed to load plugins: ${join(folder, "c")}: yaml: unmarshal errors:\n` +
      "  line 1: field nome not found in type plugin.Metadata\n",
    ]);
    return Promise.resolve();
  }));
