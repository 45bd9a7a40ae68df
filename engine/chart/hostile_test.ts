import { ok } from "node:assert/strict";
import fc from "fast-check";
import { SkegError } from "../../errors.ts";
import { CHART_YAML, concat, makeArchive, makeTar } from "../../tests/_lib/archive.ts";
import { loadArchive } from "./load.ts";
import { readTar } from "./tar.ts";

const runs = Number(Deno.env.get("SKEG_FUZZ_RUNS") ?? 200);

/** Runs something that may fail, but only with an error of ours. */
function survives(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
  }
}

/** Bytes with some of them changed, and perhaps an end cut off. */
const damaged = (bytes: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.tuple(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 6 }), fc.nat(bytes.length)).map(
    ([changes, cut]) => {
      const copy = bytes.slice();
      for (const [at, byte] of changes) copy[at] = byte;
      return cut % 3 === 0 ? copy.subarray(0, cut) : copy;
    },
  );

const inner = makeArchive([{ name: "s/Chart.yaml", data: "name: s\n" }]);
const entries = [
  { name: "web/Chart.yaml", data: CHART_YAML },
  { name: "@", type: "L", data: `web/${"x".repeat(120)}\0` },
  { name: "web/long", data: "1" },
  { name: "@", type: "x", data: "12 path=web\n" },
  { name: "web/charts/s.tgz", data: inner },
];

Deno.test("readTar() survives damaged archives", () => {
  fc.assert(fc.property(damaged(makeTar(entries)), (bytes) => survives(() => [...readTar(bytes)])), { numRuns: runs });
});

Deno.test("loadArchive() survives damaged archives", () => {
  fc.assert(
    fc.property(damaged(makeArchive(entries)), (bytes) => survives(() => loadArchive(bytes, "web.tgz"))),
    { numRuns: runs },
  );
});

Deno.test("loadArchive() gives paths that stay below the chart, whatever the entries are called", () => {
  const part = fc.constantFrom("..", ".", "", "a", "templates", "charts", "\\", "c:", "Chart.yaml", "é", "\0", "x");
  const name = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join("/"));
  fc.assert(
    fc.property(fc.array(name, { maxLength: 4 }), (names) => {
      const all = [{ name: "web/Chart.yaml", data: CHART_YAML }, ...names.map((one) => ({ name: one }))];
      survives(() => {
        const chart = loadArchive(makeArchive(all), "web.tgz");
        for (const { path } of [...chart.templates, ...chart.files]) {
          ok(!path.startsWith("/") && !path.split("/").includes(".."), path);
        }
      });
    }),
    { numRuns: runs },
  );
});

Deno.test("readTar() ends on bytes that mean nothing", () => {
  const noise = fc.uint8Array({ maxLength: 3000 });
  fc.assert(
    fc.property(noise, (bytes) => survives(() => [...readTar(concat([bytes, new Uint8Array(1024)]))])),
    { numRuns: runs },
  );
});
