/**
 * Web servers for tests of chart repositories, on this machine only.
 *
 * @module
 */
import { createServer } from "node:https";
import { fileURLToPath } from "node:url";
import { makeArchive } from "./archive.ts";

/** One request that a server received. */
export interface SeenRequest {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly agent: string | undefined;
}

/** A running server. */
export interface TestServer {
  /** Its address, without a slash at the end. */
  readonly url: string;
  /** The requests received, in order. */
  readonly seen: readonly SeenRequest[];
}

/** Answers one request. */
export type Answer = (request: Request) => Response | Promise<Response>;

/** Runs a server while `work` runs. */
export async function withServer<T>(answer: Answer, work: (server: TestServer) => Promise<T>): Promise<T> {
  const seen: SeenRequest[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    note(seen, request);
    return answer(request);
  });
  try {
    return await work({ url: `http://127.0.0.1:${server.addr.port}`, seen });
  } finally {
    await server.shutdown();
  }
}

function note(seen: SeenRequest[], request: Request): void {
  const { pathname, search } = new URL(request.url);
  seen.push({
    path: pathname + search,
    authorization: request.headers.get("authorization") ?? undefined,
    agent: request.headers.get("user-agent") ?? undefined,
  });
}

/** Folder of the certificates for tests. */
export const TLS_FOLDER: string = fileURLToPath(new URL("../../testdata/tls", import.meta.url));

/** Like {@linkcode withServer}, over HTTPS. With `mutual`, clients must present a certificate of the authority. */
export async function withTlsServer<T>(
  answer: Answer,
  { mutual = false }: { readonly mutual?: boolean },
  work: (server: TestServer) => Promise<T>,
): Promise<T> {
  const seen: SeenRequest[] = [];
  const [cert, key, ca] = await Promise.all(
    ["server.pem", "server-key.pem", "authority.pem"].map((name) => Deno.readTextFile(`${TLS_FOLDER}/${name}`)),
  );
  const options = { cert: cert ?? "", key: key ?? "", ca: ca ?? "", requestCert: mutual, rejectUnauthorized: mutual };
  const server = createServer(options, async (incoming, outgoing) => {
    const headers = new Headers();
    for (const [name, value] of Object.entries(incoming.headers)) headers.set(name, String(value));
    const request = new Request(`https://${incoming.headers.host}${incoming.url}`, { headers });
    note(seen, request);
    const response = await answer(request);
    outgoing.writeHead(response.status, Object.fromEntries(response.headers));
    outgoing.end(new Uint8Array(await response.arrayBuffer()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  try {
    return await work({ url: `https://127.0.0.1:${port}`, seen });
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

/** Returns the archive of a chart that renders one ConfigMap. */
export function chartArchive(name: string, version: string, more: Readonly<Record<string, string>> = {}): Uint8Array {
  const files = {
    "Chart.yaml": `apiVersion: v1\nname: ${name}\nversion: ${version}\n`,
    "values.yaml": "greeting: hello\n",
    "templates/config.yaml":
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata: {version: "${version}"}\n`,
    ...more,
  };
  return makeArchive(Object.entries(files).map(([path, data]) => ({ name: `${name}/${path}`, data })));
}

/** Returns the files of a repository with an archive for each `name-version`; addresses are relative. */
export function repositoryFiles(
  charts: readonly (readonly [name: string, version: string])[],
): Record<string, string | Uint8Array> {
  const entries: Record<string, unknown[]> = {};
  const files: Record<string, string | Uint8Array> = {};
  for (const [name, version] of charts) {
    const file = `${name}-${version}.tgz`;
    files[`/${file}`] = chartArchive(name, version);
    (entries[name] ??= []).push({ name, version, urls: [file], description: `The chart ${name}` });
  }
  files["/index.yaml"] = JSON.stringify({ apiVersion: "v1", generated: "2020-01-01T00:00:00Z", entries });
  return files;
}

/** Answers with files, and 404 for others. */
export function serveFiles(files: Readonly<Record<string, string | Uint8Array>>): Answer {
  return (request) => {
    const file = files[new URL(request.url).pathname];
    if (file === undefined) return new Response("no such file", { status: 404 });
    return new Response(typeof file === "string" ? file : new Uint8Array(file));
  };
}

/** Requires a user name and password before `answer` is called. */
export function guarded(user: string, password: string, answer: Answer): Answer {
  return (request) =>
    request.headers.get("authorization") === `Basic ${btoa(`${user}:${password}`)}`
      ? answer(request)
      : new Response("who are you?", { status: 401 });
}
