/**
 * Examinations of healthy stores: how the cost of `skeg doctor` grows with releases and revisions. No peer does this work.
 *
 * @module
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { encodeRecord, recordLabels } from "../../storage/mod.ts";
import { someRelease } from "../../tests/_lib/releases.ts";
import { type Bench, type Candidate, chosen, compare, runOnce } from "./bench.ts";
import { type ControlPlane, startControlPlane } from "./control_plane.ts";

/** Stores: releases, and revisions of each. */
const STORES = [[100, 10], [1000, 10], [1, 1000]] as const;
/** Chart files in each record, in bytes; they do not compress. */
const FILE_BYTES = 20_000;
/** Records that are written at the same time. */
const WRITERS = 16;

/** `doctor` and `doctor --deep` on stores of 1,000 and 10,000 revisions; each on a server of its own. */
export async function doctor(bench: Bench): Promise<void> {
  for (const [releases, revisions] of bench.quick ? STORES.slice(0, 1) : STORES) {
    const works = ["", "-deep"].map((end) => `doctor-${releases}x${revisions}${end}`);
    if (!works.some((id) => bench.wanted(id))) continue;
    // What other families stored, or an earlier run, would be found.
    const store = `doctor-${releases}x${revisions}`;
    rmSync(join(bench.work, store), { recursive: true, force: true });
    const plane = await startControlPlane(bench, store);
    try {
      await fill(plane, releases, revisions);
      await examinations(bench, plane, releases, revisions);
    } finally {
      await plane.down();
    }
  }
}

/** Stores the records of healthy releases without objects. */
async function fill(plane: ControlPlane, releases: number, revisions: number): Promise<void> {
  const file = { path: "data.bin", data: crypto.getRandomValues(new Uint8Array(FILE_BYTES)) };
  const queue = Array.from({ length: releases * revisions }, (_, index) => index).values();
  const write = async (): Promise<void> => {
    for (const index of queue) {
      const revision = index % revisions + 1;
      const name = `app-${Math.floor(index / revisions)}`;
      const status = revision === revisions ? "DEPLOYED" : "SUPERSEDED";
      const { chart, ...sketch } = someRelease({ name, revision, status, manifest: "" });
      const release = { ...sketch, ...chart === undefined ? {} : { chart: { ...chart, files: [file] } } };
      await plane.call("POST", "/api/v1/namespaces/kube-system/configmaps", {
        metadata: { name: `${name}.v${revision}`, labels: { ...recordLabels(release), CREATED_AT: "1575195072" } },
        data: { release: encodeRecord(release) },
      });
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
}

async function examinations(bench: Bench, plane: ControlPlane, releases: number, revisions: number): Promise<void> {
  const { proxy, kubeconfig } = await plane.proxy(`doctor-${releases}x${revisions}`, 0);
  const count = (number: number): string => number.toLocaleString("en");
  const store = `${count(releases)} ${releases === 1 ? "release" : "releases"}, ${
    count(releases * revisions)
  } revisions`;
  try {
    for (const flags of [[], ["--deep"]]) {
      const args = ["doctor", ...flags];
      const id = `doctor-${releases}x${revisions}${flags.length === 0 ? "" : "-deep"}`;
      if (!bench.wanted(id)) continue;
      const candidates = (config: string): Candidate[] => [
        { who: "skeg", run: [...bench.programs.skeg, ...args], env: { KUBECONFIG: config } },
      ];
      await compare(bench, {
        family: "doctor",
        id,
        title: `\`${args.join(" ")}\`, ${store}`,
        note:
          "Records have 20 KB of files each. They are listed once, 500 on a page, and one record of each healthy release is " +
          "read; with `--deep` all are. About 110 requests do not depend on the store: discovery, and lists of each kind for " +
          "objects that no release owns.",
        candidates: candidates(plane.kubeconfig),
        runs: 5,
      });
      const entry = bench.results.get(id);
      for (const candidate of chosen(bench.programs, candidates(kubeconfig))) {
        proxy.take();
        await runOnce(bench, candidate, 0);
        if (entry !== undefined) entry.wire[candidate.who] = proxy.take();
      }
      bench.results.save();
    }
  } finally {
    await proxy.close();
  }
}
