/**
 * Reads which objects the releases of Helm 3 name: one paged list of their records, and no request for each object.
 *
 * Objects that Helm 3 took over from Helm 2, by its plugin 2to3 for example, have no annotation that says so until their next
 * upgrade. Only the record tells.
 *
 * Source: Helm 3.2.0, `pkg/storage/driver/util.go`.
 */
import { gunzipSync } from "node:zlib";
import type { KubeObject, Release } from "../model/mod.ts";
import { asObject, asText } from "../base/mod.ts";
import { call, listPages, parseJson } from "../kube/mod.ts";
import { isHelm3Record } from "../../storage/mod.ts";
import type { Environment } from "./environment.ts";

/** A record may have a megabyte: a page stays below 50 MB. */
const PAGE_SIZE = 50;
/** Largest release that is unpacked, as for records of Helm 2. */
const RELEASE_BYTES_MAX = 128 * 1024 * 1024;
/** Revisions that are deployed, or about to be. */
const SELECTOR = encodeURIComponent("owner=helm,status notin (superseded,uninstalled,failed)");

/**
 * Calls `visit` with each revision of Helm 3 that is in force, in the Secrets and ConfigMaps of all namespaces: with its name,
 * namespace, revision and manifest alone. Skips records that cannot be decoded.
 *
 * @throws KubeError when the records may not be listed.
 */
export async function scanHelm3(env: Environment, visit: (release: Release) => void): Promise<void> {
  for (const plural of ["secrets", "configmaps"] as const) {
    const path = `/api/v1/${plural}?labelSelector=${SELECTOR}`;
    const pages = listPages(async (part) => {
      const paged = part.limit === undefined ? part : { ...part, limit: String(PAGE_SIZE) };
      const words = Object.entries(paged).map(([key, value]) => `${key}=${encodeURIComponent(value)}`);
      return await call(env.kube.cluster.transport, {
        method: "GET",
        path: [path, ...words].join("&"),
        signal: env.signal,
      }) as KubeObject;
    });
    for await (const { items } of pages) {
      for (const item of items) {
        const { metadata, data } = asObject(item) as KubeObject;
        if (!isHelm3Record(metadata)) continue;
        const release = decoded(asText(asObject(data).release), plural === "secrets");
        if (release !== undefined) visit(release);
      }
    }
  }
}

/** Returns the parts of a release that tell its objects; `undefined` for a text that holds none. */
function decoded(text: string, isSecret: boolean): Release | undefined {
  try {
    const stored = Uint8Array.fromBase64(isSecret ? atob(text) : text);
    const isGzip = stored[0] === 0x1f && stored[1] === 0x8b;
    const json = isGzip ? gunzipSync(stored, { maxOutputLength: RELEASE_BYTES_MAX }) : stored;
    const { name, namespace, version, manifest } = asObject(parseJson(new TextDecoder().decode(json)));
    return {
      name: asText(name),
      namespace: asText(namespace),
      revision: Number(version) || 0,
      manifest: asText(manifest),
      hooks: [],
      info: { status: { code: "DEPLOYED", resources: "", notes: "" }, description: "" },
    };
  } catch {
    return undefined;
  }
}
