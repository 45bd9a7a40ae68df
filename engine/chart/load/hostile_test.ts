import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal, ok } from "node:assert/strict";
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { SkegError } from "../../../errors.ts";
import {
  CHART_YAML,
  concat,
  makeArchive,
  makeTar,
  pack,
  type TestEntry,
  writeSum,
} from "../../../tests/_lib/archive.ts";
import { damaged } from "../../../tests/_lib/damage.ts";
import { damagedBytes, fuzz } from "../../../tests/_lib/fuzz.ts";
import { newBudget, readArchive } from "./archive.ts";
import { expandArchive } from "./expand.ts";
import { loadArchive } from "./load.ts";
import { readTar } from "./tar.ts";

const runs = fuzzRuns(200);

/** Runs `work`, which may only fail with a SkegError. */
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

Deno.test("readTar() and loadArchive() answer damaged archives within bounds", () => {
  const tar = makeTar(entries);
  const archive = makeArchive(entries);
  return fuzz({
    // Half of the damage is below the gzip, which would notice it.
    make: (dice) => dice.oneIn(2) ? damagedBytes(dice, archive) : pack(damagedBytes(dice, tar)),
    work: (bytes) => {
      const chart = loadArchive(bytes, "web.tgz");
      for (const { path } of [...chart.templates, ...chart.files]) ok(!path.startsWith("/"), path);
    },
    show: (bytes) => bytes.toBase64(),
  });
});

/** An archive with damaged headers but correct checksums, so that every field is used. */
const believed: fc.Arbitrary<Uint8Array> = (() => {
  const tar = makeTar(entries);
  const headers = [...Array(tar.length / 512).keys()].map((block) => block * 512)
    .filter((at) => new TextDecoder().decode(tar.subarray(at + 257, at + 262)) === "ustar");
  // Name, mode, size, type, magic and prefix.
  const field = fc.constantFrom([0, 100], [100, 8], [124, 12], [156, 1], [257, 8], [345, 155]);
  const byte = fc.oneof(fc.nat(255), fc.constantFrom(..."01257xgLKS/.\\ \0").map((char) => char.charCodeAt(0)));
  // Changes one byte of the field, or all of it: to a number that is negative, huge, blank, or has wrong digits.
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

Deno.test("readTar() survives damaged archives", () => {
  fc.assert(fc.property(damaged(makeTar(entries)), (bytes) => survives(() => [...readTar(bytes)])), { numRuns: runs });
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

/** A tar that is cut at some places, with each part in a separate gzip member, and random bytes at the end. */
const inMembers = (tar: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.tuple(fc.array(fc.nat(tar.length), { maxLength: 12 }), fc.uint8Array({ maxLength: 40 })).map(([cuts, junk]) => {
    const places = [0, ...cuts.sort((a, b) => a - b), tar.length];
    const parts = places.slice(1).map((end, at) => pack(tar.subarray(places[at], end)));
    return concat([...parts, junk]);
  });

Deno.test("readArchive() reads the same however the archive is cut into gzip members, and whatever follows", () => {
  const tar = makeTar(entries.filter(({ type }) => type !== "x"));
  const wanted = readArchive(pack(tar), newBudget());
  fc.assert(
    fc.property(inMembers(tar), (bytes) => deepEqual(readArchive(bytes, newBudget()), wanted)),
    { numRuns: runs },
  );
});

Deno.test("readArchive() unpacks no more than its budget allows, and holds little more than what it hands out", () => {
  const size = fc.nat(3000);
  const file = fc.tuple(fc.constantFrom("a", "templates/b", "charts/c.tgz"), size).map(([name, length]): TestEntry => ({
    name: `web/${name}`,
    data: new Uint8Array(length),
  }));
  const archive = fc.array(file, { maxLength: 6 }).chain((files) => inMembers(makeTar(files)));
  fc.assert(
    fc.property(archive, fc.nat(8000), fc.nat(10), (bytes, bytesMax, members) => {
      const budget = { bytes: bytesMax, members };
      survives(() => {
        const files = readArchive(bytes, budget);
        const handedOut = files.reduce((sum, { data }) => sum + data.length, 0);
        ok(handedOut <= bytesMax, `${handedOut}`);
        const held = new Set(files.map(({ data }) => data.buffer));
        const heldBytes = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0);
        ok(heldBytes <= 2 * bytesMax + 1024, `${heldBytes} bytes are held`);
      });
      ok(budget.bytes >= 0, "never overdrawn");
    }),
    { numRuns: runs },
  );
});

Deno.test("readTar() reads pax records as the format says, or refuses them", () => {
  const key = fc.constantFrom("path", "size", "mtime", "pathology", "GNU.sparse.size", "", "a=b", "é");
  const value = fc.constantFrom("x", "7", "a/b", "", "=", "é", "a\nb", "\0");
  const record = fc.tuple(key, value, fc.integer({ min: -2, max: 2 })).map(([name, text, lie]) => {
    const body = ` ${name}=${text}\n`;
    const bytes = new TextEncoder().encode(body).length;
    let length = bytes + 1;
    while (`${length}`.length + bytes !== length) length++;
    const stated = lie === 1 ? length + 1 : length;
    return { name, text, isLie: `${stated}`.length + bytes !== stated, body: `${stated}${body}` };
  });
  fc.assert(
    fc.property(fc.array(record, { maxLength: 5 }), (records) => {
      const data = records.map(({ body }) => body).join("");
      const tar = makeTar([{ name: "@", type: "x", data }, { name: "web/a", data: "1234567" }]);
      survives(() => {
        const [entry] = [...readTar(tar)];
        const isOdd = records.some(({ name, isLie }) => isLie || name === "" || name.startsWith("GNU.sparse."));
        ok(!isOdd, "what is wrong is refused");
        const path = records.findLast(({ name }) => name === "path")?.text || "web/a";
        equal(entry?.name, path);
      });
    }),
    { numRuns: runs },
  );
});

/** Returns everything below a folder: path → content, or the kind of entry. */
function treeOf(folder: string, above = ""): [string, string][] {
  return readdirSync(folder).flatMap((name): [string, string][] => {
    const path = join(folder, name);
    const info = lstatSync(path);
    if (info.isDirectory()) return [[above + name, "folder"], ...treeOf(path, `${above}${name}/`)];
    return [[above + name, info.isSymbolicLink() ? "link" : readFileSync(path, "latin1")]];
  }).sort();
}

Deno.test("expandArchive() adds one folder or nothing, whatever chart and files are called", () => {
  const part = fc.constantFrom(
    "..",
    ".",
    "",
    ".git",
    "web",
    "mine",
    "link",
    "a\\b",
    "c:",
    "con",
    "\n",
    "é",
    "Chart.yaml",
  );
  const name = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  const folder = mkdtempSync(join(tmpdir(), "skeg-hostile-"));
  try {
    mkdirSync(join(folder, "in/mine"), { recursive: true });
    writeFileSync(join(folder, "in/mine/config"), "mine");
    mkdirSync(join(folder, "out"));
    if (Deno.build.os !== "windows") symlinkSync(join(folder, "out"), join(folder, "in/link"));
    const before = treeOf(folder);
    fc.assert(
      fc.property(name, fc.array(name, { maxLength: 4 }), (chart, files) => {
        const yaml = { name: "x/Chart.yaml", data: `name: ${JSON.stringify(chart)}\n` };
        const archive = makeArchive([yaml, ...files.map((each) => ({ name: `x/${each}`, data: "EVIL" }))]);
        let made: string | undefined;
        survives(() => made = expandArchive(join(folder, "in"), archive));
        if (made !== undefined) {
          equal(made, join(folder, "in", chart));
          ok(!treeOf(made).some(([path]) => path.split("/").includes(".git")));
          rmSync(made, { recursive: true });
        }
        deepEqual(treeOf(folder), before);
      }),
      { numRuns: Math.ceil(runs / 4) },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
