/**
 * The shared part of the ConfigMap and Secret drivers: records as objects of one namespace, found by label. A
 * write fails when another client modified the object first.
 *
 * Source: Helm 2.17.0, `pkg/storage/driver/cfgmaps.go` and `secrets.go`.
 */
import { recordExists, recordModified, recordNotFound } from "./_record_errors.ts";
import { refusalOf } from "./_refusal.ts";
import {
  inPool,
  newCreator,
  subdomainProblems,
  Turns,
  type Wanted,
  WRONG_ANSWER_HINT,
  wrongAnswer,
} from "../engine/base/mod.ts";
import { KubeError, SkegError } from "../errors.ts";
import type { ObjectMeta, Release, Timestamp } from "../engine/model/mod.ts";
import {
  type ClusterPlace,
  type Driver,
  type DriverOptions,
  type HeadsOptions,
  type ObjectAnswer,
  type ObjectCall,
  type ObjectCallOptions,
  type RawRecords,
  readKey,
  type RecordFetchOptions,
  type RecordHead,
  type RecordObject,
  type RecordQuery,
  type RecordUpdateOptions,
  type RecordVersion,
  releaseKey,
  type StoredRelease,
  withoutServerFields,
  withVersion,
} from "./driver.ts";
import type { RecordDetail } from "./detail.ts";
import { leftOut } from "./heads.ts";
import { objectOfPlain, plainOf } from "./plain.ts";
import type { PlainRecord, PlainRecords } from "./driver.ts";
import { isCertain, mayBeFrom, type WrittenMetadata } from "./_written_by.ts";
import {
  isHelm3Record,
  isStatusCode,
  labelsOf,
  labelValueProblems,
  OWNER,
  querySelector,
  recordLabels,
  TIME_LABELS,
} from "./labels.ts";
import { decodeRecord, encodeRecord, readRecord } from "./record.ts";
import { checkRecordSize, RECORD_BYTES_MAX } from "./size.ts";

/** Options of the drivers that keep records in a cluster. */
export interface ClusterDriverOptions {
  /** Called with every record that cannot be decoded; lists leave them out. */
  readonly onBroken?: ((key: string, error: SkegError) => void) | undefined;
  /** Now, for the labels CREATED_AT and MODIFIED_AT; default: the system's clock. */
  readonly clock?: (() => Timestamp) | undefined;
  /** Objects per page of a list. */
  readonly pageSize?: number | undefined;
  /** Pauses before a write whose answer was lost is sent again, in milliseconds. */
  readonly pausesMs?: readonly number[] | undefined;
}

/** The way one kind of object holds a record. */
export interface RecordKind {
  /** The driver's name and the object's kind: `ConfigMap` or `Secret`. */
  readonly name: "ConfigMap" | "Secret";
  /** As `--storage` names it. */
  readonly storage: ClusterPlace["storage"];
  /** Plural, as in paths. */
  readonly plural: string;
  /** Envelope text → value of `data.release`. */
  readonly wrap: (envelope: string) => string;
  /** Value of `data.release` → envelope text. */
  readonly unwrap: (stored: string) => string;
}

/** Times that an update is tried while another client changes labels or annotations of the record's object. */
const UPDATE_ATTEMPTS = 50;
/** Records that are fetched at the same time. */
const FETCHES_MAX = 16;
/** Objects per page when only metadata is wanted; the server still reads the content of all of them. */
const HEADS_PAGE = 500;
/** Pauses before a write whose answer was lost is sent again. */
const WRITE_PAUSES_MS: readonly number[] = [100, 300, 1000, 3000];

interface RecordList {
  readonly items?: readonly RecordObject[];
  readonly metadata?: { readonly continue?: string };
}

/** Returns the driver for records of one `kind` in `namespace`. */
export function clusterDriver(
  kind: RecordKind,
  call: ObjectCall,
  namespace: string,
  options: ClusterDriverOptions = {},
): Driver {
  const store = new RecordStore(kind, call, namespace, options);
  return {
    name: kind.name,
    place: { storage: kind.storage, namespace, call },
    get: async (key, more) => {
      const object = await store.read(key, more);
      return withVersion(await store.decodeSoon(object), object);
    },
    list: (more) => store.list({}, more),
    query: async (labels, more) => {
      const found = await store.list(labels, more, true);
      if (found === undefined) throw recordNotFound(labels.name ?? "");
      return found;
    },
    heads: (labels, more) => store.heads(labels, more),
    fetch: (keys, more) => store.fetch(keys, more),
    create: (release, more) => store.create(release, more),
    update: (release, more) => store.update(release, more),
    delete: async (key, more) => {
      const release = await store.decodeSoon(await store.read(key, more));
      await store.remove(key, more);
      return release;
    },
    envelope: async (key, more) => {
      const object = await store.find(key, more);
      const stored: unknown = object?.data?.release;
      return object && (typeof stored === "string" && stored !== "" ? kind.unwrap(stored) : "");
    },
    check: (release) => void store.encode(release),
    raw: rawRecords(store, kind, namespace),
    plain: plainRecords(store, kind, namespace),
  };
}

function plainRecords(store: RecordStore, { name }: RecordKind, namespace: string): PlainRecords {
  return {
    kind: name,
    namespace,
    list: async (labels, more) =>
      (await store.objects(labels, more)).map((object) => ({ ...plainOf(object), version: object })),
    create: async (record, more) => void await store.createObject(objectOfPlain(name, record), more),
    remove: (record, more) => store.removeGuarded(record.version as RecordObject, more),
    held: (record) => heldBy(name, record),
  };
}

/** Returns the record as an object of this kind holds it; throws when its name or size is not allowed there. */
function heldBy(kind: "ConfigMap" | "Secret", record: PlainRecord): PlainRecord {
  const problem = subdomainProblems(record.key)[0];
  if (problem !== undefined) {
    throw new SkegError("record", `${record.key} cannot be the name of a ${kind}: ${problem}`);
  }
  for (const [label, value] of Object.entries(record.labels)) {
    const [wrong] = labelValueProblems(value);
    if (wrong !== undefined) {
      throw new SkegError("record", `${record.key} cannot be a ${kind}: its label ${label} ${wrong}`);
    }
  }
  const sizeBytes = Object.values(record.data).reduce((sum, text) => sum + text.length, 0);
  if (sizeBytes > RECORD_BYTES_MAX) {
    throw new SkegError(
      "record",
      `${record.key} has ${sizeBytes} bytes, and a ${kind} holds ${RECORD_BYTES_MAX} at most`,
    );
  }
  return plainOf(objectOfPlain(kind, record));
}

function rawRecords(store: RecordStore, { name }: RecordKind, namespace: string): RawRecords {
  return {
    kind: name,
    namespace,
    list: (labels, more) => store.objects(labels, more),
    get: (key, more) => store.find(key, more),
    decode: (object) => store.decodeSoon(object),
    withRelease: (object, release) => store.withRelease(object, release),
    replace: (object, more) => store.replace(object, more),
    create: (object, more) =>
      store.createObject({ apiVersion: "v1", kind: name, ...withoutServerFields(object) }, more),
    remove: (object, more) => store.removeGuarded(object, more),
  };
}

class RecordStore {
  readonly #kind: RecordKind;
  readonly #call: ObjectCall;
  readonly #root: string;
  readonly #options: ClusterDriverOptions;
  /** The last envelope: a record's size is checked first, then the record is written. */
  #encoded: { readonly release: Release; readonly envelope: string } | undefined;

  constructor(kind: RecordKind, call: ObjectCall, namespace: string, options: ClusterDriverOptions) {
    this.#kind = kind;
    this.#call = call;
    this.#root = `/api/v1/namespaces/${encodeURIComponent(namespace)}/${kind.plural}`;
    this.#options = options;
  }

  async read(key: string, options?: DriverOptions): Promise<RecordObject> {
    const object = await this.find(key, options);
    if (object === undefined) throw recordNotFound(key);
    return object;
  }

  async find(key: string, options?: DriverOptions): Promise<RecordObject | undefined> {
    const answer = await this.#call("GET", this.#path(key), undefined, options);
    if (answer.status === 404) return undefined;
    return bodyOf(answer, `GET ${this.#path(key)}`, { object: this.#kind.name }) as RecordObject;
  }

  /** Returns whole objects by label. Adds the kind, which items of a list lack. */
  async objects(labels: RecordQuery, options?: DriverOptions): Promise<RecordObject[]> {
    const found: RecordObject[] = [];
    for await (const object of this.#pages(querySelector(labels), options)) {
      found.push({ apiVersion: "v1", kind: this.#kind.name, ...object });
    }
    return found;
  }

  withRelease(object: RecordObject, release: Release): RecordObject {
    return { ...object, data: { ...object.data, release: this.#kind.wrap(this.encode(release)) } };
  }

  async replace(object: RecordObject, options?: DriverOptions): Promise<RecordObject> {
    const key = object.metadata?.name ?? "";
    const answer = await this.#write("PUT", this.#path(key), key, object, options);
    if (answer.status === 404) throw recordNotFound(key);
    if (answer.status === 409) throw recordModified(key);
    return bodyOf(answer, `PUT ${this.#path(key)}`, { object: this.#kind.name }) as RecordObject;
  }

  async heads(labels: RecordQuery, options?: HeadsOptions): Promise<RecordHead[]> {
    const heads: RecordHead[] = [];
    const { anyOwner = false, besides } = options ?? {};
    const owners = anyOwner ? [] : besides === undefined ? [OWNER] : [OWNER, besides.owner];
    for await (const object of this.#pages(querySelector(labels, owners), { ...options, metadataOnly: true })) {
      // A server may write null for what is absent.
      const metadata = object.metadata ?? {};
      if (besides !== undefined && metadata.labels?.["OWNER"] === besides.owner) {
        besides.visit(metadata as ObjectMeta);
        continue;
      }
      const named = headOf(metadata, anyOwner);
      if (named === undefined) continue;
      const { resourceVersion: version } = metadata as ObjectMeta;
      const head = options?.withVersion === true && version !== undefined ? { ...named, version } : named;
      heads.push(head);
      if (metadata.labels?.["OWNER"] === OWNER) options?.onHead?.(head);
    }
    return heads;
  }

  async fetch(keys: readonly string[], options?: RecordFetchOptions): Promise<Release[]> {
    const found: (Release | undefined)[] = new Array(keys.length);
    // Thousands of records are decoded: other work of the process must get on, such as the answers of a server.
    const turns = new Turns();
    await inPool(keys, FETCHES_MAX, async (key, at) => {
      found[at] = await this.#look(key, options);
      await turns.give();
    });
    return found.filter((release) => release !== undefined);
  }

  /** Returns a record; `undefined` when it does not exist or cannot be decoded. */
  async #look(key: string, options?: RecordFetchOptions): Promise<Release | undefined> {
    try {
      const release = await this.decodeSoon(await this.read(key, options), options?.detail);
      options?.onRecord?.(key, release);
      return release;
    } catch (error) {
      const isBroken = error instanceof SkegError && error.kind === "record";
      if (isBroken && options?.quiet !== true) this.#options.onBroken?.(key, error);
      return leftOut(error);
    }
  }

  encode(release: Release): string {
    if (this.#encoded?.release !== release) {
      const envelope = encodeRecord(release);
      checkRecordSize(release, envelope);
      this.#encoded = { release, envelope };
    }
    return this.#encoded.envelope;
  }

  decode(object: RecordObject): Release {
    return decodeRecord(this.#envelopeOf(object));
  }

  /** Decodes like {@linkcode decode}, but starts sooner; use it for few records. */
  async decodeSoon(object: RecordObject, detail?: RecordDetail): Promise<Release> {
    return await readRecord(this.#envelopeOf(object), detail);
  }

  #envelopeOf(object: RecordObject): string {
    const stored: unknown = object.data?.release;
    if (typeof stored !== "string" || stored === "") {
      throw new SkegError("record", `Cannot decode record: ${this.#kind.name} has no data under "release"`);
    }
    return this.#kind.unwrap(stored);
  }

  list(labels: RecordQuery, options?: DriverOptions): Promise<Release[]>;
  list(labels: RecordQuery, options: DriverOptions | undefined, asQuery: true): Promise<StoredRelease[] | undefined>;
  async list(labels: RecordQuery, options?: DriverOptions, asQuery = false): Promise<StoredRelease[] | undefined> {
    const selector = querySelector(labels);
    const releases: StoredRelease[] = [];
    let count = 0;
    for await (const object of this.#pages(selector, options)) {
      count++;
      const key = object.metadata?.name ?? "";
      try {
        const release = this.decode(object);
        // A query precedes changes; a list of everything does not, and may be large.
        releases.push(asQuery ? withVersion(release, object) : release);
      } catch (error) {
        if (!(error instanceof SkegError) || error.kind !== "record") throw error;
        this.#options.onBroken?.(key, error);
      }
    }
    return asQuery && count === 0 ? undefined : releases;
  }

  async create(release: Release, options?: DriverOptions): Promise<RecordVersion> {
    const key = releaseKey(release.name, release.revision);
    const envelope = this.encode(release);
    const object: RecordObject = {
      apiVersion: "v1",
      kind: this.#kind.name,
      metadata: { name: key, labels: { ...recordLabels(release), CREATED_AT: this.#seconds() } },
      data: { release: this.#kind.wrap(envelope) },
    };
    const answer = await this.#write("POST", this.#root, key, object, options);
    if (answer.status === 409) throw recordExists(key);
    return bodyOf(answer, `POST ${this.#root}`, { object: this.#kind.name }) as RecordObject;
  }

  /** Creates an object as it is. */
  async createObject(object: RecordObject, options?: DriverOptions): Promise<RecordObject> {
    const key = object.metadata?.name ?? "";
    const answer = await this.#write("POST", this.#root, key, object, options);
    if (answer.status === 409) throw recordExists(key);
    return bodyOf(answer, `POST ${this.#root}`, { object: this.#kind.name }) as RecordObject;
  }

  /** Removes an object if it was not modified since it was read; one that is gone is no error. */
  async removeGuarded({ metadata = {} }: RecordObject, options?: DriverOptions): Promise<void> {
    const key = metadata.name ?? "";
    const preconditions = { uid: metadata["uid"], resourceVersion: metadata["resourceVersion"] };
    const body = { kind: "DeleteOptions", apiVersion: "v1", preconditions };
    const answer = await this.#call("DELETE", this.#path(key), body, options);
    if (answer.status === 404) return;
    if (answer.status === 409) throw recordModified(key);
    bodyOf(answer, `DELETE ${this.#path(key)}`, { done: this.#kind.name });
  }

  async update(release: Release, options?: RecordUpdateOptions): Promise<RecordVersion> {
    const key = releaseKey(release.name, release.revision);
    const envelope = this.encode(release);
    let base = options?.version as RecordObject | undefined ?? await this.read(key, options);
    // Another client that keeps touching labels or annotations gets in between now and then; giving up leaves two DEPLOYED.
    for (let attempt = 0; attempt < UPDATE_ATTEMPTS; attempt++) {
      const object = this.#rewritten(base, release, envelope);
      const answer = await this.#write("PUT", this.#path(key), key, object, options);
      if (answer.status === 404) throw recordNotFound(key);
      if (answer.status !== 409) {
        return bodyOf(answer, `PUT ${this.#path(key)}`, { object: this.#kind.name }) as RecordObject;
      }
      const current = await this.read(key, options);
      // An earlier attempt succeeded although its answer was lost.
      if (current.data?.release === object.data?.release) return current;
      if (current.data?.release !== base.data?.release) break;
      base = current; // the record itself is unchanged: only its labels or annotations were modified
    }
    throw recordModified(key);
  }

  /**
   * Removes a record that was just read. A 404 counts as success: this deletion was carried out and its
   * answer was lost.
   */
  async remove(key: string, options?: DriverOptions): Promise<void> {
    const answer = await this.#call("DELETE", this.#path(key), undefined, options);
    if (answer.status !== 404) bodyOf(answer, `DELETE ${this.#path(key)}`, { done: this.#kind.name });
  }

  /**
   * Sends an object. The write may have succeeded although no answer came, the server failed, or it refused:
   * proxies repeat requests whose connection was closed, and the server refuses the second of two equal
   * writes. In these cases the stored object is read to find out. A write that did not succeed is sent again
   * unless it was refused.
   */
  async #write(
    method: "POST" | "PUT",
    path: string,
    key: string,
    object: RecordObject,
    options?: DriverOptions,
  ): Promise<ObjectAnswer> {
    const pausesMs = this.#options.pausesMs ?? WRITE_PAUSES_MS;
    const creator = method === "POST" ? newCreator() : undefined;
    const target = creator === undefined ? path : `${path}?fieldManager=${creator}`;
    for (let attempt = 0;; attempt++) {
      let answer: ObjectAnswer | undefined;
      let failure: unknown;
      try {
        answer = await this.#call(method, target, object, options);
        if (!mayBeTaken(answer.status)) return answer;
      } catch (error) {
        if (!(error instanceof KubeError) || error.status !== 0) throw error;
        failure = error;
      }
      const found = await this.#call("GET", this.#path(key), undefined, options).catch(() => undefined);
      if (found?.status === 200 && isTaken(found.body as RecordObject | undefined, object, creator)) return found;
      const pauseMs = pausesMs[attempt];
      if (answer !== undefined && (pauseMs === undefined || answer.status < 500)) return answer;
      if (pauseMs === undefined) throw failure;
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }

  /** Returns the object to send: with the new record and its labels; other labels and annotations stay. */
  #rewritten(base: RecordObject, release: Release, envelope: string): RecordObject {
    const labels: Record<string, string> = { ...base.metadata?.labels };
    for (const label of TIME_LABELS) delete labels[label];
    Object.assign(labels, recordLabels(release), { MODIFIED_AT: this.#seconds() });
    return {
      ...base,
      apiVersion: "v1",
      kind: this.#kind.name,
      metadata: { ...base.metadata, labels },
      data: { ...base.data, release: this.#kind.wrap(envelope) },
    };
  }

  /** Yields every object of the selector, page by page; the next page is requested while one is processed. */
  async *#pages(selector: string, options?: ObjectCallOptions): AsyncGenerator<RecordObject> {
    const limit = this.#options.pageSize ?? (options?.metadataOnly ? HEADS_PAGE : 250);
    const query = selector === "" ? "" : `?labelSelector=${encodeURIComponent(selector)}`;
    const ask = (token: string): Promise<ObjectAnswer> => {
      const more = token === "" ? "" : `&continue=${encodeURIComponent(token)}`;
      return this.#call("GET", `${this.#root}${query || "?"}${query && "&"}limit=${limit}${more}`, undefined, options);
    };
    const given = new Set<string>();
    let next: Promise<ObjectAnswer> | undefined = ask("");
    while (next !== undefined) {
      let answer = await next;
      // The token has expired: request the whole list without pages, and skip objects that were yielded already.
      if (answer.status === 410) answer = await this.#call("GET", this.#root + query, undefined, options);
      const page = bodyOf(answer, `GET ${this.#root}`, { list: true }) as RecordList;
      const token = page.metadata?.continue ?? "";
      next = token === "" ? undefined : ask(token);
      next?.catch(() => {}); // awaited above; until then a rejection would count as unhandled
      for (const object of page.items ?? []) {
        const name = object.metadata?.name ?? "";
        if (given.has(name)) continue;
        given.add(name);
        yield object;
      }
    }
  }

  #path(key: string): string {
    return `${this.#root}/${encodeURIComponent(key)}`;
  }

  #seconds(): string {
    return String(this.#options.clock?.().seconds ?? Math.floor(Date.now() / 1000));
  }
}

/**
 * Returns the head of a record, with its version, from the metadata of its object; `undefined` when its name is not that of a
 * record.
 */
export function headOfMetadata(metadata: ObjectMeta): RecordHead | undefined {
  const head = headOf(metadata as WrittenMetadata, false);
  const { resourceVersion: version } = metadata;
  return head === undefined || version === undefined ? head : { ...head, version };
}

/** Reads a head from an object's metadata; `undefined` when its name is not that of a record. */
function headOf(metadata: WrittenMetadata, withLabels: boolean): RecordHead | undefined {
  const key = metadata.name ?? "";
  const named = readKey(key);
  if (named === undefined || isHelm3Record(metadata)) return undefined;
  const status = metadata.labels?.["STATUS"] ?? "";
  const { creationTimestamp: createdAt } = metadata;
  return {
    key,
    ...named,
    ...createdAt === undefined ? {} : { createdAt },
    status: isStatusCode(status) ? status : "",
    certain: isStatusCode(status) && isCertain(metadata),
    ...withLabels ? { labels: labelsOf(metadata.labels) } : {},
  };
}

/**
 * True for answers to a write that may have succeeded: server failures, and refusals that the second of two
 * equal writes gets.
 */
function mayBeTaken(status: number): boolean {
  return status >= 500 || status === 409 || status === 403 || status === 422 || status === 400;
}

/**
 * True if a stored object equals the one that was sent. A new one must also have been written by `creator`:
 * two operations at the same moment may send the same record. Servers before 1.18 do not say which client
 * wrote it.
 */
function isTaken(stored: RecordObject | undefined, sent: RecordObject, creator: string | undefined): boolean {
  if (creator !== undefined && !mayBeFrom(creator, stored?.metadata)) return false;
  return hasAll(stored?.data, sent.data) && hasAll(stored?.metadata?.labels, sent.metadata?.labels) &&
    hasAll(stored?.metadata?.annotations, sent.metadata?.annotations);
}

type Texts = Readonly<Record<string, string>> | undefined;

function hasAll(stored: Texts, sent: Texts): boolean {
  return Object.entries(sent ?? {}).every(([key, text]) => stored?.[key] === text);
}

/** Returns the body of a successful answer of the wanted shape; throws the server's message otherwise. */
function bodyOf(answer: ObjectAnswer, request: string, wanted: Wanted): unknown {
  if (answer.status >= 200 && answer.status < 300) {
    const problem = wrongAnswer(request, answer.body, wanted);
    if (problem === undefined) return answer.body;
    throw new KubeError(problem, 0, "", { hint: WRONG_ANSWER_HINT });
  }
  const { message, reason } = refusalOf(answer.body);
  throw new KubeError(message ?? `the server answered with status ${answer.status}`, answer.status, reason);
}
