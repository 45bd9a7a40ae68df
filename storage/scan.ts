/**
 * Reads the records of all releases one by one, for questions that keep little of each record.
 *
 * @module
 */
import { refusalOf } from "./_refusal.ts";
import { WRONG_ANSWER_HINT, wrongAnswer } from "../engine/base/mod.ts";
import { KubeError, SkegError } from "../errors.ts";
import { type Release, STATUS_CODES } from "../engine/model/mod.ts";
import type { ClusterPlace, Driver, DriverOptions, RecordObject } from "./driver.ts";
import { fetchRecords, recordHeads } from "./heads.ts";
import { isHelm3Record, OWNER } from "./labels.ts";
import { decodeRecord } from "./record.ts";

/** Records per page. A record is usually below 100 KB, so a page stays below 10 MB. */
const PAGE_SIZE = 100;

/**
 * Calls `visit` with every DEPLOYED revision of every release, in storage order. Skips records that cannot be
 * decoded.
 *
 * The label STATUS decides, as in Helm 2; without it, the record does. Pages are dropped once visited, so
 * thousands of records need no more memory than hundreds.
 *
 * @throws KubeError when records may not be listed.
 */
export async function scanDeployed(
  driver: Pick<Driver, "get" | "query" | "heads" | "fetch" | "place">,
  visit: (release: Release) => void,
  options: DriverOptions = {},
): Promise<void> {
  const look = (release: Release): void => {
    if (release.info.status.code === "DEPLOYED") visit(release);
  };
  const { place } = driver;
  if (place === undefined) {
    const heads = await recordHeads(driver, { status: "DEPLOYED" }, options);
    for (const release of await fetchRecords(driver, heads.map(({ key }) => key), options)) look(release);
    return;
  }
  for await (const objects of pages(place, options)) {
    for (const object of objects) {
      const release = isHelm3Record(object.metadata ?? {}) ? undefined : releaseOf(place, object);
      if (release !== undefined) look(release);
    }
  }
}

/** Yields pages; the next one is requested while one is visited. */
async function* pages(place: ClusterPlace, options: DriverOptions): AsyncGenerator<readonly RecordObject[]> {
  const others = STATUS_CODES.filter((code) => code !== "DEPLOYED" && code !== "UNKNOWN").join(",");
  const selector = encodeURIComponent(`OWNER=${OWNER},STATUS notin (${others})`);
  const root = `/api/v1/namespaces/${encodeURIComponent(place.namespace)}/${place.storage}s?labelSelector=${selector}`;
  const ask = (token: string) =>
    place.call("GET", `${root}&limit=${PAGE_SIZE}&continue=${encodeURIComponent(token)}`, undefined, options);
  let next: ReturnType<typeof ask> | undefined = ask("");
  while (next !== undefined) {
    let answer = await next;
    // The token has expired: read the whole list. Visiting a record twice does no harm.
    if (answer.status === 410) answer = await place.call("GET", root, undefined, options);
    if (answer.status >= 300) throw refused(answer.status, answer.body);
    const problem = wrongAnswer(`GET ${root}`, answer.body, { list: true });
    if (problem !== undefined) throw new KubeError(problem, 0, "", { hint: WRONG_ANSWER_HINT });
    const page = answer.body as { items?: readonly RecordObject[] | null; metadata?: { continue?: string } | null };
    const token = page.metadata?.continue ?? "";
    next = token === "" ? undefined : ask(token);
    next?.catch(() => {}); // awaited above
    yield page.items ?? [];
  }
}

function releaseOf({ storage }: ClusterPlace, object: RecordObject): Release | undefined {
  const stored: unknown = object.data?.release;
  // A table, say, has parts of any type.
  if (typeof stored !== "string") return undefined;
  try {
    // The content of a Secret is base64 encoded a second time.
    return decodeRecord(storage === "secret" ? atob(stored) : stored);
  } catch (error) {
    if (error instanceof SkegError || error instanceof DOMException) return undefined;
    throw error;
  }
}

function refused(status: number, body: unknown): KubeError {
  const { message, reason } = refusalOf(body);
  return new KubeError(message ?? `the server answered ${status} to a list of release records`, status, reason);
}
