/** Tests of `unittest`; `tests/conformance/unittest_test.ts` compares its output with helm-unittest's. */
import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program } from "../../tests/_lib/program.ts";
import { programIn } from "../../tests/_lib/program_in.ts";

const CHART = {
  "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
  "web/values.yaml": "port: 80\n",
  "web/templates/service.yaml": "kind: Service\nspec:\n  port: {{ .Values.port }}\n  none: null\n",
  "web/templates/NOTES.txt": "Port {{ .Values.port }}\n",
};
const SUITE = `suite: service
templates: [service.yaml]
tests:
- it: has the port of the values
  set: {port: 81}
  asserts:
  - equal: {path: spec.port, value: 81}
- it: is a service
  asserts:
  - isKind: {of: Service}
`;

/** Runs the command in a folder with the chart. */
function withChart(
  files: Record<string, string>,
  work: (run: (line: string) => Promise<Outcome>, folder: string) => Promise<void>,
): Promise<void> {
  return inFolder(
    { ...CHART, ...files },
    (folder) => work((line) => programIn(folder, ["unittest", ...line.split(" ")]), folder),
  );
}

function failing(assert: string, more = ""): Record<string, string> {
  return {
    "web/tests/a_test.yaml":
      `suite: a\n${more}\ntests:\n- it: fails\n  template: service.yaml\n  asserts:\n  - ${assert}\n`,
  };
}

Deno.test("unittest passes with status 0, and needs a chart", async () => {
  await withChart({ "web/tests/service_test.yaml": SUITE }, async (run) => {
    const { code, stdout, stderr } = await run("web");
    deepEqual([code, stderr], [0, ""]);
    match(
      stdout,
      /^\n### Chart \[ web \] web\n\n PASS {2}service\tweb\/tests\/service_test.yaml\n\nCharts: {6}1 passed, 1 total\n/,
    );
    equal(
      (await program(["unittest"])).stderr.startsWith("Error: requires at least 1 arg(s), only received 0\n"),
      true,
    );
  });
});

Deno.test("unittest --filter runs only tests whose suite or name contains the text", async () => {
  await withChart({ "web/tests/service_test.yaml": SUITE }, async (run) => {
    match((await run("web --filter port")).stdout, /\nTests: {7}1 passed, 1 total\n/);
    match((await run("web --filter service")).stdout, /\nTests: {7}2 passed, 2 total\n/);
    match((await run("web --filter none")).stdout, /\nTest Suites: 0 passed, 0 total\n/);
  });
});

Deno.test("unittest --failfast stops at the first failure", async () => {
  const suite = SUITE.replace("value: 81", "value: 82");
  await withChart({ "web/tests/a_test.yaml": suite, "web/tests/b_test.yaml": suite }, async (run) => {
    match((await run("web")).stdout, /\nTests: {7}2 failed, 2 passed, 4 total\n/);
    match((await run("web -q")).stdout, /\nTests: {7}1 failed, 0 passed, 1 total\n/);
  });
});

Deno.test("unittest writes snapshots, not with --ci, and replaces them with -u", async () => {
  const suite =
    "suite: s\ntests:\n- it: is stored\n  template: service.yaml\n  asserts:\n  - matchSnapshot: {path: spec}\n";
  await withChart({ "web/tests/s_test.yaml": suite }, async (run, folder) => {
    const file = join(folder, "web/tests/__snapshot__/s_test.yaml.snap");
    const ci = await run("web --ci");
    equal(ci.code, 1);
    match(ci.stdout, /Expected to match snapshot 1, which is not stored, and --ci writes none:/);
    equal((await run("web")).code, 0);
    equal(await Deno.readTextFile(file), "is stored:\n  1: |\n    none: null\n    port: 80\n");
    await Deno.writeTextFile(join(folder, "web/values.yaml"), "port: 90\n");
    match(
      (await run("web")).stdout,
      /\nSnapshot Summary: 1 snapshot failed in 1 test suite\. Check changes and use `-u`/,
    );
    equal((await run("web -u")).code, 0);
    match(await Deno.readTextFile(file), /port: 90/);
  });
});

Deno.test("unittest says what an assert used to mean, and --suite-format 0.2 brings it back", async () => {
  await withChart(failing("isNull: {path: spec.none}"), async (run) => {
    const { code, stdout } = await run("web");
    equal(code, 1);
    match(stdout, /Note: until helm-unittest 0.2 `isNull` passed for a key that holds null; --suite-format 0.2 brings/);
    equal((await run("web --suite-format 0.2")).code, 0);
  });
  await withChart(failing("isEmpty: {path: spec.other}"), async (run) => {
    match((await run("web")).stdout, /unknown path spec.other\n.*Note: until helm-unittest 0.2 `isEmpty` passed/s);
    equal((await run("web --suite-format 0.2")).code, 0);
  });
  match((await program(["unittest", "web", "--suite-format", "3"])).stderr, /^Error: unknown suite format "3"\n/);
});

Deno.test("unittest tells of paths of the old form, and of keys of set that overlap", async () => {
  const suite = "suite: s\ntests:\n- it: works\n  template: service.yaml\n  set: {a.b: 1, a: {c: 2}}\n" +
    "  asserts:\n  - exists: {path: 'spec.[port]'}\n";
  await withChart({ "web/tests/s_test.yaml": suite }, async (run) => {
    const { code, stderr } = await run("web");
    equal(code, 0);
    equal(
      stderr,
      "Note: web/tests/s_test.yaml: set: a overlaps a.b; the later one is applied last\n" +
        "Note: web/tests/s_test.yaml: path spec.[port] has the form of helm-unittest 0.2; today it is spec.port\n",
    );
  });
});

Deno.test("unittest applies values files of the suite, the command line and the test, in this order", async () => {
  const suite = "suite: s\nvalues: [one.yaml]\ntemplates: [service.yaml]\ntests:\n" +
    "- it: suite\n  asserts: [{equal: {path: spec.port, value: 1}}]\n" +
    "- it: test\n  values: [two.yaml]\n  asserts: [{equal: {path: spec.port, value: 2}}]\n";
  const files = { "web/tests/one.yaml": "port: 1\n", "web/tests/two.yaml": "port: 2\n", "given.yaml": "port: 3\n" };
  await withChart({ ...files, "web/tests/s_test.yaml": suite }, async (run) => {
    equal((await run("web")).code, 0);
    match((await run("web -v given.yaml")).stdout, /\nTests: {7}1 failed, 1 passed, 2 total\n/);
  });
});

Deno.test("unittest --strict refuses unknown keys", async () => {
  await withChart(failing("isKind: {of: Service}", "sets: {}"), async (run) => {
    equal((await run("web")).code, 0);
    const { code, stdout } = await run("web --strict");
    equal(code, 1);
    match(stdout, /field sets not found in type unittest.TestSuite/);
    match(stdout, /\nCharts: {6}1 failed, 1 errored, 0 passed, 1 total\n/);
  });
});

Deno.test("unittest writes several reports, each with its type", async () => {
  await withChart(failing("isKind: {of: Pod}"), async (run, folder) => {
    equal((await run("web -o out/r.tap -t TAP -o out/r.json -t json -o out/r.xml -t JUnit")).code, 1);
    equal(
      (await Deno.readTextFile(join(folder, "out/r.tap"))).replace(/duration_ms: .*/, "duration_ms: -"),
      "TAP version 14\n1..1\nnot ok 1 - a: fails\n  ---\n  duration_ms: -\n  failures:\n    - |-\n      - asserts[0] `isKind` fail\n" +
        "      Template:\tweb/templates/service.yaml\n      DocumentIndex:\t0\n      Expected to be kind:\n      \tPod\n      Actual:\n" +
        "      \tService\n  message: 1 of 1 asserts failed\n  ...\n",
    );
    const [suite] = JSON.parse(await Deno.readTextFile(join(folder, "out/r.json")));
    equal(suite.tests[0].failures[0].assert, "isKind");
    match(await Deno.readTextFile(join(folder, "out/r.xml")), /hostname=""/);
    match((await run("web -o r.x -t none")).stderr, /^Error: unknown type of report "none"\n/);
  });
});

Deno.test("unittest --output json prints all results", async () => {
  await withChart({ "web/tests/service_test.yaml": SUITE }, async (run) => {
    const { passed, counts, charts } = JSON.parse((await run("web --output json")).stdout);
    deepEqual([passed, counts.tests, charts[0].name], [true, { passed: 2, failed: 0, errored: 0, skipped: 0 }, "web"]);
  });
});

Deno.test("unittest starts a post-renderer only with --allow-post-renderer", async () => {
  const suite = "suite: s\npostRenderer: {cmd: sed, args: ['s/Service/Changed/']}\ntests:\n" +
    "- it: changes\n  template: service.yaml\n  asserts: [{isKind: {of: Changed}}]\n";
  await withChart({ "web/tests/s_test.yaml": suite }, async (run) => {
    match(
      (await run("web")).stdout,
      /Error: the suite starts the program sed as post-renderer\nadd --allow-post-renderer/,
    );
    equal((await run("web --allow-post-renderer")).code, 0);
  });
});

Deno.test("unittest checks values.schema.json, unless it is told not to", async () => {
  const schema = { "web/values.schema.json": '{"properties": {"port": {"type": "string"}}}' };
  await withChart({ ...schema, "web/tests/service_test.yaml": SUITE }, async (run) => {
    const { code, stdout } = await run("web");
    equal(code, 1);
    match(
      stdout,
      /Error: values don't meet the specifications of the schema\(s\) in the following chart\(s\):\nweb:\n- port: /,
    );
    equal((await run("web --skip-schema-validation")).code, 0);
    equal((await run("web --schema=false")).code, 0);
  });
});

Deno.test("unittest runs suites that a chart renders", async () => {
  const files = {
    "web/tests/chart/Chart.yaml": "apiVersion: v1\nname: suites\nversion: 1.0.0\n",
    "web/tests/chart/values.yaml": "ports: [81, 82]\n",
    "web/tests/chart/templates/s.yaml":
      "{{- range .Values.ports }}\n---\nsuite: port {{ . }}\ntemplates: [service.yaml]\ntests:\n" +
      "- it: has it\n  set: {port: {{ . }}}\n  asserts:\n  - equal: {path: spec.port, value: {{ . }}}\n{{- end }}\n",
  };
  await withChart(files, async (run) => {
    const { code, stdout } = await run("web --chart-tests-path tests/chart");
    equal(code, 0);
    match(stdout, / PASS {2}port 81\tweb\/tests\/chart\/templates\/s.yaml\n PASS {2}port 82\t/);
  });
});

Deno.test("unittest goes on after a chart that cannot be loaded", async () => {
  await withChart({ "web/tests/service_test.yaml": SUITE }, async (run) => {
    const { code, stdout } = await run("none web");
    equal(code, 1);
    match(stdout, /\n### Error: {2}.*none.*\n/);
    match(stdout, /\nCharts: {6}1 failed, 1 errored, 1 passed, 2 total\n/);
  });
});

Deno.test("unittest paints labels with --color", async () => {
  await withChart({ "web/tests/service_test.yaml": SUITE }, async (run) => {
    match((await run("web --color")).stdout, /\u001b\[42;30m PASS \u001b\[0m \u001b\[1mservice\u001b\[0m/);
    equal((await run("web")).stdout.includes("\u001b"), false);
  });
});

Deno.test("unittest --changed runs the suites whose file, values or templates changed since a commit", async () => {
  const suiteOf = (name: string, template: string) =>
    `suite: ${name}\ntemplates: [${template}]\nvalues: [${name}.yaml]\ntests:\n- it: works\n  asserts:\n  - hasDocuments: {count: 1}\n`;
  const files = {
    "web/templates/other.yaml": "kind: Other\n",
    "web/templates/_help.tpl": '{{ define "x" }}{{ end }}\n',
    "web/tests/one_test.yaml": suiteOf("one", "service.yaml"),
    "web/tests/two_test.yaml": suiteOf("two", "other.yaml"),
    "web/tests/one.yaml": "port: 1\n",
    "web/tests/two.yaml": "port: 2\n",
  };
  await withChart(files, async (run, folder) => {
    match((await run("web --changed")).stderr, /^Error: git cannot tell which files of .* changed: /);
    const git = async (...args: string[]) => {
      const { success } = await new Deno.Command("git", {
        args: ["-C", folder, ...args],
        stdout: "null",
        stderr: "null",
      })
        .output();
      equal(success, true);
    };
    const commit = async () => {
      await git("add", "-A");
      await git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "-m", "a");
    };
    await git("init", "-q");
    await commit();
    const ran = async (flag = "--changed") =>
      [...(await run(`web ${flag}`)).stdout.matchAll(/^ PASS {2}(\w+)/gm)].map(([, name]) => name);
    const after = async (path: string, text: string) => {
      await Deno.writeTextFile(join(folder, path), text);
      const names = await ran();
      await git("add", "-A");
      await commit();
      return names;
    };
    deepEqual(await ran(), []);
    deepEqual(await after("web/templates/other.yaml", "kind: Another\n"), ["two"]);
    deepEqual(await after("web/tests/one.yaml", "port: 3\n"), ["one"]);
    deepEqual(
      await after("web/tests/two_test.yaml", suiteOf("three", "other.yaml").replace("three.yaml", "two.yaml")),
      ["three"],
    );
    deepEqual(await after("web/templates/_help.tpl", "\n"), ["one", "three"]);
    deepEqual(await after("web/values.yaml", "port: 9\n"), ["one", "three"]);
    deepEqual(await after("web/templates/new.yaml", "kind: New\n"), []);
    deepEqual(await ran("--changed=HEAD~6"), ["one", "three"]);
    match((await run("web --changed=none")).stderr, /^Error: git cannot tell which files/);
  });
});

Deno.test("unittest says how to get what helm-unittest has when a test fails for it", async () => {
  const files = {
    "web/templates/helm3.yaml": 'kind: {{ get .Values "port" | quote }}\n',
    "web/templates/label.yaml": "kind: A\nheritage: {{ .Release.Service }}\n",
    "web/tests/a_test.yaml":
      "suite: a\ntemplates: [label.yaml]\ntests:\n- it: fails\n  asserts:\n  - equal: {path: heritage, value: Helm}\n",
    "web/tests/b_test.yaml":
      "suite: b\ntemplates: [helm3.yaml]\ntests:\n- it: fails\n  asserts:\n  - isKind: {of: '80'}\n",
  };
  await withChart(files, async (run) => {
    const { code, stdout } = await run("web");
    equal(code, 1);
    match(stdout, /\+Tiller\n\n?\s*Note: \.Release\.Service is Tiller, as in an installation; --release-service Helm /);
    match(stdout, /Note: Helm 2 does not have the function get; if it is one of Helm 3, --suite-format 1\.0 /);
    equal((await run("web --suite-format 1.0")).code, 0);
  });
});

Deno.test("unittest -f with ** before a folder does not stop at files", async () => {
  await withChart({ "web/tests/deep/a/service_test.yaml": SUITE }, async (run) => {
    match((await run("web -f **/a/*_test.yaml")).stdout, /\nTests: {7}2 passed, 2 total\n/);
  });
});

Deno.test("unittest runs the tests of subcharts, and leaves them out with --with-subchart=false", async () => {
  const files = {
    "web/tests/service_test.yaml": SUITE,
    "web/charts/db/Chart.yaml": "apiVersion: v1\nname: db\nversion: 1.0.0\n",
    "web/charts/db/templates/a.yaml": "kind: Db\n",
    "web/charts/db/tests/a_test.yaml":
      "suite: db\ntests:\n- it: is there\n  template: a.yaml\n  asserts:\n  - isKind: {of: Db}\n",
  };
  await withChart(files, async (run) => {
    match(
      (await run("web")).stdout,
      /\n PASS {2}db\tweb\/charts\/db\/tests\/a_test.yaml\n[^]*\nTests: {7}3 passed, 3 total\n/,
    );
    match((await run("web --with-subchart=false")).stdout, /\nTests: {7}2 passed, 2 total\n/);
    match((await run("web -s=false")).stdout, /\nTests: {7}2 passed, 2 total\n/);
  });
});

Deno.test("unittest --debugPlugin writes the rendered files of the tests to .debug", async () => {
  await withChart({ "web/tests/service_test.yaml": SUITE }, async (run, folder) => {
    equal((await run("web --filter port --debugPlugin")).code, 0);
    equal(
      await Deno.readTextFile(join(folder, ".debug/web/templates/service.yaml")),
      "kind: Service\nspec:\n  port: 81\n  none: null\n",
    );
  });
});

Deno.test("unittest --report-host names the machine and the folder in reports, and nothing does without it", async () => {
  await withChart({ "web/tests/service_test.yaml": SUITE }, async (run, folder) => {
    const report = async (flags: string) => {
      equal((await run(`web --output-file r.xml --output-type NUnit${flags}`)).code, 0);
      return await Deno.readTextFile(join(folder, "r.xml"));
    };
    match(await report(""), / cwd="" machine-name="" user="" /);
    const shown = await report(" --report-host");
    equal(shown.includes(` cwd="${await Deno.realPath(folder)}" machine-name="${Deno.hostname()}" `), true, shown);
  });
});
