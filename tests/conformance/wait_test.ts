/** Plain `--wait` beside the recorded verdicts of Helm 2.17.0 on the same sets of objects. */
import { equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createKubeClient, KubeManifest, type KubeObject, SkegError } from "../../engine/kube/mod.ts";
import { fakeServer } from "../_lib/fake_kube_server.ts";

interface Case {
  readonly id: string;
  readonly created: readonly KubeObject[];
  readonly live: readonly KubeObject[];
  readonly verdict: "ready" | "waiting" | "error";
  readonly error?: string;
}

const FILE = new URL("../../testdata/readiness/wait_cases.jsonl", import.meta.url);
const CASES: readonly Case[] = readFileSync(FILE, "utf8").split("\n").filter((line) => line !== "")
  .map((line) => JSON.parse(line));

/** Every API version of the cases, for discovery. */
const KINDS = new Map(
  CASES.flatMap(({ created }) => created).map(({ apiVersion, kind }) => [`${apiVersion}/${kind}`, {
    apiVersion: apiVersion ?? "",
    kind: kind ?? "",
  }]),
);

function pathOf({ apiVersion = "", kind = "", metadata }: KubeObject): string {
  const base = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return `${base}/namespaces/${metadata?.namespace}/${kind.toLowerCase()}s/${metadata?.name}`;
}

async function verdictOf({ created, live }: Case): Promise<{ verdict: string; error: string }> {
  const fake = fakeServer();
  for (const object of live) fake.put(pathOf(object), object);
  // The manifest is what Helm got from the server when it created the objects.
  const manifest = created.map((object) => JSON.stringify(object)).join("\n---\n");
  fake.intercept = ({ method, path, body }) => {
    if (method === "POST" && !path.includes("/namespaces?")) return new Response(body, { status: 201 });
    return undefined;
  };
  const cluster = { ...fake, transport: discovering(fake.transport) };
  try {
    const kube = createKubeClient(cluster, { waitIntervalMs: 1 });
    await kube.create(await kube.resolve("here", new KubeManifest(manifest)), {
      wait: true,
      timeoutSeconds: 0.03,
    });
    return { verdict: "ready", error: "" };
  } catch (error) {
    if (!(error instanceof SkegError)) throw error;
    return error.kind === "timeout" ? { verdict: "waiting", error: "" } : { verdict: "error", error: error.message };
  }
}

/** Adds the API versions of the cases to the discovery of the fake. */
function discovering(transport: ReturnType<typeof fakeServer>["transport"]): typeof transport {
  return async (request) => {
    const [, group = "", version = ""] = /^\/apis\/([^/]+)\/([^/]+)$/.exec(request.path) ?? [];
    const apiVersion = request.path === "/api/v1" ? "v1" : `${group}/${version}`;
    const kinds = [...KINDS.values()].filter((each) => each.apiVersion === apiVersion);
    if (kinds.length > 0) {
      const resources = [...kinds.map(({ kind }) => kind), ...apiVersion === "v1" ? ["Namespace"] : []]
        .map((kind) => ({ kind, name: `${kind.toLowerCase()}s`, namespaced: kind !== "Namespace" }));
      return Response.json({ kind: "APIResourceList", groupVersion: apiVersion, resources });
    }
    if (request.path !== "/apis") return await transport(request);
    const groups = Map.groupBy(
      [...KINDS.values()].filter((each) => each.apiVersion.includes("/")),
      (each) => each.apiVersion.split("/")[0],
    );
    return Response.json({
      kind: "APIGroupList",
      groups: [...groups].map(([name, each]) => ({
        name,
        versions: [...new Set(each.map(({ apiVersion }) => apiVersion))]
          .map((groupVersion) => ({ groupVersion, version: groupVersion.split("/")[1] })),
      })),
    });
  };
}

for (const each of CASES) {
  Deno.test(`--wait judges as Helm 2: ${each.id}`, async () => {
    const { verdict, error } = await verdictOf(each);
    equal(verdict, each.verdict);
    equal(error, each.error ?? "");
  });
}
