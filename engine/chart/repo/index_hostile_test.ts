import { fuzzRuns } from "../../../tests/_lib/fuzz.ts";
import { deepEqual, equal, ok, throws } from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { SkegError } from "../../../errors.ts";
import { chartArchive, withServer } from "../../../tests/_lib/chart_server.ts";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { damagedJson, damagedText, fuzz } from "../../../tests/_lib/fuzz.ts";
import { yamlToJson as decodeYaml } from "../../lang/yaml/mod.ts";
import { downloadChart } from "./download.ts";
import { cachedIndexPath } from "./home.ts";
import { decodeIndex, encodeIndex, findVersion } from "./index_file.ts";
import { searchIndexes } from "./search.ts";

const numRuns = fuzzRuns(200);

const GOOD = `apiVersion: v1
entries:
  web:
  - {name: web, version: 1.2.3, urls: [web-1.2.3.tgz], created: "2020-01-01T00:00:00Z", digest: "00"}
  - name: web
    version: 1.10.0-rc.1
    keywords: [a, b]
    maintainers: [{name: Ann, email: ann@example.com}]
    urls:
    - https://example.com/web-1.10.0-rc.1.tgz
generated: "2020-01-01T00:00:00.5+01:00"
`;

/** Parses an index and uses all its functions. Only a SkegError may refuse the text. */
function readAndUse(text: string): void {
  let index;
  try {
    index = decodeIndex(text);
  } catch (error) {
    ok(error instanceof SkegError, String(error));
    ok(error.kind === "yaml" || error.kind === "chart", error.kind);
    return;
  }
  for (const name of index.names()) {
    const found = index.versions(name);
    ok(Array.isArray(found));
    try {
      findVersion(index, name, ">0");
    } catch (error) {
      ok(error instanceof SkegError, String(error));
    }
  }
  searchIndexes([{ name: "r", index }], { words: "a", all: true });
  searchIndexes([{ name: "r", index }], { range: ">0.0.0-0" });
  const again = decodeIndex(encodeIndex(index));
  deepEqual([...again.names()].sort(), [...index.names()].sort());
}

Deno.test("decodeIndex() answers any text with an index or an error", () => {
  const words = fc.constantFrom(
    ..."apiVersion: v1|entries:|\n|  |- |web|name: |version: |urls: |1.0.0|[|]|{|}|&a |*a|<<: |'|\"|? |!!str |# |---|%|null|~|:|,|0x1"
      .split("|"),
  );
  const texts = fc.oneof(
    fc.string(),
    fc.array(words, { maxLength: 40 }).map((parts) => parts.join("")),
    fc.array(words, { maxLength: 30 }).map((parts) => `apiVersion: v1\nentries:\n  a:\n  - ${parts.join("")}`),
  );
  fc.assert(fc.property(texts, readAndUse), { numRuns });
});

Deno.test("decodeIndex() bears an index with damage to its text or its data, within bounds", () => {
  const data = decodeYaml(GOOD);
  return fuzz({
    make: (dice) => dice.oneIn(2) ? damagedText(dice, GOOD) : damagedJson(dice, data),
    work: readAndUse,
  });
});

Deno.test("decodeIndex() reads any names, versions and addresses back", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 12 });
  const entry = fc.record({ name: text, version: text, urls: fc.array(text, { maxLength: 2 }), description: text });
  const entries = fc.array(fc.tuple(text, fc.array(entry, { maxLength: 3 })), { maxLength: 4 });
  fc.assert(
    fc.property(entries, (list) => {
      const json = JSON.stringify({
        apiVersion: "v1",
        entries: Object.fromEntries(list),
      }).replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
      readAndUse(json);
    }),
    { numRuns: Math.ceil(numRuns / 4) },
  );
});

Deno.test("decodeIndex() refuses what grows: aliases, depth, and more nodes than an index has", () => {
  const names = [..."abcdefghij"];
  const laughs = names.map((name, at) =>
    `  ${name}: &${name} [${at === 0 ? "x" : Array(10).fill(`*${names[at - 1]}`).join(",")}]`
  );
  throws(() => decodeIndex(`apiVersion: v1\nentries:\n${laughs.join("\n")}\n`), {
    kind: "yaml",
    message: "yaml: document contains excessive aliasing",
  });
  throws(() => decodeIndex(`apiVersion: v1\nentries: ${"[".repeat(200_000)}`), { kind: "yaml", message: /max depth/ });
  throws(() => decodeIndex(`apiVersion: v1\nentries: {a: [${"1,".repeat(5_000_001)}]}`), {
    kind: "yaml",
    message: "yaml: document has more than 5000000 nodes",
  });
});

Deno.test("decodeIndex() keeps names that mean something to JavaScript apart from it", () => {
  const index = decodeIndex(`apiVersion: v1
entries:
  __proto__:
  - {name: __proto__, version: 1.0.0, urls: [p.tgz]}
  constructor:
  - {name: constructor, version: 2.0.0, urls: [c.tgz]}
`);
  deepEqual([...index.names()].sort(), ["__proto__", "constructor"]);
  equal(findVersion(index, "__proto__", "").version, "1.0.0");
  equal(findVersion(index, "constructor", "").urls?.[0], "c.tgz");
  throws(() => findVersion(index, "toString", ""), { kind: "not-found", message: "no chart name found" });
  equal(({} as Record<string, unknown>)["name"], undefined);
});

// Uses a twentieth of the usual number of inputs, because each one needs a request to a server.
Deno.test("downloadChart() adds an archive under a plain name or nothing, whatever an index says", () => {
  const part = fc.constantFrom(
    ..."web-1.0.0.tgz|mine.tgz|mine.sh|..|.|%2e%2e|%2f|%5c|%00|%0a|:|con.tgz|.x.tgz|a.TGZ|b.tar.gz|?x=y.tgz|#.tgz|é.tgz|%ff.tgz|web"
      .split("|"),
  );
  const address = fc.array(part, { minLength: 1, maxLength: 3 }).map((parts) => parts.join("/"));
  const digest = fc.constantFrom("", "00", "0".repeat(64), "sha256:x", "__proto__");
  const name = fc.constantFrom("web", "db", "..", "__proto__", ".git");
  const version = fc.constantFrom("1.0.0", "v1", "2.0.0", "x");
  const archive = new Uint8Array(chartArchive("web", "1.0.0"));
  return withServer(() => new Response(archive), ({ url }) =>
    inFolder({
      "home/repository/cache/.keep": "",
      "home/repository/repositories.yaml": JSON.stringify({ apiVersion: "v1", repositories: [{ name: "t", url }] }),
      "out/mine.sh": "mine",
      "out/mine.tgz": "mine",
    }, async (folder) => {
      const [home, out] = [join(folder, "home"), join(folder, "out")];
      await fc.assert(
        fc.asyncProperty(address, name, version, digest, async (path, chart, number, sum) => {
          const entry = { name: chart, version: number, urls: [path], digest: sum };
          const index = JSON.stringify({ apiVersion: "v1", entries: { x: [entry] } });
          await Deno.writeTextFile(cachedIndexPath(home, "t"), index);
          let made: string | undefined;
          try {
            made = (await downloadChart("t/x", ">0.0.0-0", out, { home })).path;
          } catch (error) {
            ok(error instanceof SkegError, String(error));
          }
          if (made !== undefined) {
            ok(/^[^./\\:][^/\\:]*\.(?:tgz|tar\.gz)$/i.test(made.slice(out.length + 1)), made);
            deepEqual(await Deno.readFile(made), archive);
            await Deno.remove(made);
          }
          const left = (await Array.fromAsync(Deno.readDir(out))).map((each) => each.name).sort();
          deepEqual(left, ["mine.sh", "mine.tgz"]);
          equal(await Deno.readTextFile(join(out, "mine.tgz")), "mine");
        }),
        { numRuns: Math.ceil(numRuns / 20) },
      );
    }));
});
