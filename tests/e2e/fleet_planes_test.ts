/**
 * `list`, `doctor` and `export` over four real control planes: a good one, a slow one, one that refuses its user, and one that is
 * stopped. Needs `KUBEBUILDER_ASSETS` with etcd and kube-apiserver.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSkeg } from "../../app/skeg.ts";
import { chartFromFiles } from "../../engine/chart/load/mod.ts";
import { decodeDocument, openCluster, parseJson } from "../../engine/kube/mod.ts";
import { type ControlPlane, startControlPlane } from "../_lib/control_plane.ts";
import { losingProxy } from "../_lib/losing_proxy.ts";
import { type Ran, runProgram } from "./_programs.ts";

const PROGRAMS = Deno.env.get("KUBEBUILDER_ASSETS") ?? "";
const LACKING = ["etcd", "kube-apiserver"].some((name) => !existsSync(join(PROGRAMS, name)));
const MAIN = new URL("../../main.ts", import.meta.url).href;

/** Releases in each control plane. */
const RELEASES = { good: ["db", "web"], slow: ["web"], refusing: ["hidden"], stopped: ["lost"] } as const;
type Name = keyof typeof RELEASES;
const NAMES = Object.keys(RELEASES) as Name[];
/** The slow one answers each request after this time. */
const DELAY_MS = 700;

const CHART = chartFromFiles({
  "Chart.yaml": "name: site\nversion: 1.0.0\n",
  "templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}}\n",
});

/** When the requests of one cluster began and ended, in milliseconds. */
interface Asked {
  first: number;
  last: number;
}

interface Fleet {
  readonly skeg: (...args: string[]) => Promise<Ran>;
  /** The clusters that answer, by name; empty before a run. */
  readonly asked: Map<Name, Asked>;
  /** Sets how long the slow one waits with each answer. */
  readonly delay: (milliseconds: number) => void;
  readonly folder: string;
}

/** Starts the control planes and installs the releases; then one is stopped. */
async function withFleet(play: (fleet: Fleet) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "skeg-fleet-"));
  const ends: (() => Promise<void>)[] = [];
  const merged = { clusters: [] as object[], users: [] as object[], contexts: [] as object[] };
  const asked = new Map<Name, Asked>();
  let delayMs = 0;
  const planes = await Promise.allSettled(
    NAMES.map((name) => startControlPlane(PROGRAMS, join(folder, name), { isBare: true })),
  );
  for (const plane of planes) if (plane.status === "fulfilled") ends.push(plane.value.stop);
  try {
    for (const [index, name] of NAMES.entries()) {
      const plane = planes[index];
      if (plane?.status !== "fulfilled") throw plane?.reason;
      await addContext(name, plane.value);
    }
    await ends[NAMES.indexOf("stopped")]?.();
    const kubeconfig = join(folder, "all");
    const config = { apiVersion: "v1", kind: "Config", "current-context": "good", ...merged };
    writeFileSync(kubeconfig, JSON.stringify(config), { mode: 0o600 });
    const env = { KUBECONFIG: kubeconfig, HOME: folder, HELM_HOME: join(folder, "helm") };
    await play({
      asked,
      folder,
      delay: (milliseconds) => void (delayMs = milliseconds),
      skeg: (...args) => runProgram(Deno.execPath(), ["run", "-A", "--no-check", MAIN, ...args], { env }),
    });
  } finally {
    for (const end of ends.toReversed()) await end();
    rmSync(folder, { recursive: true });
  }

  async function addContext(name: Name, { kubeconfig }: ControlPlane): Promise<void> {
    const skeg = createSkeg({ kubeconfig });
    for (const release of RELEASES[name]) await skeg.install(CHART, { name: release });
    await skeg.close();
    const own = decodeDocument(readFileSync(kubeconfig, "utf8")) as {
      clusters: { cluster: object }[];
      users: { user: object }[];
    };
    const user = { ...own.users[0]?.user, ...name === "refusing" ? { as: "stranger" } : {} };
    let cluster = own.clusters[0]?.cluster;
    if (name === "good" || name === "slow") {
      const upstream = await openCluster({ kubeconfig });
      const proxy = await losingProxy(async (request) => {
        const times = asked.get(name) ?? { first: performance.now(), last: 0 };
        asked.set(name, times);
        if (name === "slow") await new Promise((resolve) => setTimeout(resolve, delayMs));
        const answer = await upstream.transport(request);
        times.last = performance.now();
        return answer;
      });
      ends.push(upstream.close, proxy.close);
      cluster = { server: proxy.url };
    }
    merged.clusters.push({ name, cluster });
    merged.users.push({ name, user });
    merged.contexts.push({ name, context: { cluster: name, user: name } });
  }
}

const options = { ignore: LACKING, sanitizeOps: false, sanitizeResources: false };

Deno.test(
  "list, doctor and export over four control planes: one good, one slow, one that refuses, one stopped",
  options,
  () =>
    withFleet(async ({ skeg, asked, delay, folder }) => {
      delay(DELAY_MS);
      const listed = await skeg("list", "--all-contexts", "--output", "json");
      const end = performance.now();
      equal(listed.code, 2, listed.stderr);
      const { Releases, errors } = parseJson(listed.stdout) as {
        Releases: { Context: string; Name: string }[];
        errors: { context: string; message: string }[];
      };
      deepEqual(Releases.map(({ Context, Name }) => `${Context}/${Name}`), ["good/db", "good/web", "slow/web"]);
      deepEqual(errors.map(({ context }) => context), ["refusing", "stopped"]);
      match(errors[0]?.message ?? "", /User "stranger" cannot list resource "configmaps"/);
      match(errors[1]?.message ?? "", /cannot reach the API server/);
      match(listed.stderr, /^context refusing: .*\ncontext stopped: /m);
      // All are asked at once, and the program ends with the answer of the slowest that has one.
      const [good, slow] = [asked.get("good"), asked.get("slow")];
      ok(good !== undefined && slow !== undefined);
      ok(slow.first < good.last && good.last < slow.last, JSON.stringify([good, slow]));
      ok(end - slow.last < 2000, `it ended ${Math.round(end - slow.last)} ms after the last answer`);

      // A deadline leaves the slow one out, and nothing else.
      delay(60_000);
      const short = await skeg("list", "--all-contexts", "--context-timeout", "2", "--short");
      deepEqual([short.code, short.stdout], [2, "good/db\ngood/web\n"]);
      match(short.stderr, /^context slow: no answer within 2 seconds$/m);

      delay(0);
      const examined = await skeg("doctor", "--all-contexts", "--output", "json");
      equal(examined.code, 2);
      const report = parseJson(examined.stdout) as {
        contexts: { context: string; releases: number; result: string }[];
        errors: { context: string }[];
      };
      const results = new Map(
        report.contexts.map(({ context, releases, result }) => [context, `${releases} ${result}`]),
      );
      deepEqual([results.get("good"), results.get("slow")], ["2 healthy", "1 healthy"]);
      ok(
        results.get("refusing")?.endsWith("incomplete") ?? report.errors.some(({ context }) => context === "refusing"),
      );
      ok(report.errors.some(({ context }) => context === "stopped"));

      const exported = await skeg("export", "--all-contexts", "--file", join(folder, "CONTEXT.tar.gz"));
      equal(exported.code, 2);
      deepEqual(NAMES.filter((name) => existsSync(join(folder, `${name}.tar.gz`))), ["good", "slow"]);
      for (const name of ["refusing", "stopped"]) match(exported.stderr, new RegExp(`^context ${name}: `, "m"));
    }),
);
