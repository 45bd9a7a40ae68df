/**
 * A registry: its manifests, blobs and tags.
 *
 * Source: the OCI distribution specification, version 1.1.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { authorize } from "./authorization.ts";
import type { Patience, Received } from "../../net/download/mod.ts";
import { digestOf, readBytes, readJson, refusal, TEXT_BYTES_MAX } from "./body.ts";
import { parseChallenges } from "./challenge.ts";
import { NO_CREDENTIALS, type RegistryCredentials } from "./credentials.ts";
import { BYTES, type Descriptor, MANIFEST } from "./media_types.ts";
import { openWire, type Wire, type WireOptions, type WireRequest, type WireSent } from "./wire.ts";

export type { RegistryFiles } from "./wire.ts";

/** Options of {@linkcode openRegistry}. */
export interface RegistryOptions extends WireOptions {
  /** Credentials; default: anonymous access. */
  readonly credentials?: RegistryCredentials | undefined;
  /** Time limits; default: 30 seconds for an answer, 60 without progress. */
  readonly patience?: Patience | undefined;
  /** Called with the progress of a download; with `undefined` when the download ends. */
  readonly progress?: ((url: string, received: Received | undefined) => void) | undefined;
  /** Aborts all requests. */
  readonly signal?: AbortSignal | undefined;
}

/** Maximal number of pages of tags. The registry chooses the size of a page, but pages must end at some time. */
const PAGES_MAX = 1000;

/** Returns a registry; sends nothing yet. */
export async function openRegistry(host: string, options: RegistryOptions = {}): Promise<OciRegistry> {
  return new OciRegistry(host, await openWire(host, options, options.signal, options.patience), options);
}

function path(repository: string, rest: string): string {
  return `/v2/${repository}/${rest}`;
}

/** A registry. All methods reject with a `SkegError`; its kind is `not-found` for missing content. */
export class OciRegistry {
  /** Host name as given, with the port. */
  readonly host: string;
  readonly #wire: Wire;
  readonly #options: RegistryOptions;
  /** Authorization values by scope, because a token is valid for one repository. */
  readonly #open = new Map<string, string | undefined>();

  /** Called by {@linkcode openRegistry}. */
  constructor(host: string, wire: Wire, options: RegistryOptions) {
    this.host = host;
    this.#wire = wire;
    this.#options = options;
  }

  /** Returns the bytes of the manifest with a tag or a digest. */
  async manifest(repository: string, reference: string): Promise<Uint8Array<ArrayBuffer>> {
    const request = {
      method: "GET",
      target: path(repository, `manifests/${reference}`),
      headers: { accept: MANIFEST },
    } as const;
    const { response, url } = await this.#expect([200], repository, request);
    return await readBytes(response, TEXT_BYTES_MAX, url, { patience: this.#options.patience });
  }

  /** Stores a manifest under a tag. */
  async putManifest(repository: string, tag: string, body: Uint8Array<ArrayBuffer>): Promise<void> {
    const target = path(repository, `manifests/${tag}`);
    const request = { method: "PUT", target, headers: { "content-type": MANIFEST }, body } as const;
    const { response } = await this.#expect([201, 200], repository, request, "pull,push");
    await response.body?.cancel();
  }

  /** Returns the bytes of a blob. Their size and digest are checked. */
  async blob(repository: string, { digest, size }: Descriptor, bytesMax: number): Promise<Uint8Array<ArrayBuffer>> {
    if (!/^sha256:[0-9a-f]{64}$/.test(digest)) {
      throw new SkegError(
        "chart",
        `the registry names a part of the chart by ${JSON.stringify(digest)}: no sha256 digest`,
      );
    }
    const limit = Math.min(size, bytesMax);
    if (size > bytesMax) {
      throw new SkegError("chart", `a part of the chart has ${size} bytes; ${bytesMax} are allowed`);
    }
    const target = path(repository, `blobs/${digest}`);
    const { response, url } = await this.#expect([200], repository, { method: "GET", target });
    const { patience, progress } = this.#options;
    const bytes = await readBytes(response, limit, url, { patience, progress });
    if (bytes.length === size && digestOf(bytes) === digest) return bytes;
    throw new SkegError("chart", `the registry sent other bytes than ${digest}`);
  }

  /** Stores a blob, unless the registry has it already. */
  async putBlob(repository: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const digest = digestOf(bytes), actions = "pull,push";
    const head = { method: "HEAD", target: path(repository, `blobs/${digest}`) } as const;
    const known = await this.#send(repository, head, actions);
    await known.response.body?.cancel();
    if (known.response.status === 200) return;
    const start = { method: "POST", target: path(repository, "blobs/uploads/"), body: "" } as const;
    const { response, url } = await this.#expect([202], repository, start, actions);
    await response.body?.cancel();
    const location = response.headers.get("location") ?? "";
    if (!URL.canParse(location, url)) throw new SkegError("io", "the registry does not say where to upload to");
    const target = new URL(location, url);
    // A registry behind a TLS proxy may return `http` addresses of itself.
    if (target.host === new URL(url).host) target.protocol = new URL(url).protocol;
    target.searchParams.set("digest", digest);
    const put = { method: "PUT", target: target.href, headers: { "content-type": BYTES }, body: bytes } as const;
    const stored = await this.#expect([201], repository, put, actions);
    await stored.response.body?.cancel();
  }

  /** Returns all tags of a repository. */
  async tags(repository: string): Promise<string[]> {
    const found: string[] = [];
    let target = path(repository, "tags/list");
    for (let page = 0; page < PAGES_MAX; page++) {
      const { response, url } = await this.#expect([200], repository, { method: "GET", target });
      const { tags } = await readJson(response, url, { patience: this.#options.patience });
      if (Array.isArray(tags)) found.push(...tags.filter((tag) => typeof tag === "string"));
      const next = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(response.headers.get("link") ?? "")?.[1];
      if (next === undefined || !URL.canParse(next, url) || !this.#wire.isOwn(new URL(next, url).href)) break;
      const { pathname, search } = new URL(next, url);
      target = `${pathname}${search}`;
    }
    return found;
  }

  /** Closes all connections. */
  close(): void {
    this.#wire.close();
  }

  /** Sends a request, and sends it again with credentials when the registry asks for them. */
  async #send(repository: string, request: WireRequest, actions = "pull"): Promise<WireSent> {
    const wire = this.#wire;
    const scope = `repository:${repository}:${actions}`;
    const mayShow = !/^https?:/.test(request.target) || wire.isOwn(request.target);
    const attempt = () => wire.send({ ...request, authorization: mayShow ? this.#open.get(scope) : undefined });
    const sent = await attempt();
    if (sent.response.status !== 401 || !mayShow) return sent;
    const challenges = parseChallenges(sent.response.headers.get("www-authenticate") ?? "");
    const shown = await authorize(challenges, scope, this.#options.credentials ?? NO_CREDENTIALS, wire);
    if (shown === undefined) return sent;
    await sent.response.body?.cancel();
    this.#open.set(scope, shown);
    return await attempt();
  }

  /** Sends a request; an answer with another status than the wanted ones is an error. */
  async #expect(
    wanted: readonly number[],
    repository: string,
    request: WireRequest,
    actions?: string,
  ): Promise<WireSent> {
    const sent = await this.#send(repository, request, actions);
    if (wanted.includes(sent.response.status)) return sent;
    throw await refusal(sent.response, request.method, sent.url, { patience: this.#options.patience });
  }
}
