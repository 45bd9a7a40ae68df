/**
 * All output and all connections pass through the few modules that mask
 * credentials, escape control characters, and verify servers.
 *
 * @module
 */
import { deepEqual } from "node:assert/strict";
import { join } from "node:path";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");
const PRINTS =
  /\bconsole\.\w|\bDeno\.(?:stdout|stderr)\b|\bprocess\.(?:stdout|stderr)\b|\\u001b\[|\\x1b\[|\bprompt\(|\balert\(/;

function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(join(ROOT, folder))) {
    if (isDirectory) yield* sources(`${folder}/${name}`);
    else if (/\.ts$/.test(name) && !/_test\.ts$/.test(name)) yield `${folder}/${name}`;
  }
}

Deno.test("only cmd/_lib/print.ts writes to standard output and standard error, and knows escape sequences", () => {
  const files = [
    "main.ts",
    "mod.ts",
    "errors.ts",
    ...["app", "cmd", "engine", "storage"].flatMap((folder) => [...sources(folder)]),
  ];
  const code = (file: string): string =>
    Deno.readTextFileSync(join(ROOT, file)).replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "");
  // The second file only makes text, in the colours of another program's reports. The third contains the program of
  // another process, and the fourth is one; their output goes into a pipe. The page's server leaves out a warning of the
  // runtime, and passes on all others.
  const found = files.filter((file) => PRINTS.test(code(file)));
  deepEqual(found.toSorted(), [
    "app/ui/quiet_runtime.ts",
    "app/unittest_process.ts",
    "cmd/_lib/print.ts",
    "cmd/_reports/text.ts",
    "engine/chart/render/eta_process.ts",
  ]);
});

/** Code that opens a connection; code that only listens is allowed. */
const CONNECTS =
  /(?<![\w.#])fetch\(|\bcreateHttpClient\b|\bDeno\.(?:connect|startTls)|\bnew WebSocket\b|["']node:(?:https?|http2|net|tls|dgram|dns)["']/;

Deno.test("only engine/net opens connections", () => {
  const files = [
    "main.ts",
    "mod.ts",
    ...["app", "cmd", "engine", "storage"].flatMap((folder) => [...sources(folder)]),
  ];
  const code = (file: string): string =>
    Deno.readTextFileSync(join(ROOT, file)).replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$|import type .*$/gm, "");
  const found = files.filter((file) => CONNECTS.test(code(file)) && !file.startsWith("engine/net/"));
  deepEqual(found, [
    "app/read_gate.ts", // only listens, on the loopback address
    "engine/sandbox/certificates.ts", // only checks if a text is an IP address
    "engine/chart/plugin/git.ts", // has a parameter of that name
    "storage/_cluster_driver.ts", // has a method of that name
    "storage/sql.ts", // has a method of that name
  ]);
});
