/**
 * A small OCI registry on loopback, in memory, for tests: blobs, manifests,
 * tags in pages, uploads, and the usual ways of authentication.
 *
 * @module
 */
import { createHash, randomUUID } from "node:crypto";

/** Options of {@linkcode startOciRegistry}. */
export interface OciServerOptions {
  /** Kind of authentication; default: none. */
  readonly auth?: "basic" | "token" | undefined;
  /** The user that is accepted. */
  readonly user?: { readonly name: string; readonly password: string } | undefined;
  /** A token that can be exchanged for short-lived ones. */
  readonly identityToken?: string | undefined;
  /** Number of tags per page. */
  readonly pageSize?: number | undefined;
  /** Address that requests for blobs are redirected to. */
  readonly blobsAt?: string | undefined;
  /** Certificate and key for HTTPS; default: plain HTTP. */
  readonly tls?: { readonly cert: string; readonly key: string } | undefined;
}

/** One received request. */
export interface Seen {
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
}

/** A running registry. */
export interface OciServer {
  /** Host and port, such as `127.0.0.1:40123`. */
  readonly host: string;
  readonly blobs: Map<string, Uint8Array<ArrayBuffer>>;
  /** Manifests by `REPOSITORY:TAG` and `REPOSITORY@DIGEST`. */
  readonly manifests: Map<string, Uint8Array<ArrayBuffer>>;
  readonly seen: readonly Seen[];
  stop(): Promise<void>;
}

function sha256(bytes: Uint8Array): string {
  return `sha256:${createHash("sha256").update(bytes).digest("hex")}`;
}

/** Returns an error answer in the registry's form. */
function refuse(status: number, code: string, headers: Record<string, string> = {}): Response {
  return Response.json({ errors: [{ code, message: code.toLowerCase().replaceAll("_", " ") }] }, { status, headers });
}

/** Starts a registry on a free port. */
export function startOciRegistry(options: OciServerOptions = {}): OciServer {
  const blobs = new Map<string, Uint8Array<ArrayBuffer>>(), manifests = new Map<string, Uint8Array<ArrayBuffer>>();
  const seen: Seen[] = [];
  const uploads = new Set<string>();
  const tokens = new Map<string, string>();
  const pageSize = options.pageSize ?? 100;

  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, ...options.tls },
    (request) => answer(request, new URL(request.url)),
  );
  const scheme = options.tls === undefined ? "http" : "https";
  const host = `127.0.0.1:${server.addr.port}`;

  async function answer(request: Request, url: URL): Promise<Response> {
    const authorization = request.headers.get("authorization");
    seen.push({ method: request.method, path: `${url.pathname}${url.search}`, authorization });
    if (url.pathname === "/token") return await giveToken(request, url);
    const [, repository = "", rest = ""] = /^\/v2\/(.+?)\/((?:manifests|blobs|tags)\/.*)$/.exec(url.pathname) ?? [];
    const scope = `repository:${repository}:${["GET", "HEAD"].includes(request.method) ? "pull" : "pull,push"}`;
    if (!isOpen(authorization, scope)) return challenge(scope);
    if (/^\/v2\/?$/.test(url.pathname)) return Response.json({});
    if (rest.startsWith("manifests/")) return await manifest(request, repository, rest.slice("manifests/".length));
    if (rest === "tags/list") return tagList(repository, url);
    if (rest.startsWith("blobs/uploads/")) return await upload(request, repository, url);
    if (rest.startsWith("blobs/")) return blob(request, rest.slice("blobs/".length));
    return refuse(404, "UNSUPPORTED");
  }

  function isOpen(authorization: string | null, scope: string): boolean {
    const { auth, user } = options;
    if (auth === undefined) return true;
    if (auth === "basic") return authorization === `Basic ${btoa(`${user?.name}:${user?.password}`)}`;
    const granted = tokens.get(authorization?.replace(/^Bearer /, "") ?? "");
    return granted === scope || granted === scope.replace(/:pull$/, ":pull,push");
  }

  function challenge(scope: string): Response {
    const how = options.auth === "basic"
      ? 'Basic realm="the registry"'
      : `Bearer realm="${scheme}://${host}/token",service="the registry",scope="${scope}"`;
    return refuse(401, "UNAUTHORIZED", { "www-authenticate": how });
  }

  async function giveToken(request: Request, url: URL): Promise<Response> {
    const form = request.method === "POST" ? new URLSearchParams(await request.text()) : url.searchParams;
    const { user, identityToken } = options;
    const isKnown = form.get("grant_type") === "refresh_token"
      ? form.get("refresh_token") === identityToken
      : user === undefined ||
        request.headers.get("authorization") === `Basic ${btoa(`${user.name}:${user.password}`)}`;
    if (!isKnown || form.get("service") !== "the registry") return refuse(401, "DENIED");
    const token = randomUUID();
    tokens.set(token, form.get("scope") ?? "");
    return Response.json(request.method === "POST" ? { access_token: token } : { token });
  }

  async function manifest(request: Request, repository: string, reference: string): Promise<Response> {
    const key = (name: string): string => `${repository}${name.startsWith("sha256:") ? "@" : ":"}${name}`;
    if (request.method === "PUT") {
      const bytes = new Uint8Array(await request.arrayBuffer());
      const { config, layers } = JSON.parse(new TextDecoder().decode(bytes));
      for (const { digest } of [config, ...layers]) {
        if (!blobs.has(digest)) return refuse(400, "MANIFEST_BLOB_UNKNOWN");
      }
      for (const name of [reference, sha256(bytes)]) manifests.set(key(name), bytes);
      return new Response(null, { status: 201 });
    }
    const found = manifests.get(key(reference));
    if (found === undefined) return refuse(404, "MANIFEST_UNKNOWN");
    return new Response(found, { headers: { "content-type": "application/vnd.oci.image.manifest.v1+json" } });
  }

  function tagList(repository: string, url: URL): Response {
    const tags = [...manifests.keys()].filter((key) => key.startsWith(`${repository}:`))
      .map((key) => key.slice(repository.length + 1)).sort();
    const start = tags.findIndex((tag) => tag > (url.searchParams.get("last") ?? ""));
    const page = start < 0 ? [] : tags.slice(start, start + pageSize);
    const more = start >= 0 && start + pageSize < tags.length;
    const headers = more ? { link: `</v2/${repository}/tags/list?last=${page.at(-1)}>; rel="next"` } : undefined;
    return Response.json({ name: repository, tags: page }, headers === undefined ? {} : { headers });
  }

  async function upload(request: Request, repository: string, url: URL): Promise<Response> {
    if (request.method === "POST") {
      const id = randomUUID();
      uploads.add(id);
      return new Response(null, {
        status: 202,
        headers: { location: `/v2/${repository}/blobs/uploads/${id}?state=1` },
      });
    }
    const bytes = new Uint8Array(await request.arrayBuffer());
    if (!uploads.delete(url.pathname.split("/").at(-1) ?? "")) return refuse(404, "BLOB_UPLOAD_UNKNOWN");
    if (sha256(bytes) !== url.searchParams.get("digest")) return refuse(400, "DIGEST_INVALID");
    blobs.set(sha256(bytes), bytes);
    return new Response(null, { status: 201 });
  }

  function blob(request: Request, digest: string): Response {
    const found = blobs.get(digest);
    if (found === undefined) return refuse(404, "BLOB_UNKNOWN");
    if (request.method === "HEAD") return new Response(null);
    if (options.blobsAt !== undefined) return Response.redirect(`${options.blobsAt}/${digest}`, 307);
    return new Response(found);
  }

  return { host, blobs, manifests, seen, stop: () => server.shutdown() };
}
