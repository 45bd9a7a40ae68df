/**
 * Examines releases and their records. Looks, and changes nothing.
 *
 * Releases are examined a few at a time, and what was read of one is dropped before the next: a store may hold
 * thousands of records of up to a megabyte.
 *
 * @module
 */
import { inPool, messageOf } from "../../base/mod.ts";
import { SkegError } from "../../../errors.ts";
import { KubeManifest, namedObjects } from "../../kube/mod.ts";
import { reportObjects } from "../../kube/served/mod.ts";
import type { Environment } from "../environment.ts";
import {
  beginExamination,
  type DoctorCheck,
  type DoctorOptions,
  type ExaminedRelease,
  examineRelease,
  type PlacedFinding,
} from "./examination.ts";
import { type DoctorReport, type Finding, sortFindings } from "./finding.ts";
import type { RecordEntry, RecordStore } from "./inventory.ts";
import { CHECKS } from "./table.ts";

/** Releases that are examined at the same time. */
const AT_ONCE = 4;

type Begun = Awaited<ReturnType<typeof beginExamination>>;

/** A release, before its content is read. */
interface ListedRelease {
  readonly name: string;
  readonly store: RecordStore;
  readonly entries: readonly RecordEntry[];
}

/**
 * Examines one release, one place of records, or all of the cluster.
 *
 * A check that fails, because the server refuses a request for example, is noted in `unseen` and stops no other.
 *
 * @throws SkegError of kind `not-found` when no record has the name of `release`.
 */
export async function examine(env: Environment, options: DoctorOptions = {}): Promise<DoctorReport> {
  const { release: only, kubernetes } = options;
  // Refuses a text that is no version before anything is read.
  if (kubernetes !== undefined) reportObjects([], { kubeVersion: kubernetes });
  const examination = await beginExamination(env, options);
  const releases = listedReleases(examination.stores, only);
  if (only !== undefined) checkIsThere(examination.stores, only);
  const findings: Finding[] = [];
  await inPool(releases, AT_ONCE, async (listed) => void findings.push(...await releaseFindings(examination, listed)));
  for (const store of examination.stores) findings.push(...await storeFindings(examination, store));
  findings.push(...await clusterFindings(examination));
  const shown = only === undefined ? findings : findings.filter(({ release }) => release === only || release === "");
  const isBroken = shown.some(({ severity }) => severity === "broken");
  return {
    schema: 1,
    server: env.kube.cluster.server,
    time: new Date(examination.now.seconds * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
    deep: options.deep === true,
    places: examination.stores.map((store) => ({
      storage: store.storage,
      namespace: store.namespace,
      configured: store.isConfigured,
      releases: new Set(store.entries.map(({ name }) => name)).size,
      revisions: store.entries.length,
    })),
    releases: releases.length,
    findings: sortFindings(shown),
    unseen: examination.unseen,
    result: isBroken ? "broken" : examination.unseen.length > 0 ? "incomplete" : "healthy",
  };
}

function listedReleases(stores: readonly RecordStore[], only: string | undefined): ListedRelease[] {
  return stores.flatMap((store) =>
    [...Map.groupBy(store.entries, ({ name }) => name)]
      .filter(([name]) => only === undefined || name === only)
      .map(([name, entries]) => ({ name, store, entries: entries.toSorted((a, b) => a.revision - b.revision) }))
  );
}

function checkIsThere(stores: readonly RecordStore[], name: string): void {
  const isThere = stores.some(({ entries, strays, misnamed }) =>
    [...entries, ...strays, ...misnamed].some((entry) => entry.name === name || entry.labels.NAME === name)
  );
  if (isThere) return;
  throw new SkegError("not-found", `release: ${JSON.stringify(name)} not found`, { missing: name });
}

async function releaseFindings(examination: Begun, { name, store, entries }: ListedRelease): Promise<Finding[]> {
  const examined = await attempt(
    examination,
    `records of release ${name}`,
    () => examineRelease(examination, name, store, entries),
  );
  if (examined === undefined) return [];
  await attempt(examination, `objects of release ${name}`, () => noteDeployed(examination, examined));
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    if (check.scope !== "release") continue;
    const what = `release ${name}: check ${check.id}`;
    const found = await attempt(examination, what, () => check.look(examination, examined)) ?? [];
    findings.push(...found.map((details) => findingOf(check, { ...details, release: name, store })));
  }
  return findings;
}

/** Notes the names of the objects in DEPLOYED revisions, for checks that compare releases. */
async function noteDeployed(examination: Begun, release: ExaminedRelease): Promise<void> {
  for (const record of release.records) {
    if (record.status !== "DEPLOYED" || !record.wasRead) continue;
    const { release: content } = await release.content(record) ?? {};
    if (content === undefined) continue;
    const { revision, namespace, manifest } = content;
    const objects = namedObjects(new KubeManifest(manifest).entries());
    examination.addDeployed({ release: release.name, store: release.store, revision, namespace, objects });
  }
}

async function storeFindings(examination: Begun, store: RecordStore): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    if (check.scope !== "store") continue;
    const what = `${store.storage} storage ${store.namespace}: check ${check.id}`;
    const found = await attempt(examination, what, () => check.look(examination, store)) ?? [];
    findings.push(...found.map((details) => findingOf(check, { store, ...details })));
  }
  return findings;
}

async function clusterFindings(examination: Begun): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const check of CHECKS) {
    if (check.scope !== "cluster") continue;
    const found = await attempt(examination, `check ${check.id}`, () => check.look(examination)) ?? [];
    findings.push(...found.map((details) => findingOf(check, details)));
  }
  return findings;
}

async function attempt<T>(examination: Begun, what: string, work: () => Promise<T>): Promise<T | undefined> {
  const { env } = examination;
  try {
    env.signal?.throwIfAborted();
    return await work();
  } catch (error) {
    if (env.signal?.aborted || error instanceof SkegError && error.kind === "aborted") throw error;
    examination.noteUnseen(what, messageOf(error));
    return undefined;
  }
}

function findingOf({ id, name }: DoctorCheck, details: PlacedFinding): Finding {
  const { severity, title, release = "", store, revision, evidence, consequence, repairs = [] } = details;
  return {
    id,
    name,
    severity,
    title,
    release,
    revision: revision ?? null,
    storage: store?.storage ?? "",
    namespace: store?.namespace ?? "",
    evidence,
    consequence,
    repairs,
    noRepair: repairs.length > 0 ? "" : details.noRepair ?? "",
  };
}
