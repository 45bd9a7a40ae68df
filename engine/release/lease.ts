/**
 * A lease for each release, so that operations of skeg know of each other.
 *
 * The lease is a `coordination.k8s.io/v1` Lease in the namespace of the records. An operation creates it before its first
 * change, renews it while it works, and deletes it at the end, whatever the end is. A lease that was not renewed for its
 * duration is stale: the next operation takes it over.
 *
 * The lease only adds who is at work, and since when. Without the right to leases, or without the API, there is none, and
 * the records decide races as before: see `rival.ts`. Helm 2 and Tiller do not look at leases.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { isObject, type JsonObject, serverSeconds, sleep } from "../kube/mod.ts";
import type { ClusterPlace } from "../../storage/mod.ts";
import type { Environment } from "./environment.ts";
import { ReleaseError } from "./release_error.ts";

/** An operation that does not renew its lease for this long counts as dead. */
const DURATION_SECONDS = 30;
/** Times that a lease is asked for again when it changes hands meanwhile. */
const ATTEMPTS = 3;
/** Seconds between two looks at a lease whose time of renewal cannot be right. */
const LOOK_SECONDS = 5;
const OPERATION = "skeg.dev/operation";
/** Tells two operations of one process apart. */
const OPERATION_ID = "skeg.dev/operation-id";
/**
 * Mark of the lease of a release that was migrated to Helm 3. Such a lease stays without a holder: an operation that wants the
 * lease meets it without a further request, and then reads the migration's journal.
 */
const MIGRATED_TO = "skeg.dev/migrated-to";

/** A lease that an operation holds, or held when it died. */
export interface ReleaseLease {
  /** The user, machine and process, such as `ann@build-7, process 4711`. */
  readonly holder: string;
  /** Such as `upgrade`. */
  readonly operation: string;
  /** When the operation took it, in Unix seconds; 0 if the lease does not say. */
  readonly since: number;
  /** When it was renewed last, in Unix seconds; after now if the holder has a wrong clock. */
  readonly renewed: number;
  /** Seconds until it becomes stale, 30 at most; 0 or less: it is stale. */
  readonly secondsLeft: number;
}

/** The work that a lease is for. */
export interface LeasedWork {
  /** The release. */
  readonly name: string;
  /** Such as `upgrade`. */
  readonly operation: string;
  /** Set by a migration to Helm 3, which may work on a release that was migrated, and leaves a mark or takes it away. */
  readonly migration?: {
    /** Returns at the end if the lease is to stay with the mark; `undefined`: as it was found. */
    readonly mark: () => boolean | undefined;
  } | undefined;
}

/**
 * Returns the lease of a release, held or stale; `undefined` when there is none, or it may not be read.
 *
 * Operations of skeg that hold no leases, and Tiller, may be at work without one.
 */
export async function leaseOf(env: Environment, name: string): Promise<ReleaseLease | undefined> {
  const { place } = env.driver;
  if (place === undefined) return undefined;
  const { status, body } = await place.call("GET", pathOf(place, name), undefined, { signal: env.signal });
  return status === 200 && isObject(body) && !isOnlyMark(body) ? readLease(env, body) : undefined;
}

/** Returns the error for a release on which another operation works. */
export function leaseHeld(name: string, lease: ReleaseLease, now: number): SkegError {
  return new SkegError("conflict", "another operation (install/upgrade/rollback) is in progress", {
    hint: `${holderHint(name, lease, now)} SKEG_LEASE=off works without this check.`,
  });
}

function holderHint(name: string, { holder, operation, since, secondsLeft }: ReleaseLease, now: number): string {
  const begun = since === 0
    ? ""
    : ` ${Math.max(0, now - since)} seconds ago, at ${timeText(since).replace(/\.0+Z$/, "Z")}`;
  return `${holder} began the ${operation} of release ${
    JSON.stringify(name)
  }${begun}. Wait until it is done, or stop ` +
    `it there. If that process is gone, try again in ${Math.max(1, Math.ceil(secondsLeft))} seconds.`;
}

/**
 * Returns the error of an operation that was refused because another one seems to be in progress; if that one holds the
 * lease, the hint says who it is. An operation that holds the lease itself asks for none.
 */
export async function withHolder(env: Environment, name: string, error: SkegError): Promise<SkegError> {
  if (error instanceof ReleaseError) return error;
  const lease = await leaseOf(env, name).catch(() => undefined);
  if (lease === undefined || lease.secondsLeft <= 0) return error;
  return new SkegError(error.kind, error.message, { cause: error, hint: holderHint(name, lease, nowOf(env)) });
}

/**
 * Throws when another operation holds the release's lease and renews it.
 *
 * @throws SkegError of kind `conflict`, which says who holds it and since when.
 */
export async function refuseIfLeased(env: Environment, name: string): Promise<void> {
  const { place } = env.driver;
  if (place === undefined) return;
  const { status, body } = await place.call("GET", pathOf(place, name), undefined, { signal: env.signal });
  if (status !== 200 || !isObject(body) || (env.heldLease !== undefined && idOf(body) === env.heldLease)) return;
  const lease = readLease(env, body);
  if (lease.secondsLeft <= 0 || await isLeftInFuture(env, place, name, body)) return;
  throw leaseHeld(name, lease, nowOf(env));
}

/**
 * Runs `work` while holding the release's lease, if the environment asks for leases and the user may have one. The
 * environment that `work` gets asks for none, so that operations within it do not wait for themselves.
 *
 * @throws SkegError of kind `conflict` when another operation holds it: nothing was changed then.
 */
export async function withLease<T>(
  env: Environment,
  wanted: LeasedWork,
  work: (env: Environment) => Promise<T>,
): Promise<T> {
  const { place } = env.driver;
  const held = env.lease === undefined || place === undefined
    ? undefined
    : await acquire(env, place, wanted, await env.lease.describe());
  const isNested = env.lease === undefined && env.heldLease !== undefined;
  const inner = {
    ...env,
    lease: undefined,
    heldLease: held === undefined ? env.heldLease : idOf(held),
    journals: undefined,
  };
  if (held === undefined || place === undefined) {
    // Without a lease, nothing else would show a migration.
    if (!isNested) await refuseIfMigrated(env, wanted);
    const result = await work(inner);
    if (place !== undefined && wanted.migration !== undefined) await writeMark(env, place, wanted);
    return result;
  }
  const keeper = new Keeper(env, place, wanted, held);
  try {
    return await work(inner);
  } finally {
    await keeper.release();
  }
}

/** Takes the lease. Returns its object; `undefined` when there can be none. */
async function acquire(
  env: Environment,
  place: ClusterPlace,
  wanted: LeasedWork,
  holder: string,
): Promise<JsonObject | undefined> {
  const { signal } = env;
  const { name, operation } = wanted;
  const now = timeText(nowOf(env));
  const id = crypto.randomUUID();
  const spec = { holderIdentity: holder, leaseDurationSeconds: DURATION_SECONDS, acquireTime: now, renewTime: now };
  const fresh = (transitions: number, resourceVersion?: unknown, mark = {}) => ({
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name: leaseName(name),
      annotations: { [OPERATION]: operation, [OPERATION_ID]: id, ...mark },
      ...resourceVersion === undefined ? {} : { resourceVersion },
    },
    spec: { ...spec, leaseTransitions: transitions },
  });
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const made = await ask(place, "POST", collectionOf(place), fresh(0), signal);
    if (made?.status === 201) return made.body;
    if (made !== undefined && made.status !== 409) return undefined;
    const found = await ask(place, "GET", pathOf(place, name), undefined, signal);
    if (found?.status === 404) continue;
    if (found?.status !== 200) return undefined;
    // The request was carried out, and its answer was lost.
    if (idOf(found.body) === id) return found.body;
    const known = readLease(env, found.body);
    if (known.secondsLeft > 0 && !await isLeftInFuture(env, place, name, found.body)) {
      throw leaseHeld(name, known, nowOf(env));
    }
    if (isMarked(found.body)) await refuseIfMigrated(env, wanted, { isMarked: true });
    const { resourceVersion } = inside(found.body.metadata);
    const transitions = Number(inside(found.body.spec).leaseTransitions ?? 0) + 1;
    const taken = await ask(
      place,
      "PUT",
      pathOf(place, name),
      fresh(transitions, resourceVersion, markOf(found.body)),
      signal,
    );
    // Without an answer, the next turn finds out who has it.
    if (taken === undefined || taken.status === 409 || taken.status === 404) continue;
    if (taken.status !== 200) return undefined;
    if (isOnlyMark(found.body)) return taken.body;
    const text = `${known.holder} left the lease of release ${
      JSON.stringify(name)
    } behind (${known.operation}); it is stale`;
    env.report({ type: "note", text, isDetail: true });
    return taken.body;
  }
  // It changes hands faster than it can be read. The records decide.
  return undefined;
}

/**
 * Returns true if the lease's time of renewal is too far ahead to come from the server's clock, and its holder does not
 * renew it.
 *
 * Such a time says nothing: the holder's clock was wrong, or the server's clock was set back. The holder may still be at
 * work, so the lease is not stale at once: this process watches it for a whole duration. A holder that lives renews it
 * three times meanwhile.
 */
async function isLeftInFuture(
  env: Environment,
  place: ClusterPlace,
  name: string,
  lease: JsonObject,
): Promise<boolean> {
  const first = readLease(env, lease);
  if (first.renewed <= nowOf(env) + DURATION_SECONDS) return false;
  const text =
    `the lease of release ${JSON.stringify(name)} was renewed at ${timeText(first.renewed)}, which is in the ` +
    `future; if ${first.holder} does not renew it within ${DURATION_SECONDS} seconds, it is taken over`;
  env.report({ type: "note", text });
  const version = inside(lease.metadata).resourceVersion;
  for (let waited = 0; waited < DURATION_SECONDS; waited += LOOK_SECONDS) {
    await (env.lease?.wait?.(LOOK_SECONDS, env.signal) ?? sleep(LOOK_SECONDS * 1000, env.signal));
    const found = await ask(place, "GET", pathOf(place, name), undefined, env.signal);
    // One that is gone, or was changed, is no longer the one that was read.
    if (found?.status === 404) return true;
    if (found?.status !== 200 || inside(found.body.metadata).resourceVersion !== version) return false;
  }
  return true;
}

/** Renews a lease until it is released. */
class Keeper {
  readonly #env: Environment;
  readonly #place: ClusterPlace;
  readonly #work: LeasedWork;
  readonly #id: string | undefined;
  #object: JsonObject;
  #isLost = false;
  #renewing: Promise<void> = Promise.resolve();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(env: Environment, place: ClusterPlace, work: LeasedWork, object: JsonObject) {
    this.#env = env;
    this.#place = place;
    this.#work = work;
    this.#id = idOf(object);
    this.#object = object;
    // One after the other: each needs the version that the one before it made.
    const renew = () => this.#renewing = this.#renewing.then(() => this.#renew());
    this.#timer = setInterval(renew, DURATION_SECONDS * 1000 / 3);
  }

  /** Ends renewing and deletes the lease, or leaves its mark, unless another operation has it by now. Never rejects. */
  async release(): Promise<void> {
    clearInterval(this.#timer);
    await this.#renewing;
    if (this.#isLost) return;
    const staysMarked = this.#work.migration?.mark() ?? isMarked(this.#object);
    const end = () => staysMarked ? this.#leaveMark() : this.#delete();
    if (await end() === 409 && await this.#adopt() === "ours") await end();
  }

  /** Returns the status; `undefined` without an answer. */
  async #leaveMark(): Promise<number | undefined> {
    const { resourceVersion } = inside(this.#object.metadata);
    const body = markLease(this.#work.name, resourceVersion);
    return (await ask(this.#place, "PUT", pathOf(this.#place, this.#work.name), body))?.status;
  }

  /** Returns the status; `undefined` without an answer. */
  async #delete(): Promise<number | undefined> {
    const { uid, resourceVersion } = inside(this.#object.metadata);
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } };
    // The operation may end because of its signal, which must not leave the lease behind.
    return (await ask(this.#place, "DELETE", pathOf(this.#place, this.#work.name), body))?.status;
  }

  /** A failure that may pass needs nothing: the next renewal comes before the lease is stale. */
  async #renew(): Promise<void> {
    if (this.#isLost) return;
    let status = await this.#put();
    if (status === 409) {
      const whose = await this.#adopt();
      if (whose === "unknown") return;
      status = whose === "ours" ? await this.#put() : 404;
    }
    // A second conflict in a row is left to the next renewal: it reads the lease again.
    if (status !== 404) return;
    this.#isLost = true;
    clearInterval(this.#timer);
    const text = `another operation has taken over the lease of release ${JSON.stringify(this.#work.name)}`;
    this.#env.report({ type: "warning", text });
  }

  /** Returns the status; `undefined` without an answer. */
  async #put(): Promise<number | undefined> {
    const spec = { ...inside(this.#object.spec), renewTime: timeText(nowOf(this.#env)) };
    const answer = await ask(this.#place, "PUT", pathOf(this.#place, this.#work.name), { ...this.#object, spec });
    if (answer?.status === 200) this.#object = answer.body;
    return answer?.status;
  }

  /**
   * Reads the lease after a conflict, and goes on with it if it is still that of this operation: then a renewal was carried
   * out whose answer was lost, or another client has changed a label.
   */
  async #adopt(): Promise<"ours" | "lost" | "unknown"> {
    const found = await ask(this.#place, "GET", pathOf(this.#place, this.#work.name));
    if (found?.status === 404) return "lost";
    if (found?.status !== 200) return "unknown";
    if (idOf(found.body) !== this.#id) return "lost";
    this.#object = found.body;
    return "ours";
  }
}

/** Throws if the release was migrated to Helm 3, as the journal of the migration says. */
async function refuseIfMigrated(
  env: Environment,
  { name, migration }: LeasedWork,
  options: { readonly isMarked?: boolean } = {},
): Promise<void> {
  if (env.journals === undefined || env.ignoreHelm3 === true || migration !== undefined) return;
  await (await import("./helm3/fence.ts")).refuseIfMigrated(env, env.journals, name, options);
}

/** Writes or removes the mark of a release whose lease is not held. */
async function writeMark(env: Environment, place: ClusterPlace, { name, migration }: LeasedWork): Promise<void> {
  const mark = migration?.mark();
  if (mark === undefined) return;
  const found = await ask(place, "GET", pathOf(place, name), undefined, env.signal);
  if (mark && found?.status === 404) {
    const made = await ask(place, "POST", collectionOf(place), markLease(name), env.signal);
    if (made?.status === 201 || made?.status === 409) return;
  }
  if (mark ? found?.status === 200 && isMarked(found.body) : found?.status === 404) return;
  if (!mark && found?.status === 200 && isOnlyMark(found.body)) {
    const { uid, resourceVersion } = inside(found.body.metadata);
    const body = { apiVersion: "v1", kind: "DeleteOptions", preconditions: { uid, resourceVersion } };
    const removed = await ask(place, "DELETE", pathOf(place, name), body, env.signal);
    if (removed?.status === 200 || removed?.status === 404) return;
  }
  const text = `the lease of release ${JSON.stringify(name)} does not ${mark ? "show" : "stop showing"} that it was ` +
    `migrated: ${mark ? "other users of skeg are not refused" : "the next operation reads the journal once more"}`;
  env.report({ type: "warning", text });
}

/** Returns a lease without a holder, with the mark. */
function markLease(name: string, resourceVersion?: unknown): JsonObject {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: {
      name: leaseName(name),
      annotations: { [MIGRATED_TO]: "helm3" },
      ...resourceVersion === undefined ? {} : { resourceVersion: String(resourceVersion) },
    },
    spec: {},
  };
}

/** Returns the mark among the annotations of a lease; empty without one. */
function markOf({ metadata }: JsonObject): Readonly<Record<string, string>> {
  const mark = inside(inside(metadata).annotations)[MIGRATED_TO];
  return typeof mark === "string" ? { [MIGRATED_TO]: mark } : {};
}

function isMarked(lease: JsonObject): boolean {
  return markOf(lease)[MIGRATED_TO] !== undefined;
}

/** True for a lease without a holder, which stays for its mark. */
function isOnlyMark(lease: JsonObject): boolean {
  return isMarked(lease) && inside(lease.spec).renewTime === undefined;
}

/** Sends one request; `undefined` when no usable answer comes. The operation itself reports a cluster that is not there. */
async function ask(
  place: ClusterPlace,
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
  signal?: AbortSignal,
): Promise<{ readonly status: number; readonly body: JsonObject } | undefined> {
  try {
    const answer = await place.call(method, path, body, { signal });
    return { status: answer.status, body: inside(answer.body) };
  } catch {
    return undefined;
  }
}

function readLease(env: Environment, { metadata, spec }: JsonObject): ReleaseLease {
  const { holderIdentity, leaseDurationSeconds, acquireTime, renewTime } = inside(spec);
  const renewed = secondsOf(renewTime);
  const duration = typeof leaseDurationSeconds === "number" ? leaseDurationSeconds : DURATION_SECONDS;
  // Operations of skeg have leases of this duration. What another client wrote, or a wrong clock, blocks no longer.
  const secondsLeft = Math.min(renewed + Math.min(duration, DURATION_SECONDS) - nowOf(env), DURATION_SECONDS);
  const operation = inside(inside(metadata).annotations)[OPERATION];
  return {
    holder: typeof holderIdentity === "string" && holderIdentity !== "" ? holderIdentity : "another client",
    operation: typeof operation === "string" ? operation : "operation",
    since: secondsOf(acquireTime),
    renewed,
    secondsLeft,
  };
}

/**
 * Returns now, in Unix seconds: by the server's clock where it is known, as clocks of two machines may differ by more than
 * the duration of a lease.
 */
function nowOf(env: Environment): number {
  const { lease, kube: { cluster } } = env;
  return lease?.serverSeconds?.() ?? serverSeconds(cluster.transport) ?? env.clock().seconds;
}

function secondsOf(time: unknown): number {
  return typeof time === "string" ? Math.floor(Date.parse(time) / 1000) || 0 : 0;
}

function timeText(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace("Z", "000Z");
}

function inside(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** Returns the mark of the operation that has a lease; `undefined` for leases of other clients. */
function idOf({ metadata }: JsonObject): string | undefined {
  const id = inside(inside(metadata).annotations)[OPERATION_ID];
  return typeof id === "string" ? id : undefined;
}

/** Leases of other programs have other names: those of Kubernetes itself are in `kube-system`, too. */
function leaseName(name: string): string {
  return `skeg.${name.toLowerCase()}`;
}

function collectionOf({ namespace }: ClusterPlace): string {
  return `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
}

function pathOf(place: ClusterPlace, name: string): string {
  return `${collectionOf(place)}/${encodeURIComponent(leaseName(name))}`;
}
