import { ok } from "node:assert/strict";
import fc from "fast-check";
import { SkegError } from "../../errors.ts";
import { CHART_YAML, concat, makeArchive, makeTar, pack, writeSum } from "../../tests/_lib/archive.ts";
import { damaged } from "../../tests/_lib/damage.ts";
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

/** An archive with damage in its headers, whose sums are right all the same: every field is believed. */
const believed: fc.Arbitrary<Uint8Array> = (() => {
  const tar = makeTar(entries);
  const headers = [...Array(tar.length / 512).keys()].map((block) => block * 512)
    .filter((at) => new TextDecoder().decode(tar.subarray(at + 257, at + 262)) === "ustar");
  // Name, mode, size, type, magic and prefix.
  const field = fc.constantFrom([0, 100], [100, 8], [124, 12], [156, 1], [257, 8], [345, 155]);
  const byte = fc.oneof(fc.nat(255), fc.constantFrom(..."01257xgLKS/.\\ \0").map((char) => char.charCodeAt(0)));
  // One byte of it, or all of it: a number that is negative, huge, blank, or not of the digits that it should be of.
  const change = fc.record({
    header: fc.constantFrom(...headers),
    field,
    put: fc.oneof(
      fc.record({ at: fc.nat(154), bytes: byte.map((one) => [one]) }),
      fc.tuple(byte, byte, byte).map(([first, middle, last]) => ({
        at: 0,
        bytes: [first, ...Array<number>(153).fill(middle), last],
      })),
      fc.tuple(fc.constantFrom(0x80, 0xff), fc.integer({ min: -2048, max: 2048 })).map(([first, number]) => ({
        at: 0,
        bytes: [first, ...Array<number>(9).fill(number < 0 ? 0xff : 0), number >> 8 & 0xff, number & 0xff],
      })),
    ),
  });
  return fc.array(change, { minLength: 1, maxLength: 4 }).map((changes) => {
    const copy = tar.slice();
    for (const { header, field: [start = 0, size = 1], put } of changes) {
      const at = put.at % size;
      copy.set(put.bytes.slice(0, size - at), header + start + at);
    }
    for (const at of headers) writeSum(copy, at);
    return copy;
  });
})();

Deno.test("readTar() and loadArchive() survive headers that are wrong under right sums", () => {
  fc.assert(
    fc.property(believed, (tar) => {
      survives(() => {
        let blocks = 0;
        for (const { mode, data } of readTar(tar)) {
          blocks += 1 + Math.ceil(data.length / 512);
          ok(Number.isSafeInteger(mode));
          ok(blocks * 512 <= tar.length, "every block is read once");
        }
      });
      survives(() => loadArchive(pack(tar), "web.tgz"));
    }),
    { numRuns: runs },
  );
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
