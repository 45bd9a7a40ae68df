/** Tests of `list --contexts`, `--all-contexts` and `--health`, over sandboxes that are served like clusters. */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createSkeg } from "../../app/skeg.ts";
import { decodeDocument, parseJson, type Transport } from "../../engine/kube/mod.ts";
import { openSandbox, serveSandbox } from "../../engine/sandbox/mod.ts";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program, type ProgramOptions } from "../../tests/_lib/program.ts";
import { limited } from "../../tests/_lib/rbac.ts";

const CHART = chartFromFiles({
  "Chart.yaml": "name: site\nversion: 1.0.0\n",
  "templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
});

/** Ways of a cluster to behave. */
const WAYS: Readonly<Record<string, (transport: Transport) => Transport>> = {
  good: (transport) => transport,
  /** Refuses everything but discovery. */
  refusing: (transport) => limited(transport, []),
  /** Never answers. */
  slow: () => ({ signal }) =>
    new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
};

/** A fleet: contexts `east`, `north`, `slow`, `stopped` and `west`; every good cluster has the releases that are named. */
async function withFleet(
  releases: Readonly<Record<string, readonly string[]>>,
  work: (run: (argv: readonly string[], options?: ProgramOptions) => Promise<Outcome>) => Promise<void>,
): Promise<void> {
  const ways = { east: "good", north: "refusing", slow: "slow", stopped: "good", west: "good" };
  await inFolder({}, async (folder) => {
    const ends: (() => Promise<void>)[] = [];
    const merged = { clusters: [] as object[], users: [] as object[], contexts: [] as object[] };
    try {
      for (const [name, way] of Object.entries(ways)) {
        const sandbox = await openSandbox();
        const transport = WAYS[way]?.(sandbox.transport) ?? sandbox.transport;
        const served = await serveSandbox({ ...sandbox, transport }, { directory: join(folder, name) });
        if (name === "stopped") await served.stop();
        else ends.push(served.stop);
        ends.push(sandbox.close);
        const config = decodeDocument(readFileSync(served.kubeconfigPath, "utf8")) as {
          clusters: { cluster: object }[];
          users: { user: object }[];
        };
        merged.clusters.push({ name, cluster: config.clusters[0]?.cluster });
        merged.users.push({ name, user: config.users[0]?.user });
        merged.contexts.push({ name, context: { cluster: name, user: name } });
        if (releases[name] === undefined) continue;
        const skeg = createSkeg({ kubeconfig: served.kubeconfigPath });
        for (const release of releases[name] ?? []) await skeg.install(CHART, { name: release });
        await skeg.close();
      }
      const kubeconfig = join(folder, "all");
      writeFileSync(
        kubeconfig,
        JSON.stringify({ apiVersion: "v1", kind: "Config", "current-context": "west", ...merged }),
      );
      await work((argv, options) =>
        program([...argv, "--kubeconfig", kubeconfig], {
          own: true,
          ...options,
          variables: { HOME: folder, ...options?.variables },
        })
      );
    } finally {
      for (const end of ends) await end();
    }
  });
}

const options = { sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "list --all-contexts shows all good clusters, and names the others and the exit status",
  options,
  async () => {
    await withFleet({ east: ["web", "db"], west: ["web"] }, async (run) => {
      const { code, stdout, stderr } = await run(["list", "--all-contexts", "--context-timeout", "2"]);
      equal(code, 2);
      const lines = stdout.trimEnd().split("\n").map((line) => line.split(/\s*\t/).map((cell) => cell.trim()));
      deepEqual(lines.map((cells) => cells.slice(0, 3)), [
        ["CONTEXT", "NAME", "REVISION"],
        ["east", "db", "1"],
        ["east", "web", "1"],
        ["west", "web", "1"],
      ]);
      match(stderr, /^context north: .*forbidden/m);
      match(stderr, /^context slow: no answer within 2 seconds$/m);
      match(stderr, /^context stopped: cannot reach the API server at .*connection refused$/m);
      ok(!/context (east|west)/.test(stderr));
    });
  },
);

Deno.test(
  "list --contexts has the context in JSON, and the errors; only the named clusters are asked",
  options,
  async () => {
    await withFleet({ east: ["web"], west: ["web", "db"] }, async (run) => {
      const { code, stdout } = await run(["list", "--contexts", "west,stopped,nowhere", "--output", "json"]);
      equal(code, 2);
      const { Next, Releases, errors } = parseJson(stdout) as {
        Next: string;
        Releases: Record<string, unknown>[];
        errors: { context: string; message: string }[];
      };
      equal(Next, "");
      deepEqual(Releases.map((row) => [row.Context, row.Name, row.Status]), [
        ["west", "db", "DEPLOYED"],
        ["west", "web", "DEPLOYED"],
      ]);
      deepEqual(errors.map(({ context }) => context), ["stopped", "nowhere"]);
      match(errors[1]?.message ?? "", /context "nowhere" does not exist/);
      const good = await run(["list", "--contexts", "east", "--contexts", "west", "--short"]);
      deepEqual([good.code, good.stderr, good.stdout], [0, "", "east/web\nwest/db\nwest/web\n"]);
      const none = await run(["list", "--contexts", "stopped", "-q"]);
      deepEqual([none.code, none.stdout], [2, ""]);
    });
  },
);

Deno.test("list --health shows what doctor finds, with and without contexts", options, async () => {
  await withFleet({ west: ["web"] }, async (run) => {
    const healthy = await run(["list", "--health"]);
    match(healthy.stdout, /\tHEALTH *\n/);
    match(healthy.stdout, /^web .*\thealthy *$/m);
    const skeg = await run(["list", "--contexts", "west", "--health", "--output", "json"]);
    const { Releases } = parseJson(skeg.stdout) as { Releases: Record<string, unknown>[] };
    deepEqual(Releases.map(({ Context, Findings }) => ({ Context, Findings })), [{ Context: "west", Findings: [] }]);
  });
});

Deno.test(
  "doctor over contexts examines each cluster, and those that do not answer count as not looked at",
  options,
  async () => {
    await withFleet({ east: ["web"], west: ["web", "db"] }, async (run) => {
      const text = await run(["doctor", "--contexts", "east,stopped"]);
      equal(text.code, 2);
      match(text.stdout, /^Context east\n\n/);
      match(text.stderr, /^context stopped: cannot reach/);
      const { code, stdout } = await run(["doctor", "--contexts", "east,west", "--output", "json"]);
      equal(code, 0);
      const { contexts, errors } = parseJson(stdout) as { contexts: Record<string, unknown>[]; errors: unknown[] };
      deepEqual(contexts.map(({ context, releases, result }) => [context, releases, result]), [
        ["east", 1, "healthy"],
        ["west", 2, "healthy"],
      ]);
      deepEqual(errors, []);
    });
  },
);

Deno.test("export over contexts makes an archive for each", options, async () => {
  await withFleet({ east: ["web"], west: ["web", "db"] }, async (run) => {
    await inFolder({}, async (folder) => {
      const file = join(folder, "CONTEXT.tar.gz");
      const { code, stdout, stderr } = await run([
        "export",
        "--contexts",
        "east,stopped,west",
        "--file",
        file,
        "-o",
        "json",
      ]);
      equal(code, 2, stderr);
      match(stderr, /^context stopped: cannot reach/m);
      const { kind, contexts, errors } = parseJson(stdout) as {
        kind: string;
        contexts: { context: string; file: string; releases: unknown[] }[];
        errors: unknown[];
      };
      deepEqual([kind, errors.length], ["Exports", 1]);
      deepEqual(contexts.map(({ context, releases }) => [context, releases.length]), [["east", 1], ["west", 2]]);
      for (const { context, file } of contexts) {
        equal(file, join(folder, `${context}.tar.gz`));
        ok(readFileSync(file).length > 100);
      }
      match((await run(["export", "--contexts", "east", "--file", "x"])).stderr, /--file must contain CONTEXT/);
    });
  });
});

Deno.test("list over contexts refuses flags that name one cluster", options, async () => {
  const run = (...argv: string[]) => program(["list", ...argv], { own: true });
  match((await run("--all-contexts", "--sandbox=:memory:")).stderr, /--sandbox cannot be used with --contexts/);
  match((await run("--contexts", "a", "--kube-context", "b")).stderr, /--kube-context cannot be used/);
  match((await run("--contexts", "a", "--all-contexts")).stderr, /--contexts cannot be used with --all-contexts/);
  match((await run("--contexts", "a", "--offset", "web")).stderr, /--offset is about one cluster/);
  match((await run("--contexts", "a", "--context-timeout", "-1")).stderr, /at least 0/);
});
