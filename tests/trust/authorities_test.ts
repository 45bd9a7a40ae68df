/**
 * A given certificate authority is the only trusted one for every kind of
 * connection. A server with a certificate of another authority is refused before
 * anything is sent to it, even when the runtime trusts that authority.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { authority, serverBy } from "../_lib/certificates.ts";
import { inFolder } from "../_lib/folder.ts";
import { type TestServer, testServer } from "../_lib/tls_server.ts";

const MAIN = join(import.meta.dirname ?? ".", "..", "..", "main.ts");
const KUBE = pathToFileURL(join(import.meta.dirname ?? ".", "..", "..", "engine", "kube", "mod.ts")).href;

/** One given authority, and one that only the runtime trusts. */
const given = authority("given authority");
const trusted = authority("authority of the runtime");

interface Stage {
  readonly folder: string;
  /** Its certificate comes from the authority that only the runtime trusts. */
  readonly server: TestServer;
}

/** Starts a server with the answers of an API server, a repository and a registry that these commands need. */
async function startServer(by: typeof given): Promise<TestServer> {
  const { cert, key } = serverBy(by);
  return await testServer({ cert, key }, (request, answer) => {
    request.resume();
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://x");
    if (pathname === "/index.yaml") return void answer.end("apiVersion: v1\nentries: {}\n");
    if (pathname === "/v2/") return void answer.end("{}");
    answer.setHeader("content-type", "application/json");
    if (searchParams.has("watch")) return void answer.end('{"type":"ADDED","object":{}}\n');
    answer.end('{"kind":"ConfigMapList","apiVersion":"v1","metadata":{},"items":[]}');
  });
}

async function onStage(by: typeof given, work: (stage: Stage) => Promise<void>): Promise<void> {
  await inFolder({ "given.pem": given.cert, "trusted.pem": trusted.cert }, async (folder) => {
    await mkdir(join(folder, "home/repository/cache"), { recursive: true });
    const list = "apiVersion: v1\ngenerated: 2019-01-01T00:00:00Z\nrepositories: []\n";
    await writeFile(join(folder, "home/repository/repositories.yaml"), list);
    const server = await startServer(by);
    try {
      await work({ folder, server });
    } finally {
      await server.close();
    }
  });
}

/** The ways to make the runtime trust the second authority. */
const WAYS = ["--cert", "DENO_CERT", "NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"] as const;

async function run(
  { folder }: Stage,
  way: (typeof WAYS)[number],
  words: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const file = join(folder, "trusted.pem");
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", ...way === "--cert" ? ["--cert", file] : [], "-A", ...words],
    env: {
      PATH: Deno.env.get("PATH") ?? "",
      HOME: folder,
      DENO_DIR: Deno.env.get("DENO_DIR") ?? join(Deno.env.get("HOME") ?? "", ".cache", "deno"),
      HELM_HOME: join(folder, "home"),
      KUBECONFIG: join(folder, "kubeconfig"),
      NO_COLOR: "1",
      ...way === "--cert" ? {} : { [way]: file },
    },
    clearEnv: true,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

async function writeKubeconfig({ folder, server }: Stage, cluster: string, user = "token: very-secret"): Promise<void> {
  await writeFile(
    join(folder, "kubeconfig"),
    "apiVersion: v1\nkind: Config\ncurrent-context: c\n" +
      `clusters: [{name: c, cluster: {server: "https://localhost:${server.port}"${cluster}}}]\n` +
      `users: [{name: u, user: {${user}}}]\ncontexts: [{name: c, context: {cluster: c, user: u}}]\n`,
  );
}

const EXEC = 'exec: {apiVersion: client.authentication.k8s.io/v1, command: sh, interactiveMode: Never, args: ["-c", ' +
  `'echo "{\\"kind\\":\\"ExecCredential\\",\\"apiVersion\\":\\"client.authentication.k8s.io/v1\\",` +
  `\\"status\\":{\\"token\\":\\"very-secret\\"}}"']}`;

/** A script that opens a watch, as waiting for hooks does, and prints its events. */
const WATCH = `
import { openCluster } from ${JSON.stringify(KUBE)};
const cluster = await openCluster();
const path = "/api/v1/namespaces/a/pods?watch=true";
const answer = await cluster.transport({ method: "GET", path }).catch((error) => {
  console.error(error.message);
  Deno.exit(1);
});
console.log(await answer.text());
await cluster.close();
`;

/** Each kind of connection, as a command line. */
const OUTWARD: Readonly<Record<string, (stage: Stage) => Promise<readonly string[]>>> = {
  "requests to the API server": async (stage) => {
    await writeKubeconfig(stage, `, certificate-authority: ${stage.folder}/given.pem`);
    return [MAIN, "list"];
  },
  "requests with what an exec plugin gave": async (stage) => {
    await writeKubeconfig(stage, `, certificate-authority: ${stage.folder}/given.pem`, EXEC);
    return [MAIN, "list"];
  },
  "requests with another server's name": async (stage) => {
    await writeKubeconfig(
      stage,
      `, certificate-authority: ${stage.folder}/given.pem, tls-server-name: inside.example.com`,
    );
    return [MAIN, "list"];
  },
  "streams of the API server": async (stage) => {
    await writeKubeconfig(stage, `, certificate-authority: ${stage.folder}/given.pem`);
    await writeFile(join(stage.folder, "watch.ts"), WATCH);
    return [join(stage.folder, "watch.ts")];
  },
  "a repository": ({ folder, server }) =>
    Promise.resolve([MAIN, "repo", "add", "x", `https://localhost:${server.port}`, "--ca-file", `${folder}/given.pem`]),
  "a registry": ({ folder, server }) =>
    Promise.resolve([
      MAIN,
      "fetch",
      `oci://localhost:${server.port}/charts/x`,
      "--version",
      "1.0.0",
      "--ca-file",
      `${folder}/given.pem`,
    ]),
};

for (const [what, prepare] of Object.entries(OUTWARD)) {
  Deno.test(`${what}: an authority that only the runtime trusts is not enough`, async () => {
    await onStage(trusted, async (stage) => {
      const words = await prepare(stage);
      for (const way of WAYS) {
        const { code, stderr } = await run(stage, way, words);
        equal(code, 1, way);
        match(stderr, /x509: certificate signed by unknown authority/, way);
      }
      deepEqual(stage.server.seen, []);
    });
  });

  Deno.test(`${what}: the authority that is given is enough`, async () => {
    await onStage(given, async (stage) => {
      const { stderr } = await run(stage, "DENO_CERT", await prepare(stage));
      ok(stage.server.seen.length > 0, stderr);
    });
  });
}

Deno.test("without an authority of its own, a cluster's server is trusted by what the system and the runtime know", async () => {
  await onStage(trusted, async (stage) => {
    await writeKubeconfig(stage, "");
    for (const way of WAYS.filter((each) => each !== "--cert")) {
      const { code, stderr } = await run(stage, way, [MAIN, "list"]);
      equal(code, 0, `${way}: ${stderr}`);
    }
  });
});
