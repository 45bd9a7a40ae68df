/**
 * The steps of an operation as JSON data, and back.
 *
 * Records that exist are named by their revision and read again when the plan is applied, so that their updates carry the
 * versions that the server has then.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Release } from "../../model/mod.ts";
import { decodeRecord, encodeRecord, type StoredRelease } from "../../../storage/mod.ts";
import { isObject, type JsonObject, KubeManifest } from "../../kube/mod.ts";
import type { OperationSteps } from "../steps.ts";

/** Returns the operation as JSON data. */
export function packOperation({ releases, steps, rivals }: OperationSteps): JsonObject {
  const pack = (value: unknown): unknown => {
    if (value === releases.new && value !== undefined) return { $new: true };
    if (value instanceof KubeManifest) return { $manifest: value.text };
    if (Array.isArray(value)) return value.map(pack);
    if (!isObject(value)) return value;
    if (isRelease(value)) return isRecorded(value, releases) ? { $record: value.revision } : packRelease(value);
    return Object.fromEntries(
      Object.entries(value).filter(([, inner]) => inner !== undefined).map(([key, inner]) => [key, pack(inner)]),
    );
  };
  return {
    ...releases.new === undefined ? {} : { new: packRelease(releases.new) },
    ...releases.old === undefined ? {} : { old: pack(releases.old) },
    steps: pack(steps),
    ...rivals === undefined ? {} : { rivals: pack(rivals) },
  };
}

const packRelease = (release: Release): JsonObject => ({ $release: encodeRecord(release) });

function isRelease(value: JsonObject): value is JsonObject & Release {
  return typeof value.revision === "number" && typeof value.manifest === "string" && isObject(value.info);
}

/** Rivals have the release's name and are recorded in another place. */
function isRecorded({ name }: Release, { new: made, old }: OperationSteps["releases"]): boolean {
  return name === (made ?? old)?.name;
}

/**
 * Returns the operation of packed data.
 *
 * @param history The release's records, as they are now.
 * @throws SkegError of kind `record` when a record is gone.
 */
export function unpackOperation(data: JsonObject, history: readonly StoredRelease[]): OperationSteps {
  const made = data.new === undefined ? undefined : unpackRelease(data.new);
  const byRevision = new Map(history.map((release) => [release.revision, release]));
  const unpack = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(unpack);
    if (!isObject(value)) return value;
    if (value.$new === true) return made;
    if (typeof value.$manifest === "string") return new KubeManifest(value.$manifest);
    if (typeof value.$release === "string") return unpackRelease(value);
    if (typeof value.$record === "number") {
      const found = byRevision.get(value.$record);
      if (found === undefined) throw new SkegError("record", `revision ${value.$record} has no record any more`);
      return found;
    }
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unpack(inner)]));
  };
  return {
    releases: {
      new: made,
      old: data.old === undefined ? undefined : unpack(data.old) as StoredRelease,
    },
    checks: [],
    steps: unpack(data.steps) as OperationSteps["steps"],
    rivals: data.rivals === undefined ? undefined : unpack(data.rivals) as readonly Release[],
  };
}

/** Returns the release that packed data records; `undefined` if it records none. */
export function plannedRelease(data: JsonObject): Release | undefined {
  return data.new === undefined ? undefined : unpackRelease(data.new);
}

function unpackRelease(value: unknown): Release {
  const text = isObject(value) ? value.$release : undefined;
  if (typeof text !== "string") throw new SkegError("record", "the plan has no release");
  return decodeRecord(text);
}
