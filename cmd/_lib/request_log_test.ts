import { deepEqual, equal, ok, rejects } from "node:assert/strict";
import type { KubeRequest } from "../../engine/kube/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { program } from "../../tests/_lib/program.ts";
import { memoryPrinter } from "./print.ts";
import { loggedTransport } from "./request_log.ts";

const SECRET = {
  kind: "Secret",
  metadata: {
    name: "db",
    annotations: { "kubectl.kubernetes.io/last-applied-configuration": '{"data":{"a":"b3Blbi1zZXNhbWU="}}' },
  },
  data: { password: "b3Blbi1zZXNhbWU=" },
  stringData: { password: "open-sesame" },
};

async function logOf(level: number, request: Partial<KubeRequest> = {}, answer: unknown = SECRET): Promise<string> {
  const print = memoryPrinter();
  const transport = () => Promise.resolve(Response.json(answer, { status: 200, statusText: "OK" }));
  const logged = loggedTransport({ transport, server: "https://127.0.0.1:6443" }, level, print);
  const got = await logged({ method: "GET", path: "/api/v1/namespaces/x/secrets/db", ...request });
  deepEqual(await got.json(), answer);
  return print.stderr.replace(/in \d+ milli/g, "in 5 milli");
}

Deno.test("loggedTransport() shows nothing below 6, and the line of a request at 6", async () => {
  equal(await logOf(5), "");
  equal(await logOf(6), "GET https://127.0.0.1:6443/api/v1/namespaces/x/secrets/db 200 OK in 5 milliseconds\n");
});

Deno.test("loggedTransport() shows headers at 7, and no secret of a body at 8 and 9", async () => {
  ok((await logOf(7)).includes("  Accept: application/json\n"));
  for (const level of [8, 9]) {
    const text = await logOf(level, { method: "PUT", body: JSON.stringify({ items: [SECRET] }) });
    ok(text.includes('"password":"<not shown>"'), text);
    ok(text.includes("Request Body") && text.includes("Response Body"), text);
    equal(/open-sesame|b3Blbi1zZXNhbWU/.test(text), false, text);
  }
  const patch = JSON.stringify([{ op: "replace", path: "/data/password", value: "b3Blbi1zZXNhbWU=" }]);
  equal((await logOf(9, { method: "PATCH", body: patch })).includes("b3Blbi1zZXNhbWU"), false);
});

Deno.test("loggedTransport() shows no credential of variables, command lines, annotations and patches", async () => {
  const pod = {
    kind: "Pod",
    metadata: { annotations: { "example.com/api-key": "canary-1" } },
    spec: {
      containers: [{
        env: [
          { name: "DB_PASSWORD", value: "canary-2" },
          { name: "DATABASE_URL", value: "postgres://ann:canary-3@db/x" },
          { name: "MODE", value: "shown-1" },
        ],
        args: ["--user", "shown-2", "--password", "canary-4", "--api-token=canary-5", "--v", "shown-3"],
        command: ["sh", "-c", "run --secret canary-6; TOKEN='canary-7 canary-8' run"],
      }],
      volumes: [{ secret: { secretName: "shown-4" } }],
    },
  };
  const patches: readonly unknown[] = [
    pod,
    { spec: { template: pod } },
    { metadata: { annotations: { "kubectl.kubernetes.io/last-applied-configuration": "canary-9" } } },
    [
      { op: "replace", path: "/spec/containers/0/env/0/value", value: "canary-10" },
      { op: "add", path: "/spec/containers/0/env/-", value: { name: "API_KEY", value: "canary-11" } },
      { op: "add", path: "/spec/containers/0/args/3", value: "canary-12" },
      { op: "add", path: "/spec/containers/0/args", value: ["--token", "canary-16"] },
      { op: "add", path: "/metadata/annotations/example.com~1token", value: "canary-13" },
      {
        op: "add",
        path: "/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration",
        value: "canary-14",
      },
      { op: "replace", path: "/stringData", value: { a: "canary-15" } },
      { op: "replace", path: "/spec/replicas", value: "shown-5" },
    ],
  ];
  for (const body of patches) {
    const text = await logOf(9, { method: "PATCH", body: JSON.stringify(body) }, { items: [pod] });
    equal(/canary/.test(text), false, text);
    for (const shown of ["shown-1", "shown-2", "shown-3", "shown-4", "DB_PASSWORD", "--password"]) {
      ok(text.includes(shown), `${shown}: ${text}`);
    }
  }
  ok((await logOf(9, { method: "PATCH", body: JSON.stringify(patches[3]) })).includes("shown-5"));
});

Deno.test("loggedTransport() cuts long bodies at 8 and shows them at 9", async () => {
  const long = { kind: "Pod", spec: "x".repeat(5000) };
  ok((await logOf(8, {}, long)).includes("[truncated "));
  ok((await logOf(9, {}, long)).includes("x".repeat(5000)));
});

Deno.test("loggedTransport() logs a request that gets no answer, and rejects", async () => {
  const print = memoryPrinter();
  const transport = () => Promise.reject(new Error("connection refused"));
  const logged = loggedTransport({ transport, server: "https://127.0.0.1:1" }, 6, print);
  await rejects(logged({ method: "GET", path: "/version" }), /connection refused/);
  ok(/^GET https:\/\/127\.0\.0\.1:1\/version failed in \d+ milliseconds: connection refused\n$/.test(print.stderr));
});

Deno.test("-v=9 of an install shows its requests, and no content of a Secret or a record", () =>
  inFolder({
    "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
    "web/templates/a.yaml":
      "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {password: {{ .Values.password | quote }}}\n",
  }, async (folder) => {
    const argv = ["install", `${folder}/web`, "--name", "web", "--set", "password=open-sesame", "--sandbox=:memory:"];
    const { code, stderr } = await program([...argv, "-v=9"], { own: true });
    equal(code, 0);
    ok(stderr.includes("POST sandbox:/api/v1/namespaces/default/secrets"));
    equal(/open-sesame|b3Blbi1zZXNhbWU|H4sI/.test(stderr), false);
    // Helm has no such flag.
    deepEqual((await program([...argv, "-v=9"])).code, 1);
  }));

Deno.test("search keeps its own -v", async () => {
  const { stdout } = await program(["search", "--help"], { own: true });
  ok(stdout.includes("  -v, --version string"));
  ok(stdout.includes("      --v int"));
});
