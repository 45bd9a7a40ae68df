/**
 * Runs the charts of `testdata/unittest/` and compares with what helm-unittest 1.0.3 said.
 *
 * @module
 */
import { deepEqual, equal, match } from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { readTarGz } from "../../engine/chart/load/mod.ts";
import { inFolder } from "../_lib/folder.ts";
import { program } from "../_lib/program.ts";
import { programIn } from "../_lib/program_in.ts";
import { maskedReport, maskedText, UPSTREAM_REPORTS } from "../_lib/unittest_reports.ts";

const DATA = join(import.meta.dirname ?? "", "../../testdata/unittest");

/** The result of helm-unittest for a chart. */
interface Expected {
  readonly exit: number;
  readonly flags?: readonly string[];
  readonly pattern: string;
  readonly summary: readonly string[];
  readonly jobs: Readonly<Record<string, string>>;
}

/** Charts that need something of Helm 3, with what makes up for it. */
const EXCEPTIONS: Readonly<Record<string, { flags?: readonly string[]; without?: string; because?: string }>> = {
  // `heritage: Helm`, and a false `notGreaterOrEqual` that upstream passes
  "upstream-1.0/basic": { flags: ["--release-service", "Helm", "--upstream-bugs"] },
  // `managed-by: Helm` in snapshots
  "upstream-1.0/full-snapshot": { flags: ["--release-service", "Helm"] },
  // an archive of apiVersion v2, which Helm 2 refuses
  "upstream-1.0/with-subchart": { without: "charts/cert-manager-v1.15.0.tgz" },
  // a template with the function `get` of Helm 3
  "public/metal-settings": { because: 'function "get" not defined' },
};

/** Tests of templates in the archive that is left out. */
const OF_THE_ARCHIVE = [
  "test chart renders with dependencies and version overrides | " +
  "should render chart with dependencies and suite level version override",
  "test chart renders with dependencies and version overrides | " +
  "should render chart with dependencies and test level version override",
  "test cert-manager rbac | templates",
];

const expected: Record<string, Expected> = JSON.parse(readFileSync(join(DATA, "expected.json"), "utf8"));

/** Runs `work` in a folder with the charts. */
async function inCharts(
  work: (run: (argv: readonly string[]) => ReturnType<typeof program>, folder: string) => Promise<void>,
) {
  await inFolder({}, async (folder) => {
    for (const { name, data, isFolder } of readTarGz(readFileSync(join(DATA, "charts.tar.gz")), 64 * 1024 * 1024)) {
      if (isFolder) continue;
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), data);
    }
    cpSync(join(DATA, "asserts"), join(folder, "asserts"), { recursive: true });
    await work((argv) => programIn(folder, argv, { variables: { SKEG_HINTS: "off" } }), folder);
  });
}

/** The verdicts of a JSON report, as `expected.json` has them. */
function verdictsOf(stdout: string): Record<string, string> {
  const verdicts: Record<string, string> = {};
  for (const suite of JSON.parse(stdout).charts[0].suites) {
    for (const test of suite.tests) {
      const name = `${suite.name} | ${test.name}`;
      // In the reference's report, a skipped test counts as failed.
      const verdict = test.passed ? "pass" : "fail";
      verdicts[name] = name in verdicts ? `${verdicts[name]},${verdict}` : verdict;
    }
  }
  return verdicts;
}

/** Returns the names of tests whose verdicts differ. */
function differing(left: Readonly<Record<string, string>>, right: Readonly<Record<string, string>>): string[] {
  return Object.keys({ ...left, ...right }).filter((name) => left[name] !== right[name]);
}

function summaryOf(stdout: string): string[] {
  return stdout.split("\n").filter((line) => /^(?:Charts|Test Suites|Tests):/.test(line))
    .map((line) => line.replace(/\s+/g, " "));
}

Deno.test("unittest gives the verdicts of helm-unittest for its own charts and public ones", async (test) => {
  await inCharts(async (run, folder) => {
    for (const [chart, want] of Object.entries(expected)) {
      const { flags = [], without, because } = EXCEPTIONS[chart] ?? {};
      await test.step(chart, async () => {
        if (without !== undefined) rmSync(join(folder, chart, without));
        const argv = ["unittest", "-f", want.pattern, ...want.flags ?? [], ...flags, chart];
        const { code, stdout } = await run(argv);
        if (because !== undefined) return equal(stdout.includes(because), true);
        const verdicts = verdictsOf((await run([...argv, "--output", "json"])).stdout);
        if (without !== undefined) return deepEqual(differing(verdicts, want.jobs), OF_THE_ARCHIVE);
        equal(code, want.exit, stdout);
        deepEqual(summaryOf(stdout), want.summary);
        deepEqual(verdicts, want.jobs);
      });
    }
  });
});

Deno.test("unittest --suite-format 1.0 gives all verdicts of helm-unittest for suites of today", async (test) => {
  await inCharts(async (run) => {
    for (const [chart, want] of Object.entries(expected)) {
      if (want.flags !== undefined) continue;
      await test.step(chart, async () => {
        const argv = ["unittest", "-f", want.pattern, "--suite-format", "1.0", chart];
        const { code, stdout } = await run(argv);
        equal(code, want.exit, stdout);
        deepEqual(summaryOf(stdout), want.summary);
        deepEqual(verdictsOf((await run([...argv, "--output", "json"])).stdout), want.jobs);
      });
    }
  });
});

// The snapshot was written by helm-unittest 1.0.3.
Deno.test("unittest --suite-format 1.0 has the functions of Helm 3, and reads charts of apiVersion v2", async () => {
  const chart = join(DATA, "helm3");
  const { code, stdout, stderr } = await program(["unittest", chart, "--ci", "--suite-format", "1.0"]);
  equal(code, 0, stdout);
  match(stderr, /^Note: the chart f3 has apiVersion v2: Helm 2 refuses it and every chart that contains it\n/);
  match(stderr, /a_test.yaml: the templates call get, a function of Helm 3: Helm 2 cannot install the chart\n/);
  const refused = await program(["unittest", chart, "--ci"]);
  equal(refused.code, 1);
  match(refused.stdout, /\n### Error: {2}apiVersion 'v2' is not valid/);
  match(
    refused.stderr,
    /^Note: Helm 2 refuses charts of apiVersion v2; --suite-format 1.0 tests them as helm-unittest does\n/,
  );
});

Deno.test("unittest reads the suite format from $SKEG_SUITE_FORMAT, and the flag wins", async () => {
  const chart = join(DATA, "helm3");
  const run = (...flags: string[]) =>
    program(["unittest", chart, "--ci", ...flags], { variables: { SKEG_SUITE_FORMAT: "1.0" } });
  equal((await run()).code, 0);
  equal((await run("--suite-format", "0.2")).code, 1);
});

Deno.test("unittest --suite-format 1.0 runs with coverage and in several processes", async () => {
  const chart = join(DATA, "helm3");
  const { code, stdout } = await program(["unittest", chart, "--ci", "--suite-format", "1.0", "--coverage"]);
  equal(code, 0);
  match(stdout, /templates\/a.yaml +21\/21 100%/);
  const several = ["--parallel", "--max-workers", "2"];
  const together = await program(["unittest", chart, "--ci", "--suite-format", "1.0", ...several]);
  equal(together.code, 0, together.stdout);
});

const EXPECTED = join(DATA, "asserts_expected");

Deno.test("unittest prints what helm-unittest prints for passing, failing and negated cases of every assert", async () => {
  await inCharts(async (run) => {
    const { code, stdout } = await run(["unittest", "asserts", "--upstream-bugs"]);
    equal(code, 1);
    deepEqual(maskedText(stdout).split("\n"), readFileSync(join(EXPECTED, "stdout.txt"), "utf8").split("\n"));
  });
});

Deno.test("the recorded cases have a passing, a failing and a negated case of every assert of helm-unittest", async () => {
  await inCharts(async (run) => {
    const { stdout } = await run(["unittest", "asserts", "--upstream-bugs", "--output", "json"]);
    const found = new Map<string, Set<string>>();
    for (const { name, tests } of JSON.parse(stdout).charts[0].suites) {
      const kinds = found.get(name) ?? new Set();
      found.set(name, kinds);
      for (const test of tests) {
        if (test.name.endsWith(" negated")) kinds.add("negated");
        else if (/ \d+$/.test(test.name)) kinds.add(test.passed ? "passing" : "failing");
      }
    }
    const others = ["places", "selectors"];
    const incomplete = [...found].filter(([name, kinds]) => !others.includes(name) && kinds.size < 3);
    deepEqual(incomplete, []);
    equal(found.size - others.length, 36);
  });
});

for (const type of UPSTREAM_REPORTS) {
  Deno.test(`unittest writes the ${type} report of helm-unittest`, async () => {
    await inCharts(async (run, folder) => {
      await run(["unittest", "asserts", "--upstream-bugs", "-o", "report.xml", "-t", type]);
      const want = readFileSync(join(EXPECTED, `${type}.xml`), "utf8");
      deepEqual(maskedReport(readFileSync(join(folder, "report.xml"), "utf8")).split("\n"), want.split("\n"));
    });
  });
}
