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
import { openWire, type WireOptions, type WireRequest } from "./wire.ts";

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

/** A registry. All methods reject with a `SkegError`; its kind is `not-found` for missing content. */
export interface OciRegistry {
  /** Host name as given, with the port. */
  readonly host: string;
  /** Returns the bytes of the manifest with a tag or a digest. */
  manifest(repository: string, reference: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Stores a manifest under a tag. */
  putManifest(repository: string, tag: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Returns the bytes of a blob. Their size and digest are checked. */
  blob(repository: string, blob: Descriptor, bytesMax: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Stores a blob, unless the registry has it already. */
  putBlob(repository: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Returns all tags of a repository. */
  tags(repository: string): Promise<string[]>;
  /** Closes all connections. */
  close(): void;
}

/** Maximal number of pages of tags. The registry chooses the size of a page, but pages must end at some time. */
const PAGES_MAX = 1000;

/** Returns a registry; sends nothing yet. */
export async function openRegistry(host: string, options: RegistryOptions = {}): Promise<OciRegistry> {
  // Long: all methods share the connection and what it has learned of the registry.
  const { credentials = NO_CREDENTIALS, signal, patience, progress } = options;
  const wire = await openWire(host, options, signal, patience);
  /** Authorization values by scope, because a token is valid for one repository. */
  const open = new Map<string, string | undefined>();

  /** Sends a request, and sends it again with credentials when the registry asks for them. */
  const send = async (repository: string, request: WireRequest, actions = "pull") => {
    const scope = `repository:${repository}:${actions}`;
    const mayShow = !/^https?:/.test(request.target) || wire.isOwn(request.target);
    const attempt = () => wire.send({ ...request, authorization: mayShow ? open.get(scope) : undefined });
    const sent = await attempt();
    if (sent.response.status !== 401 || !mayShow) return sent;
    const challenges = parseChallenges(sent.response.headers.get("www-authenticate") ?? "");
    const shown = await authorize(challenges, scope, credentials, wire);
    if (shown === undefined) return sent;
    await sent.response.body?.cancel();
    open.set(scope, shown);
    return await attempt();
  };
  const expect = async (wanted: readonly number[], ...[repository, request, actions]: Parameters<typeof send>) => {
    const sent = await send(repository, request, actions);
    if (!wanted.includes(sent.response.status)) {
      throw await refusal(sent.response, request.method, sent.url, { patience });
    }
    return sent;
  };
  const path = (repository: string, rest: string): string => `/v2/${repository}/${rest}`;

  return {
    host,
    async manifest(repository, reference) {
      const request = {
        method: "GET",
        target: path(repository, `manifests/${reference}`),
        headers: { accept: MANIFEST },
      } as const;
      const { response, url } = await expect([200], repository, request);
      return await readBytes(response, TEXT_BYTES_MAX, url, { patience });
    },
    async putManifest(repository, tag, body) {
      const target = path(repository, `manifests/${tag}`);
      const headers = { "content-type": MANIFEST };
      const { response } = await expect([201, 200], repository, { method: "PUT", target, headers, body }, "pull,push");
      await response.body?.cancel();
    },
    async blob(repository, { digest, size }, bytesMax) {
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
      const { response, url } = await expect([200], repository, { method: "GET", target });
      const bytes = await readBytes(response, limit, url, { patience, progress });
      if (bytes.length === size && digestOf(bytes) === digest) return bytes;
      throw new SkegError("chart", `the registry sent other bytes than ${digest}`);
    },
    async putBlob(repository, bytes) {
      const digest = digestOf(bytes), actions = "pull,push";
      const known = await send(repository, { method: "HEAD", target: path(repository, `blobs/${digest}`) }, actions);
      await known.response.body?.cancel();
      if (known.response.status === 200) return;
      const start = { method: "POST", target: path(repository, "blobs/uploads/"), body: "" } as const;
      const { response, url } = await expect([202], repository, start, actions);
      await response.body?.cancel();
      const location = response.headers.get("location") ?? "";
      if (!URL.canParse(location, url)) throw new SkegError("io", "the registry does not say where to upload to");
      const target = new URL(location, url);
      // A registry behind a TLS proxy may return `http` addresses of itself.
      if (target.host === new URL(url).host) target.protocol = new URL(url).protocol;
      target.searchParams.set("digest", digest);
      const headers = { "content-type": BYTES };
      const stored = await expect(
        [201],
        repository,
        { method: "PUT", target: target.href, headers, body: bytes },
        actions,
      );
      await stored.response.body?.cancel();
    },
    async tags(repository) {
      const found: string[] = [];
      let target = path(repository, "tags/list");
      for (let page = 0; page < PAGES_MAX; page++) {
        const { response, url } = await expect([200], repository, { method: "GET", target });
        const { tags } = await readJson(response, url, { patience });
        if (Array.isArray(tags)) found.push(...tags.filter((tag) => typeof tag === "string"));
        const next = /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(response.headers.get("link") ?? "")?.[1];
        if (next === undefined || !URL.canParse(next, url) || !wire.isOwn(new URL(next, url).href)) break;
        const { pathname, search } = new URL(next, url);
        target = `${pathname}${search}`;
      }
      return found;
    },
    close: wire.close,
  };
}
