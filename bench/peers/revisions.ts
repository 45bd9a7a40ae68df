/**
 * Writes many stored revisions in the formats of Tiller and Helm 3, without
 * installing anything.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { constants, crc32, deflateRawSync } from "node:zlib";
import type { Release, StatusCode } from "../../engine/model/mod.ts";
import { chartFromFiles } from "../../mod.ts";
import { encodeRelease, recordLabels } from "../../storage/mod.ts";
import type { Bench } from "./bench.ts";
import type { ControlPlane } from "./control_plane.ts";

/** Revisions of each release. */
export const REVISIONS = 10;
/** Sizes of records as Tiller stores them, in bytes: most are small, some are large. */
const SMALLEST = 20_000, LARGEST = 200_000;
/** Different contents. */
const CONTENTS = 16;
/** Objects that are written at the same time. */
const WRITERS = 16;

/** Name of a release: `app-0007`. */
export function releaseName(index: number): string {
  return `app-${String(index).padStart(4, "0")}`;
}

/** Bytes that are compressed once for many records. */
interface Packed {
  readonly bytes: Uint8Array;
  /** Compressed bytes, usable as the beginning or the end of a stream. */
  readonly packed: Uint8Array;
}

/** The content of a record, for each way to store it. */
interface Content {
  readonly protobuf: Packed;
  readonly json: Packed;
}

/** Compresses the first or the last part of a stream; both together are one stream. */
function pack(bytes: Uint8Array, place: "first" | "last", level = 9): Packed {
  const finishFlush = place === "first" ? constants.Z_SYNC_FLUSH : constants.Z_FINISH;
  return { bytes, packed: deflateRawSync(bytes, { level, finishFlush }) };
}

/** Returns a gzip file with one member, as both programs write it. */
function gzip(first: Packed, last: Packed): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(last.bytes, crc32(first.bytes)), 0);
  trailer.writeUInt32LE(first.bytes.length + last.bytes.length, 4);
  return Buffer.concat([Buffer.from([31, 139, 8, 0, 0, 0, 0, 0, 2, 255]), first.packed, last.packed, trailer]);
}

/**
 * Fills a namespace with `count` revisions of each kind, once.
 *
 * Parts that many records share are compressed only once.
 */
export async function fill(bench: Bench, plane: ControlPlane, namespace: string, count: number): Promise<void> {
  const root = `/api/v1/namespaces/${namespace}`;
  if (!(await plane.call("GET", `${root}/configmaps/filled`)).includes('"Failure"')) return;
  const started = performance.now();
  await plane.call("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
  for (const name of OBJECTS) await plane.call("POST", `${root}/configmaps`, { metadata: { name } });
  const contents = Array.from({ length: CONTENTS }, (_, index) => makeContent(index));
  let next = 0;
  const write = async (): Promise<void> => {
    for (let index = next++; index < count; index = next++) {
      const content = contents[(index * 7) % CONTENTS];
      if (content === undefined) throw new Error("no content");
      const release = head(namespace, Math.floor(index / REVISIONS), 1 + index % REVISIONS);
      await plane.call("POST", `${root}/configmaps`, asConfigMap(release, content));
      await plane.call("POST", `${root}/secrets`, asSecret(release, content));
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, write));
  await plane.call("POST", `${root}/configmaps`, { metadata: { name: "filled" } });
  bench.say(`${namespace}: filled in ${Math.round((performance.now() - started) / 1000)} s`);
}

/** The objects of every manifest. */
const OBJECTS = ["settings-0", "settings-1", "settings-2"] as const;
const MANIFEST = OBJECTS.map((name) =>
  `\n---\n# Source: app/templates/${name}.yaml\napiVersion: v1\nkind: ConfigMap\n` +
  `metadata:\n  name: ${name}\n`
).join("");

/** Returns a release without its content. */
function head(namespace: string, index: number, revision: number): Release {
  const newest: StatusCode = index % 20 === 19 ? "DELETED" : index % 20 === 9 ? "FAILED" : "DEPLOYED";
  const deployed = { seconds: 1_577_836_800 + index * 1000 + revision, nanos: 0 };
  return {
    name: releaseName(index),
    namespace,
    revision,
    info: {
      status: { code: revision === REVISIONS ? newest : "SUPERSEDED", resources: "", notes: "" },
      firstDeployed: deployed,
      lastDeployed: deployed,
      description: "Upgrade complete",
    },
    manifest: "",
    hooks: [],
  };
}

/** Returns a chart whose record has about the size for `index`. */
function makeContent(index: number): Content {
  const wanted = SMALLEST * (LARGEST / SMALLEST) ** (index / (CONTENTS - 1));
  let chars = wanted * 3;
  for (let attempt = 0;; attempt++) {
    const files = Object.fromEntries(
      Array.from({ length: 10 }, (_, file) => [`templates/part-${file}.yaml`, prose(index * 10 + file, chars / 10)]),
    );
    const chart = chartFromFiles({
      "Chart.yaml": `apiVersion: v1\nname: app\nversion: 1.${index}.0\nappVersion: "1.0"\n`,
      "values.yaml": prose(index, 2000),
      ...files,
    });
    const release: Release = { ...head("", 0, 0), name: "", chart, manifest: MANIFEST };
    const protobuf = pack(encodeRelease(release), "first");
    const sizeBytes = protobuf.packed.length * 4 / 3;
    if (attempt === 3 || Math.abs(sizeBytes / wanted - 1) < 0.03) {
      return { protobuf, json: pack(Buffer.from(jsonContent(index, files)), "last") };
    }
    chars *= wanted / sizeBytes;
  }
}

/** Returns the end of a release in Helm 3's JSON: chart and manifest. */
function jsonContent(index: number, files: Readonly<Record<string, string>>): string {
  const templates = Object.entries(files).map(([name, data]) => ({ name, data: Buffer.from(data).toString("base64") }));
  const metadata = { apiVersion: "v1", name: "app", version: `1.${index}.0`, appVersion: "1.0" };
  const chart = { metadata, lock: null, templates, values: { replicas: 1 }, schema: null, files: null };
  return `"chart":${JSON.stringify(chart)},"manifest":${JSON.stringify(MANIFEST)}}`;
}

/** Returns text that compresses about as well as templates. */
function prose(seed: number, chars: number): string {
  let state = seed * 2_654_435_761 % 2_147_483_648 + 1;
  const words = [
    "name",
    "image",
    "{{ .Values.tag }}",
    "replicas",
    "labels",
    "selector",
    "ports",
    "env",
    "value",
    "mount",
  ];
  let text = "";
  while (text.length < chars) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += `  ${words[(state >> 8) % words.length]}-${(state >> 12) % 9973}: "${state.toString(36)}"\n`;
  }
  return text;
}

function asConfigMap(release: Release, { protobuf }: Content): unknown {
  // When a field occurs twice, the later one is used.
  const packed = gzip(protobuf, pack(encodeRelease(release), "last", 1));
  const labels = { ...recordLabels(release), MODIFIED_AT: String(release.info.lastDeployed?.seconds ?? 0) };
  return {
    metadata: { name: `${release.name}.v${release.revision}`, labels },
    data: { release: packed.toString("base64") },
  };
}

const STATUSES: Readonly<Record<string, string>> = {
  DEPLOYED: "deployed",
  FAILED: "failed",
  DELETED: "uninstalled",
  SUPERSEDED: "superseded",
};

function asSecret(release: Release, { json }: Content): unknown {
  const { name, namespace, revision, info } = release;
  const status = STATUSES[info.status.code] ?? "unknown";
  const time = new Date((info.lastDeployed?.seconds ?? 0) * 1000).toISOString();
  const described = { first_deployed: time, last_deployed: time, deleted: "", description: info.description, status };
  const start = JSON.stringify({ name, namespace, version: revision, info: described, config: {}, hooks: [] });
  const packed = gzip(pack(Buffer.from(`${start.slice(0, -1)},`), "first", 1), json);
  const labels = { name, owner: "helm", status, version: String(revision), modifiedAt: "1577836800" };
  return {
    metadata: { name: `sh.helm.release.v1.${name}.v${revision}`, labels },
    type: "helm.sh/release.v1",
    data: { release: Buffer.from(packed.toString("base64")).toString("base64") },
  };
}
