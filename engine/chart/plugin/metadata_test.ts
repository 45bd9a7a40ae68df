import { deepEqual, throws } from "node:assert/strict";
import { decodePlugin } from "./metadata.ts";

Deno.test("decodePlugin() fills in what is not given", () => {
  deepEqual(decodePlugin("name: x\nversion: 1.10\n"), {
    name: "x",
    // Helm reads it as a YAML number.
    version: "1.1",
    usage: "",
    description: "",
    command: "",
    ignoreFlags: false,
    useTunnel: false,
    hooks: {},
    downloaders: [],
  });
  deepEqual(decodePlugin("").name, "");
});

Deno.test("decodePlugin() reads hooks and downloaders", () => {
  const { hooks, downloaders, ignoreFlags, useTunnel } = decodePlugin(
    "hooks:\n  install: a b\ndownloaders:\n- command: bin/x y\n  protocols: [s3, gs]\nignoreFlags: true\nuseTunnel: yes\n",
  );
  deepEqual({ ...hooks }, { install: "a b" });
  deepEqual(downloaders, [{ command: "bin/x y", protocols: ["s3", "gs"] }]);
  deepEqual([ignoreFlags, useTunnel], [true, true]);
});

for (
  const [text, message] of [
    ["name: x\nbogus: 1\n", "yaml: unmarshal errors:\n  line 2: field bogus not found in type plugin.Metadata"],
    ["Name: x\n", "yaml: unmarshal errors:\n  line 1: field Name not found in type plugin.Metadata"],
    ["name: x\nname: y\n", "yaml: unmarshal errors:\n  line 2: field name already set in type plugin.Metadata"],
    [
      "downloaders:\n- command: x\n  scheme: y\n",
      "yaml: unmarshal errors:\n  line 3: field scheme not found in type plugin.Downloaders",
    ],
    ["name: [\n", "yaml: line 1: did not find expected node content"],
  ] as const
) {
  Deno.test(`decodePlugin() refuses ${JSON.stringify(text)}`, () => {
    throws(() => decodePlugin(text), { kind: "yaml", message });
  });
}

Deno.test("decodePlugin() refuses lists where a text is wanted", () => {
  throws(() => decodePlugin("name: [a]\n"), { kind: "yaml" });
});

for (const name of ["../x", "a/b", "..", "a\\b", "/x"]) {
  Deno.test(`decodePlugin() refuses the name ${name}`, () => {
    throws(() => decodePlugin(`name: '${name}'\n`), {
      kind: "config",
      message: `plugin name ${JSON.stringify(name)} would lead out of the plugin's folder`,
    });
  });
}
