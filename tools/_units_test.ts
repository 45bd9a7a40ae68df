import { deepEqual } from "node:assert/strict";
import { divide, type Metafile } from "./_units.ts";

const edge = (path: string, kind = "import-statement") => ({ path, kind });
const lazily = (path: string) => edge(path, "dynamic-import");

const graph: Metafile = {
  inputs: {
    "main.ts": { imports: [edge("errors.ts"), lazily("a.ts"), lazily("b.ts"), lazily("version.ts")] },
    "errors.ts": { imports: [] },
    "version.ts": { imports: [edge("text.ts"), lazily("far.ts")] },
    "text.ts": { imports: [{ path: "node:fs", kind: "import-statement", external: true }] },
    "a.ts": { imports: [edge("shared.ts"), edge("errors.ts"), edge("own.ts")] },
    "b.ts": { imports: [edge("shared.ts"), edge("text.ts")] },
    "own.ts": { imports: [] },
    "shared.ts": { imports: [edge("errors.ts")] },
    "far.ts": { imports: [] },
  },
};

Deno.test("divide() keeps what the entry and the modules at hand need, and groups the rest by who leads to it", () => {
  const { core, coreDoors, units } = divide(graph, "main.ts", ["version.ts"]);
  deepEqual([...core].sort(), ["errors.ts", "main.ts", "text.ts", "version.ts"]);
  deepEqual([...coreDoors].sort(), ["errors.ts", "text.ts"]);
  deepEqual(units.map(({ name, modules, doors }) => [name, [...modules].sort(), [...doors].sort()]).sort(), [
    ["a.ts", ["a.ts", "own.ts"], ["a.ts"]],
    ["b.ts", ["b.ts"], ["b.ts"]],
    ["far.ts", ["far.ts"], ["far.ts"]],
    ["shared.ts", ["shared.ts"], ["shared.ts"]],
  ]);
});
