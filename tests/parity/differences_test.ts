/**
 * Intended differences from Helm 2.17.0: every line of `differences.txt`, and every quirk of
 * `docs/differences.md`, has a test that pins skeg's behaviour. The test names the row by its id, in a
 * comment above it, so a row, its tests and its scenarios are found by one search.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { program } from "../_lib/program.ts";

const ROOT = new URL("../../", import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, ROOT), "utf8");

/** The ids of the rows of `docs/differences.md`. Rows without a test of their own have none. */
const ROWS = [...text("docs/differences.md").matchAll(/^\| ([A-Z]+\d+[a-z]?) \|/gm)].map(([, id]) => id ?? "");

/** The lines of `differences.txt`: a scenario, ids of rows, and what differs. */
const LINES = text("tests/parity/differences.txt").trim().split("\n").map((line) =>
  line.split("|").map((part) => part.trim())
);

/** A comment above a test that pins rows: `// Pins Q22, Q24.` The test must follow at once. */
const PIN = /^[ ]*\/\/ Pins ([^\n]*)\.\n([^\n]*)/gm;

/** A line that begins a test. */
const TEST = /^\s*(?:Deno\.test|test|oldStory|story|it)\(/;

/** Returns the files below the folders in which tests and their suites are. */
function sources(): string[] {
  return ["app", "cmd", "engine", "storage", "tests"].flatMap((folder) =>
    readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts")).map((file) => `${folder}/${file}`)
  );
}

/** Returns the pinned ids, each with the files of its tests. */
function pins(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const file of sources()) {
    for (const [, ids = "", next = ""] of text(file).matchAll(PIN)) {
      // The comment that explains the pattern above pins nothing.
      if (file.endsWith("differences_test.ts") && !TEST.test(next)) continue;
      match(next, TEST, `${file}: no test below "// Pins ${ids}."`);
      for (const id of ids.split(", ")) found.set(id, [...found.get(id) ?? [], file]);
    }
  }
  return found;
}

const PINS = pins();

Deno.test("the ids of differences are unique", () => {
  deepEqual(ROWS, [...new Set(ROWS)]);
});

Deno.test("every pinned id is a row of docs/differences.md, or a scenario without a row", () => {
  const scenarios = LINES.filter(([, ids]) => ids === "–").map(([scenario]) => scenario);
  for (const [id, files] of PINS) ok(ROWS.includes(id) || scenarios.includes(id), `${id} of ${files.join(", ")}`);
});

Deno.test("every quirk of Helm that is repaired is pinned by a test", () => {
  const quirks = ROWS.filter((id) => id.startsWith("Q"));
  deepEqual(quirks.filter((id) => !PINS.has(id)), []);
});

Deno.test("every declared difference names a scenario, rows and what differs, and is pinned by a test", () => {
  for (const [scenario = "", ids = "", what = ""] of LINES) {
    ok(what.length > 20, scenario);
    for (const id of ids === "–" ? [scenario] : ids.split(", ")) {
      ok(ids === "–" || ROWS.includes(id), `${scenario}: docs/differences.md has no row ${id}`);
      ok(PINS.has(id), `${scenario}: no test has the comment "// Pins ${id}."`);
    }
  }
});

async function withChart(template: string, use: (chart: string, sandbox: string) => Promise<void>): Promise<void> {
  const home = Deno.makeTempDirSync({ prefix: "skeg-differences-" });
  try {
    Deno.mkdirSync(join(home, "site/templates"), { recursive: true });
    Deno.writeTextFileSync(join(home, "site/Chart.yaml"), "{name: site, version: 0.1.0}\n");
    Deno.writeTextFileSync(join(home, "site/templates/a.yaml"), template);
    await use(join(home, "site"), `--sandbox=${join(home, "state.db")}`);
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
}

// Pins L4.
Deno.test("an output format that does not exist is refused beforehand", () =>
  withChart("{apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n", async (chart, sandbox) => {
    const refused = await program(["install", chart, "--name", "web", "-o", "bogus", sandbox]);
    equal(refused.code, 1);
    match(refused.stderr, /bogus/);
    equal((await program(["list", "--all", sandbox])).stdout, "");
  }));

// Pins Q37.
Deno.test("messages with per cent signs are printed as they are", () =>
  withChart('{{ fail "50% of it: 100%d" }}\n', async (chart, sandbox) => {
    const { code, stderr } = await program(["install", chart, "--name", "web", sandbox]);
    equal(code, 1);
    ok(stderr.includes("50% of it: 100%d"), stderr);
  }));
