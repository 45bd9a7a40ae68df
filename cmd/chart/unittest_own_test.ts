/** Tests of the asserts that helm-unittest does not have. */
import { deepEqual, equal, match } from "node:assert/strict";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";
import { programIn } from "../../tests/_lib/program_in.ts";

const CHART = {
  "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
  "web/values.yaml": "map: {a: 1}\n",
  "web/templates/a.yaml":
    "kind: Deployment\nmetadata: {name: web}\nspec:\n  replicas: 2\n  text: |\n    one\n    two\n",
  "web/templates/b.yaml": "kind: ConfigMap\nmetadata: {name: web}\n",
  "web/templates/hook.yaml":
    'kind: Job\nmetadata:\n  name: job\n  annotations: {helm.sh/hook: "pre-install,post-delete", helm.sh/hook-weight: "5"}\n',
  "web/tests/text.txt": "one\ntwo\n",
  "web/tests/spec.json": JSON.stringify({
    type: "object",
    properties: { spec: { type: "object", properties: { replicas: { type: "integer", minimum: 3 } } } },
  }),
};

/** Runs one assert; returns the exit status and the lines below the job's name. */
async function verdict(
  assert: string,
  set = "{}",
  flags: readonly string[] = [],
): Promise<{ code: number; text: string }> {
  const suite = `suite: own\ntests:\n- it: works\n  set: ${set}\n  asserts:\n  - ${assert}\n`;
  let result = { code: -1, text: "" };
  await inFolder({ ...CHART, "web/tests/own_test.yaml": suite }, async (folder) => {
    const { code, stdout } = await program(["unittest", `${folder}/web`, ...flags]);
    result = { code, text: stdout.slice(stdout.indexOf("asserts[0]"), stdout.indexOf("\nCharts:")) };
  });
  return result;
}

const CASES: readonly (readonly [assert: string, passes: boolean, set?: string])[] = [
  ["{isHook: {}, template: hook.yaml}", true],
  ["{isHook: {event: pre-install, weight: 5}, template: hook.yaml}", true],
  ["{isHook: {event: post-install}, template: hook.yaml}", false],
  ["{isHook: {weight: 4}, template: hook.yaml}", false],
  ["{isHook: {}, template: a.yaml}", false],
  ["{isHook: {}, not: true, template: a.yaml}", true],
  ["{equalFile: {path: spec.text, file: text.txt}, template: a.yaml}", true],
  ["{equalFile: {path: kind, file: text.txt}, template: a.yaml}", false],
  ["{equalFile: {path: kind, file: text.txt}, not: true, template: a.yaml}", true],
  ["{equalFile: {path: kind, file: none.txt}, template: a.yaml}", false],
  ["{matchesSchema: {path: spec.replicas, schema: {type: integer}}, template: a.yaml}", true],
  ["{matchesSchema: {path: spec.replicas, schema: {type: string}}, template: a.yaml}", false],
  ["{matchesSchema: {path: spec.replicas, schema: {type: string}}, not: true, template: a.yaml}", true],
  ["{matchesSchema: {file: spec.json}, template: b.yaml}", true],
  ["{matchesSchema: {file: spec.json}, template: a.yaml}", false],
  ["{resourceOrder: {order: [ConfigMap/web, Deployment]}}", true],
  ["{resourceOrder: {order: [Deployment, ConfigMap/web]}}", false],
  ["{resourceOrder: {order: [Deployment, ConfigMap/web]}, not: true}", true],
  ["{resourceOrder: {order: [ConfigMap/web, Service]}}", false],
  ["{warns: {}}", false],
  ["{warns: {}, not: true}", true],
  ["{warns: {message: map}}", true, "{map: text}"],
  ["{warns: {pattern: '(?i)^warning.*map'}}", true, "{map: text}"],
  ["{warns: {message: other}}", false, "{map: text}"],
];

for (const [assert, passes, set] of CASES) {
  Deno.test(`unittest ${passes ? "passes" : "fails"} ${assert}${set === undefined ? "" : ` with ${set}`}`, async () => {
    equal((await verdict(assert, set)).code, passes ? 0 : 1);
  });
}

Deno.test("unittest says what it found for its own asserts", async () => {
  match(
    (await verdict("{isHook: {event: post-install}, template: hook.yaml}")).text,
    /to be a hook:\n\s+post-install\n\s+Actual:\n\s+pre-install, post-delete, weight 5/,
  );
  match(
    (await verdict("{matchesSchema: {file: spec.json}, template: a.yaml}")).text,
    /to fit:\n\s+spec.json\n\s+Actual:\n\s+spec.replicas: /,
  );
  match(
    (await verdict("{resourceOrder: {order: [Deployment, ConfigMap/web]}}")).text,
    /Actual:\n\s+ConfigMap\/web\n\s+Deployment\/web\n/,
  );
  match((await verdict("{resourceOrder: {order: [ConfigMap/web, Service]}}")).text, /no object Service is rendered/);
});

Deno.test("unittest --strict refuses its own asserts", async () => {
  const { code, text } = await verdict("{isHook: {}, template: hook.yaml}", "{}", ["--strict"]);
  equal(code, 1);
  deepEqual(text.includes("asserts[0]"), false);
});

Deno.test("unittest says which of --values, --file and --filter select nothing, and leaves the verdict", () =>
  inFolder({
    ...CHART,
    "web/tests/own_test.yaml":
      "suite: own\ntests:\n- it: works\n  template: b.yaml\n  asserts: [{isKind: {of: ConfigMap}}]\n",
  }, async (folder) => {
    const run = (...flags: string[]) => program(["unittest", `${folder}/web`, ...flags]);
    const plain = await run(
      "--file",
      "tests/own_test.yaml",
      "--filter",
      "own",
      "--values",
      `${folder}/web/values.yaml`,
    );
    deepEqual([plain.code, plain.stderr], [0, ""]);
    const values = await run("--values", "none.yaml", "--values", "/none/x.yaml");
    match(values.stderr, /^Note: --values none.yaml matches no file\nNote: --values \/none\/x.yaml matches no file\n/);
    const file = await run("-f", "none/*_test.yaml");
    deepEqual([file.code, file.stderr], [0, "Note: --file none/*_test.yaml matches no file in the chart\n"]);
    const filter = await run("--filter", "nothing");
    deepEqual([filter.code, filter.stderr], [0, "Note: --filter nothing selects no test\n"]);
  }));

Deno.test("unittest -o with the name of a format says that it is a file", () =>
  inFolder(
    { ...CHART, "web/tests/own_test.yaml": "suite: own\ntests: [{it: works, asserts: []}]\n" },
    async (folder) => {
      const run = (file: string) => programIn(folder, ["unittest", "web", "-o", file]);
      match(
        (await run("json")).stderr,
        /^Note: -o names the file of a report: it is written to \.\/json; --output json prints the results as JSON\n/,
      );
      match((await run("junit")).stderr, /-o FILE -t JUnit writes a report of this type\n/);
      equal((await run("report.json")).stderr, "");
    },
  ));

Deno.test("unittest suggests the name of an unknown assert, with its line", () =>
  inFolder({
    ...CHART,
    "web/tests/own_test.yaml": "suite: own\ntests:\n- it: works\n  asserts:\n  - equals: {path: kind, value: x}\n",
  }, async (folder) => {
    const { code, stdout, stderr } = await program(["unittest", `${folder}/web`]);
    equal(code, 1);
    match(stdout, /Assertion type `equals` is invalid\n/);
    match(stderr, /^Note: .*own_test\.yaml:5: Assertion type `equals` is invalid: did you mean equal( or \w+)?\?\n$/);
  }));
