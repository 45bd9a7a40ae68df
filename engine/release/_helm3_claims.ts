/**
 * Reads which objects the releases of Helm 3 name: one paged list of their records, and no request for each object.
 *
 * Objects that Helm 3 took over from Helm 2, by its plugin 2to3 for example, have no annotation that says so until their next
 * upgrade. Only the record tells.
 *
 * Source: Helm 3.2.0, `pkg/storage/driver/util.go`.
 */
import { SkegError } from "../../errors.ts";
import type { KubeObject, Release } from "../model/mod.ts";
import { asObject, asText } from "../base/mod.ts";
import { call, listPages } from "../kube/mod.ts";
import { isHelm3Record } from "../../storage/mod.ts";
import type { Environment } from "./environment.ts";
import { decodeHelm3 } from "./helm3/encode.ts";

/** A record may have a megabyte: a page stays below 50 MB. */
const PAGE_SIZE = 50;
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
function decoded(stored: string, isSecret: boolean): Release | undefined {
  try {
    // The content of a Secret is base64 encoded a second time.
    const { name = "", namespace = "", version = 0, manifest = "" } = decodeHelm3(isSecret ? atob(stored) : stored);
    const info = { status: { code: "DEPLOYED", resources: "", notes: "" }, description: "" } as const;
    return { name, namespace, revision: version, manifest, hooks: [], info };
  } catch (error) {
    if (error instanceof SkegError || error instanceof DOMException) return undefined;
    throw error;
  }
}
