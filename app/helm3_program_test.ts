/** A stand-in plays Helm 3: a script that reads the record, asks the cluster through the gate, and tries to write. */
import { deepEqual, equal, match, ok, rejects } from "node:assert/strict";
import { chartFromFiles } from "../engine/chart/load/mod.ts";
import type { KubeRequest, Transport } from "../engine/kube/mod.ts";
import { SkegError } from "../errors.ts";
import { findHelm3, helm3Renderer } from "./helm3_program.ts";

const SCRIPT = `
const [command, ...args] = Deno.args;
if (command === "version") { console.log(Deno.env.get("STAND_IN") ?? "v3.22.0+g1234567"); Deno.exit(0); }
const server = /server: (\\S+)/.exec(Deno.readTextFileSync(Deno.env.get("KUBECONFIG")))[1];
const get = await fetch(server + "/version");
const post = await fetch(server + "/api/v1/namespaces", { method: "POST", body: "{}" });
const outside = await fetch(new URL("/version", server));
const record = Deno.readTextFileSync(Deno.env.get("HELM_MEMORY_DRIVER_DATA"));
const folder = Deno.env.get("KUBECONFIG").replace(/kubeconfig$/, "");
const chart = Deno.readFileSync(args[1]).length;
const mode = Deno.statSync(folder).mode & 0o777;
if (record.includes("bad: true")) {
  console.error("Error: UPGRADE FAILED: template: web/templates/a.yaml:1:3: executing");
  Deno.exit(1);
}
if (record.includes("bad4: true")) {
  console.error("level=WARN msg=x\\nError: UPGRADE FAILED: web/templates/a.yaml:1:50\\n  executing \\"web/templates/a.yaml\\" at <include \\"x\\" .>:" +
    "\\n    error calling include:\\nweb/templates/a.yaml:1:26\\n  executing \\"x\\" at <.Values.a.b.c>:\\n    nil pointer evaluating interface {}.b\\n");
  Deno.exit(1);
}
if (record.includes("broken: true")) { console.error("Error: Kubernetes cluster unreachable"); Deno.exit(1); }
console.log(JSON.stringify({
  manifest: JSON.stringify({ args, version: (await get.json()).gitVersion, post: post.status, outside: outside.status, folder, chart, mode,
    driver: Deno.env.get("HELM_DRIVER"), token: Deno.env.get("KUBE_TOKEN") ?? "", isRevision3: record.includes("version: 3") }),
  hooks: [{ name: "h", kind: "Job", events: ["pre-upgrade"], manifest: "kind: Job" }],
}));
`;

async function standIn(test: (command: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/helm.js`, SCRIPT);
    const start = `#!/bin/sh\nexec ${Deno.execPath()} run --no-config --no-lock --quiet -A ${folder}/helm.js "$@"\n`;
    await Deno.writeTextFile(`${folder}/helm`, start, { mode: 0o700 });
    await test(`${folder}/helm`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const chart = chartFromFiles({
  "Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
  "templates/a.yaml": "a: 1\n",
});
const QUESTION = { name: "web", namespace: "shop", revision: 4, chart };
const ignore = Deno.build.os === "windows";

Deno.test({
  name: "helm3Renderer() lets the program read the cluster and nothing else, and removes what it was given",
  ignore,
  fn: async () => {
    const requests: KubeRequest[] = [];
    const transport: Transport = (request) => {
      requests.push(request);
      return Promise.resolve(Response.json({ gitVersion: "v1.30.0" }));
    };
    await standIn(async (command) => {
      const program = await findHelm3(command);
      deepEqual(program, { command, version: "v3.22.0" });
      ok(program !== undefined);
      Deno.env.set("KUBE_TOKEN", "secret");
      const answer = await helm3Renderer(program, transport).render({ ...QUESTION, config: "a: 1\n" });
      Deno.env.delete("KUBE_TOKEN");
      ok(answer.failure === undefined);
      const seen = JSON.parse(answer.manifest);
      deepEqual(seen.args.slice(0, 1).concat(seen.args.slice(2)), [
        "web",
        "-n",
        "shop",
        "-o",
        "json",
        "--dry-run=server",
      ]);
      deepEqual([seen.version, seen.post, seen.outside], ["v1.30.0", 405, 404]);
      deepEqual([seen.driver, seen.token, seen.mode, seen.isRevision3], ["memory", "", 0o700, true]);
      ok(seen.chart > 100);
      await rejects(Deno.stat(seen.folder), Deno.errors.NotFound);
      deepEqual(requests.map(({ method, path }) => [method, path]), [["GET", "/version"]]);
      equal(answer.hooks[0]?.name, "h");
    });
  },
});

Deno.test({
  name: "helm3Renderer() tells a chart that fails from a program that fails",
  ignore,
  fn: async () => {
    const transport: Transport = () => Promise.resolve(Response.json({}));
    await standIn(async (command) => {
      const renderer = helm3Renderer({ command, version: "v3.22.0" }, transport);
      const answer = await renderer.render({ ...QUESTION, config: "bad: true\n" });
      match(answer.failure ?? "", /^template: web\/templates\/a\.yaml:1:3: executing/);
      const ofHelm4 = await renderer.render({ ...QUESTION, config: "bad4: true\n" });
      equal(
        ofHelm4.failure,
        'template: web/templates/a.yaml:1:50: executing "web/templates/a.yaml" at <include "x" .>: error calling include: ' +
          'template: web/templates/a.yaml:1:26: executing "x" at <.Values.a.b.c>: nil pointer evaluating interface {}.b',
      );
      await rejects(
        renderer.render({ ...QUESTION, config: "broken: true\n" }),
        (error) =>
          error instanceof SkegError && error.kind === "io" && /Kubernetes cluster unreachable/.test(error.message),
      );
    });
  },
});

Deno.test({
  name: "findHelm3() refuses a named program that is another one",
  ignore,
  fn: async () => {
    await rejects(findHelm3("/nowhere/helm"), /is not a Helm 3 or 4: it cannot be started, or is another program/);
    Deno.env.set("STAND_IN", "Client: v2.17.0+ga690bad");
    try {
      await standIn(async (command) => {
        await rejects(findHelm3(command), /it is Helm v2\.17\.0/);
      });
    } finally {
      Deno.env.delete("STAND_IN");
    }
  },
});
