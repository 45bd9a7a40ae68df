import { deepEqual, equal, notEqual, ok } from "node:assert/strict";
import { collectGarbage } from "../../../tests/_lib/garbage.ts";
import { DocumentCache } from "./documents.ts";

Deno.test("documents of a text that comes again are parsed twice at most, also when other texts of the file come between", () => {
  const cache = new DocumentCache();
  const first = cache.of("web/templates/a.yaml", "a: 1");
  equal(first?.length, 1);
  cache.of("web/templates/a.yaml", "a: 2");
  const second = cache.of("web/templates/a.yaml", "a: 1");
  notEqual(second, first);
  for (let job = 0; job < 10; job++) cache.of("web/templates/a.yaml", `a: other ${job}`);
  equal(cache.of("web/templates/a.yaml", "a: 1"), second);
});

Deno.test("documents of texts that come once are let go", () => {
  const cache = new DocumentCache();
  const body = Array.from({ length: 100 }, (_, line) => `k${line}: value ${line}`).join("\n");
  const used = (): number => {
    collectGarbage();
    return Deno.memoryUsage().heapUsed;
  };
  cache.of("a.yaml", body);
  const before = used();
  for (let job = 0; job < 3000; job++) cache.of("a.yaml", `${body}\njob: ${job}`);
  // All of them would take 20 MB.
  ok(used() - before < 4_000_000, `${used() - before} bytes more`);
  equal(cache.of("a.yaml", "job: 1")?.length, 1);
});

Deno.test("files that are neither YAML nor text have no documents", () => {
  const cache = new DocumentCache();
  equal(cache.of("a.json", "{}"), undefined);
  deepEqual(cache.of("NOTES.txt", "a: 1"), [{ raw: "a: 1" }]);
});
