/**
 * Measures `skeg doctor` on stores of many records, on a real API server: time, requests and memory of the whole process.
 *
 * `KUBEBUILDER_ASSETS=$(../shared/lab/assets) deno run -A --no-check bench/doctor.ts [--skeg COMMAND]`. COMMAND is a
 * script for Deno; by default `main.ts`.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCluster } from "../engine/kube/mod.ts";
import { configMapDriver } from "../storage/mod.ts";
import { startControlPlane } from "../tests/_lib/control_plane.ts";
import { objectCallOf } from "../tests/_lib/object_call.ts";
import { someRelease } from "../tests/_lib/releases.ts";

/** Stores: releases, and revisions of each. */
const STORES = [[100, 10], [1000, 10], [1, 1000]] as const;
const RUNS = 3;
/** Writes at the same time. */
const WRITERS = 16;

const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

const at = Deno.args.indexOf("--skeg");
const script = at < 0 ? new URL("../main.ts", import.meta.url).pathname : Deno.args[at + 1] ?? "";

say("| store | seconds | requests | peak MiB | with --deep: seconds | requests | peak MiB |");
say("|---|---|---|---|---|---|---|");
for (const [releases, revisions] of STORES) {
  const folder = mkdtempSync(join(tmpdir(), "skeg-doctor-"));
  const plane = await startControlPlane(Deno.env.get("KUBEBUILDER_ASSETS") ?? "", folder);
  try {
    await fill(plane.kubeconfig, releases, revisions);
    const cells = [];
    for (const flags of [[], ["--deep"]]) {
      const runs = [];
      for (let run = 0; run < RUNS; run++) runs.push(await measure(plane.kubeconfig, folder, flags));
      const best = runs.toSorted((a, b) => a.seconds - b.seconds)[0];
      cells.push(best?.seconds.toFixed(1), best?.requests, best?.peakMib);
    }
    say(`| ${releases} releases, ${releases * revisions} revisions | ${cells.join(" | ")} |`);
  } finally {
    await plane.stop();
    rmSync(folder, { recursive: true });
  }
}

/** Stores the records, each with 20 KB of chart files that do not compress. */
async function fill(kubeconfig: string, releases: number, revisions: number): Promise<void> {
  const cluster = await openCluster({ kubeconfig });
  const driver = configMapDriver(objectCallOf(cluster.transport), "kube-system");
  const file = { path: "data.bin", data: crypto.getRandomValues(new Uint8Array(20_000)) };
  const queue = Array.from({ length: releases * revisions }, (_, index) => index).values();
  const write = async (): Promise<void> => {
    for (const index of queue) {
      const revision = index % revisions + 1;
      const name = `app-${Math.floor(index / revisions)}`;
      const status = revision === revisions ? "DEPLOYED" : "SUPERSEDED";
      const { chart, ...sketch } = someRelease({ name, revision, status, manifest: "" });
      await driver.create({ ...sketch, ...chart === undefined ? {} : { chart: { ...chart, files: [file] } } });
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  await cluster.close();
}

/** Runs the command in a process of its own. */
async function measure(
  kubeconfig: string,
  home: string,
  flags: readonly string[],
): Promise<{ seconds: number; requests: number; peakMib: number }> {
  const args = ["-f", "%e %M", Deno.execPath(), "run", "-A", "--no-check", script, "doctor", "-v=6", ...flags];
  const env = { KUBECONFIG: kubeconfig, HOME: home, HELM_HOME: join(home, "helm") };
  const { stdout, stderr } = await new Deno.Command("/usr/bin/time", { args, env }).output();
  const text = new TextDecoder().decode(stderr);
  const [, seconds = "0", peak = "0"] = /(?:^|\n)([\d.]+) (\d+)\n$/.exec(text) ?? [];
  if (!/release(s)? examined/.test(new TextDecoder().decode(stdout))) throw new Error(text);
  const requests = text.match(/\bGET\b|\bPOST\b/g)?.length ?? 0;
  return { seconds: Number(seconds), requests, peakMib: Math.round(Number(peak) / 1024) };
}
