import { equal } from "node:assert/strict";
import { debugVersion } from "./caller.ts";
import type { Globals } from "./command.ts";
import { memoryPrinter } from "./print.ts";

Deno.test("debugVersion() tells what was asked for and what it comes to, with --debug only", () => {
  const [loud, quiet] = [memoryPrinter(), memoryPrinter()];
  debugVersion({ version: "", devel: true }, { globals: { debug: true } as Globals, print: loud });
  equal(loud.stdout, '[debug] Original chart version: ""\n[debug] setting version to >0.0.0-0\n');
  debugVersion({ version: "", devel: true }, { globals: { debug: false } as Globals, print: quiet });
  equal(quiet.stdout, "");
});
