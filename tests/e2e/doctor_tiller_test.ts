/**
 * Unhealthy states that the real Helm 2 and its Tiller have made: doctor finds each, and names nothing else.
 */
import { deepEqual, equal, match, notEqual } from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DoctorReport, Finding } from "../../engine/release/mod.ts";
import { deploymentManifest } from "../_lib/deployment_manifest.ts";
import { type Arena, good, LACKING, together } from "./_two_programs.ts";

/** Writes a chart of documents. */
function chart({ folder }: Arena, name: string, documents: Record<string, string>): string {
  const at = join(folder, name);
  mkdirSync(join(at, "templates"), { recursive: true });
  writeFileSync(join(at, "Chart.yaml"), "{name: sick, version: 0.1.0}\n");
  for (const [file, text] of Object.entries(documents)) writeFileSync(join(at, "templates", `${file}.yaml`), text);
  return at;
}

const map = (name: string, more = ""): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}${more}}\ndata: {a: b}\n`;
/** A Service that the server refuses. */
const BAD = "apiVersion: v1\nkind: Service\nmetadata: {name: bad}\nspec: {ports: [{port: 70000}]}\n";

async function findings({ skeg }: Arena, ...argv: string[]): Promise<readonly Finding[]> {
  const { stdout, stderr } = await skeg("doctor", "--output", "json", ...argv);
  equal(stderr, "");
  const report: DoctorReport = JSON.parse(stdout);
  deepEqual(report.unseen, []);
  return report.findings;
}

const ids = (found: readonly Finding[]): string[] => found.map(({ id, release }) => `${id} ${release}`);

function tillerStory(name: string, play: (arena: Arena) => Promise<void>): void {
  Deno.test({ name: `story: ${name}`, ignore: LACKING, fn: () => together(play) });
}

tillerStory("doctor finds nothing on releases of Tiller that are well", async (arena) => {
  const { helm, namespace } = arena;
  good(
    await helm(
      "install",
      chart(arena, "one", { a: map("a"), b: map("b") }),
      "--name",
      "well",
      "--namespace",
      namespace,
    ),
  );
  good(await helm("upgrade", "well", chart(arena, "two", { a: map("a"), c: map("c") })));
  good(await helm("rollback", "well", "1"));
  deepEqual(ids(await findings(arena)), []);
  good(await helm("delete", "well"));
  deepEqual(ids(await findings(arena)), []);
});

tillerStory(
  "doctor finds what a failed upgrade of Tiller left (O4), and a selector that cannot change (O12)",
  async (arena) => {
    const { helm, namespace } = arena;
    good(
      await helm(
        "install",
        chart(arena, "one", { a: map("a"), d: deploymentManifest("web") }),
        "--name",
        "left",
        "--namespace",
        namespace,
      ),
    );
    notEqual(
      (await helm(
        "upgrade",
        "left",
        chart(arena, "two", { a: map("a"), b: map("b"), d: deploymentManifest("other"), z: BAD }),
      ))
        .code,
      0,
    );
    const found = (await findings(arena)).filter(({ id }) => id.startsWith("O"));
    deepEqual(ids(found), ["O12 left", "O4 left"].toSorted());
    const told = found.flatMap(({ evidence }) => evidence.map(({ text }) => text)).join("\n");
    match(told, /^ConfigMap "b": created since revision 2 began/m);
    match(
      told,
      /^Deployment "web": spec\.selector\.matchLabels\.app is web in the cluster and other in the manifest$/m,
    );
  },
);

tillerStory("doctor finds a hook's Job that Tiller's next upgrade finds (O7)", async (arena) => {
  const { helm, namespace } = arena;
  const job = `apiVersion: batch/v1
kind: Job
metadata: {name: migrate, annotations: {helm.sh/hook: "post-install,pre-upgrade"}}
spec:
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: example.invalid/job}]
`;
  const at = chart(arena, "one", { a: map("a"), job });
  good(await helm("install", at, "--name", "hooked", "--namespace", namespace));
  const found = await findings(arena);
  deepEqual(ids(found), ["O7 hooked"]);
  match(
    found[0]?.evidence[0]?.text ?? "",
    /^Job "migrate": succeeded, created \d+ seconds? ago, last run \d+ seconds? ago$/,
  );
  match((await helm("upgrade", "hooked", at)).stderr, /"migrate" already exists/);
});

tillerStory(
  "after a deletion by Tiller, doctor leaves out what is being deleted, was kept, or was made since",
  async (arena) => {
    const { helm, namespace, send, read } = arena;
    const kept = map("kept", ", annotations: {helm.sh/resource-policy: keep}");
    const at = chart(arena, "one", {
      a: map("a"),
      held: map("held", ", finalizers: [cleaner.example.com/wait]"),
      kept,
    });
    good(await helm("install", at, "--name", "gone", "--namespace", namespace));
    good(await helm("delete", "gone"));
    // What is being deleted is no orphan, and what was kept is none.
    deepEqual(ids(await findings(arena)), []);
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    equal(await send("POST", path, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a" } }), 201);
    // An object that was made after the deletion is another client's.
    await new Promise((resolve) => setTimeout(resolve, 1100));
    deepEqual(ids(await findings(arena)), []);
    equal((await read(`${path}/held`))?.metadata?.deletionTimestamp !== undefined, true);
    const transport = arena.cluster.transport;
    const body = JSON.stringify({ metadata: { finalizers: null } });
    await transport({ method: "PATCH", path: `${path}/held`, body, contentType: "application/merge-patch+json" });
  },
);
