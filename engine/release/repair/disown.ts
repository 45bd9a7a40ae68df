/**
 * `disown`: removes an object from a release's manifests that another release owns, too.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { KubeObject } from "../../model/mod.ts";
import { KubeManifest } from "../../kube/mod.ts";
import { callOptions } from "../_calls.ts";
import { ownersBeside } from "../_others.ts";
import type { Environment } from "../environment.ts";
import { describeObject, keyOf } from "../object_names.ts";
import { documentsOf, replaceDocuments, type TextDocument } from "./documents.ts";
import { decodeText, holdsExactly } from "./map_document.ts";
import { isDeployed } from "./mark.ts";
import { claimedAnywhere } from "./other_claims.ts";
import type {
  PreparedRepair,
  RecordWrite,
  ReleaseRecords,
  Repair,
  RepairChange,
  RepairNote,
  StoredRecord,
} from "./repair.ts";

/** Options of `disown`. */
export interface DisownOptions {
  /** `KIND/NAME`, such as `Deployment/web`. */
  readonly object: string;
  /** Its namespace; absent: that of the release. */
  readonly objectNamespace?: string | undefined;
}

/** The repair. */
export const disown: Repair<DisownOptions> = {
  name: "disown",
  notForAll: "it is about one object of one release",
  prepare,
};

async function prepare(
  env: Environment,
  { name, records }: ReleaseRecords,
  options: DisownOptions,
): Promise<PreparedRepair> {
  const [, kind = "", objectName = ""] = /^([^/]+)\/([^/]+)$/.exec(options.object) ?? [];
  if (kind === "") {
    throw new SkegError(
      "usage",
      `invalid object ${JSON.stringify(options.object)}: use KIND/NAME, such as Deployment/web`,
    );
  }
  const newest = records.at(-1);
  const changes: RepairChange[] = [];
  const notes: RepairNote[] = [];
  const writes: RecordWrite[] = [];
  for (const record of records.filter((record) => record === newest || isDeployed(record))) {
    const { release } = record;
    if (release === undefined) {
      notes.push(unsolved(record, record.problem ?? "it cannot be decoded"));
      continue;
    }
    const place = options.objectNamespace ?? release.namespace;
    const isIt = (object: KubeObject): boolean =>
      object.kind?.toLowerCase() === kind.toLowerCase() && object.metadata?.name === objectName &&
      // An object without a namespace, such as a ClusterRole, is compared with the release's.
      (object.metadata?.namespace || release.namespace) === place;
    const found = documentsOf(release.manifest).filter(({ text }) => isIt(objectIn(text)));
    if (found.length === 0) continue;
    await refuseUnlessOwned(env, name, release.namespace, found);
    const manifest = without(release.manifest, found);
    if (manifest === undefined) {
      notes.push(unsolved(record, "the other documents would not stay as they are"));
      continue;
    }
    for (const { text } of found) {
      const subject = `${objectIn(text).kind} ${JSON.stringify(objectName)}`;
      const texts = { before: text, after: "" };
      changes.push({ record: record.key, subject, before: "in the manifest", after: "removed", details: [], texts });
    }
    writes.push({ record, release: { ...release, manifest } });
  }
  if (writes.length === 0 && notes.length === 0) {
    const text = `neither the newest nor a DEPLOYED revision has ${kind} ${JSON.stringify(objectName)} as a document`;
    notes.push({ record: newest?.key ?? name, subject: "", text, unsolved: false, hint: "" });
  }
  return { changes, notes, writes };
}

/** Throws unless other releases own the objects: without an owner, no release would delete them any more. */
async function refuseUnlessOwned(
  env: Environment,
  name: string,
  namespace: string,
  documents: readonly TextDocument[],
): Promise<void> {
  const manifest = new KubeManifest(documents.map(({ text }) => text).join("\n---\n"));
  const infos = await env.kube.resolve(namespace, manifest, callOptions(env));
  const near = await ownersBeside(env, name)(infos);
  const others = infos.filter((info) => !near.has(keyOf(info)));
  // Only then: not every user may list the records of all namespaces.
  const far = await claimedAnywhere(env, name, others);
  const lone = others.find((info) => !far.has(keyOf(info)));
  if (lone === undefined) return;
  throw new SkegError("conflict", `no DEPLOYED revision of another release has ${describeObject(lone)}`, {
    hint: "Without another owner the object would belong to no release.",
  });
}

/** Returns the text without some documents; `undefined` when the others would not decode as before. */
function without(text: string, documents: readonly TextDocument[]): string | undefined {
  const starts = new Set(documents.map(({ start }) => start));
  const all = documentsOf(text);
  const removed = new Map(all.filter(({ start }) => starts.has(start)).map((document) => [document, undefined]));
  const result = replaceDocuments(text, removed);
  const others = all.filter(({ start }) => !starts.has(start)).map((document) => dataOf(document.text));
  return holdsExactly(documentsOf(result).map((document) => document.text), others) ? result : undefined;
}

function objectIn(text: string): KubeObject {
  const data = dataOf(text);
  return typeof data === "object" && data !== null && !Array.isArray(data) ? data as KubeObject : {};
}

function dataOf(text: string): unknown {
  try {
    return decodeText(text);
  } catch {
    return undefined;
  }
}

function unsolved({ key }: StoredRecord, text: string): RepairNote {
  return { record: key, subject: "", text: `the record is not changed: ${text}`, unsolved: true, hint: "" };
}
