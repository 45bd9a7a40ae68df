/**
 * Every kind of connection goes through the proxy that Go would choose, and errors
 * name the proxy. The servers have names that only the proxy can resolve.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { makeArchive } from "../_lib/archive.ts";
import { authority, serverBy } from "../_lib/certificates.ts";
import { inFolder } from "../_lib/folder.ts";
import { program } from "../_lib/program.ts";
import { httpProxy, type TestProxy } from "../_lib/proxies.ts";
import { type TestServer, testServer } from "../_lib/tls_server.ts";

const HOST = "k8s.internal.test";
const root = authority();

const ARCHIVE = makeArchive([
  { name: "web/Chart.yaml", data: "name: web\nversion: 1.0.0\n" },
  { name: "web/templates/a.yaml", data: "a: {{ .Values.a }}\n" },
]);

interface Stage {
  readonly folder: string;
  /** Address of the server, with a name that only the proxy can resolve. */
  readonly url: string;
  readonly server: TestServer;
  readonly proxy: TestProxy;
}

async function onStage(work: (stage: Stage) => Promise<void>): Promise<void> {
  const { cert, key } = serverBy(root, { dns: [HOST, "other.internal.test"] });
  const server = await testServer({ cert, key }, (request, answer) => {
    request.resume();
    const { pathname } = new URL(request.url ?? "/", "http://x");
    if (pathname.endsWith("index.yaml")) {
      const entry = "web: [{name: web, version: 1.0.0, urls: [web-1.0.0.tgz]}]";
      return void answer.end(`apiVersion: v1\nentries: {${entry}}\n`);
    }
    if (pathname.endsWith(".tgz")) return void answer.end(ARCHIVE);
    if (pathname === "/values.yaml") return void answer.end("a: 1\n");
    answer.setHeader("content-type", "application/json");
    if (pathname.startsWith("/v2/")) return void answer.writeHead(404).end("{}");
    answer.end('{"kind":"ConfigMapList","apiVersion":"v1","metadata":{},"items":[]}');
  });
  const proxy = await httpProxy();
  try {
    await inFolder({ "ca.pem": root.cert, "chart/Chart.yaml": "name: web\nversion: 1.0.0\n" }, async (folder) => {
      await mkdir(join(folder, "home/repository/cache"), { recursive: true });
      await mkdir(join(folder, "home/plugins"), { recursive: true });
      const list = "apiVersion: v1\ngenerated: 2019-01-01T00:00:00Z\nrepositories: []\n";
      await writeFile(join(folder, "home/repository/repositories.yaml"), list);
      await work({ folder, url: `https://${HOST}:${server.port}`, server, proxy });
    });
  } finally {
    await proxy.close();
    await server.close();
  }
}

async function writeKubeconfig({ folder, url }: Stage, cluster: string, user: string): Promise<void> {
  await writeFile(
    join(folder, "kubeconfig"),
    "apiVersion: v1\nkind: Config\ncurrent-context: c\n" +
      `clusters: [{name: c, cluster: {server: "${url}", ${cluster}}}]\n` +
      `users: [{name: u, user: {${user}}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n`,
  );
}

const cluster = (settings: string, user = "token: x") => async (stage: Stage): Promise<readonly string[]> => {
  await writeKubeconfig(stage, settings.replace("CA", join(stage.folder, "ca.pem")), user);
  return ["list"];
};

/** Each kind of connection, as a command line. */
const OUTWARD: Readonly<Record<string, (stage: Stage) => Promise<readonly string[]> | readonly string[]>> = {
  "the API server, by its authority": cluster("certificate-authority: CA"),
  "the API server, unchecked": cluster("insecure-skip-tls-verify: true"),
  "the API server, by another name": cluster("certificate-authority: CA, tls-server-name: other.internal.test"),
  "the API server, as a member of groups": cluster(
    "certificate-authority: CA",
    "as: jane, as-groups: [a, b], token: x",
  ),
  "the API server, by the system's authorities": cluster("extensions: []"),
  "a repository": ({ url, folder }) => ["repo", "add", "r", url, "--ca-file", join(folder, "ca.pem")],
  "a repository, by the system's authorities": ({ url }) => ["repo", "add", "r", url],
  "a chart": ({ url, folder }) => ["fetch", `${url}/web-1.0.0.tgz`, "-d", folder],
  "values": ({ url, folder }) => ["template", join(folder, "chart"), "-f", `${url}/values.yaml`],
  "a registry": ({ url, folder }) => ["fetch", `${url.replace("https", "oci")}/charts/web`, "-d", folder],
  "an archive of a plugin": ({ url }) => ["plugin", "install", `${url}/web-1.0.0.tgz`],
  "the page of a plugin's sources": ({ url }) => ["plugin", "install", `${url}/page`],
};

async function run(
  { folder }: Stage,
  words: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<{ code: number; stdout: string; stderr: string }> {
  return await program([...words], {
    variables: {
      HOME: folder,
      HELM_HOME: join(folder, "home"),
      KUBECONFIG: join(folder, "kubeconfig"),
      SSL_CERT_FILE: join(folder, "ca.pem"),
      ...variables,
    },
  });
}

for (const [what, prepare] of Object.entries(OUTWARD)) {
  Deno.test(`${what}: goes through the proxy of either variable, and directly where NO_PROXY says so`, async () => {
    await onStage(async (stage) => {
      const { proxy, server } = stage;
      const address = `http://me:hunter2@127.0.0.1:${proxy.port}`;
      let reached = 0;
      for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"]) {
        const { stderr } = await run(stage, await prepare(stage), { [name]: address });
        ok(server.seen.length > reached, `${name}: ${stderr}`);
        ok(!stderr.includes("hunter2"));
        reached = server.seen.length;
        await Deno.remove(join(stage.folder, "home/plugins"), { recursive: true });
        await mkdir(join(stage.folder, "home/plugins"));
      }
      const user = `Basic ${btoa("me:hunter2")}`;
      deepEqual([...new Set(proxy.seen)], [`CONNECT ${HOST}:${server.port} ${user}`]);
      for (const variables of [{ HTTPS_PROXY: address, NO_PROXY: ".internal.test" }, { ALL_PROXY: address }]) {
        const before = proxy.seen.length;
        const { code, stderr } = await run(stage, await prepare(stage), variables);
        equal(code, 1);
        if (what !== "the page of a plugin's sources") match(stderr, /no such host/);
        equal(proxy.seen.length, before);
      }
    });
  });
}

Deno.test("a proxy that refuses is named in the error of each way out, without what opens it", async () => {
  await onStage(async (stage) => {
    const closed = await httpProxy({ refuse: "403 Forbidden" });
    const HTTPS_PROXY = `http://me:hunter2@127.0.0.1:${closed.port}`;
    for (const [what, prepare] of Object.entries(OUTWARD)) {
      // An unreadable page is treated as missing, so the error is that there is no plugin.
      if (what === "the page of a plugin's sources") continue;
      const { code, stderr } = await run(stage, await prepare(stage), { HTTPS_PROXY });
      equal(code, 1, what);
      match(stderr.split("\n")[0] ?? "", /Forbidden/, what);
      match(
        stderr,
        new RegExp(`through the proxy http://\\*\\*\\*@127\\.0\\.0\\.1:${closed.port} \\(from HTTPS_PROXY\\)`),
        what,
      );
      ok(!stderr.includes("hunter2"), what);
    }
    await closed.close();
  });
});
