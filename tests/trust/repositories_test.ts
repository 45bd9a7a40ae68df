/**
 * Repositories that are not what they should be: they lead elsewhere, never
 * end, break off, or send more than was requested. Every command ends with
 * a sentence, keeps none of the data, and sends credentials to no other server.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { chartArchive, withServer } from "../_lib/chart_server.ts";
import { inFolder } from "../_lib/folder.ts";
import { program } from "../_lib/program.ts";

const HEAD = "HTTP/1.1 200 OK\r\nContent-Type: text/yaml\r\n";
const INDEX = "apiVersion: v1\nentries: {}\n";
const bytes = (text: string) => new TextEncoder().encode(text);

/** Writes an answer, piece by piece, and perhaps never ends. */
type Script = (write: (part: string | Uint8Array) => Promise<void>, port: number) => Promise<void>;

/** A server that answers each connection by a script, whatever it was asked. */
async function scripted<T>(script: Script, work: (url: string, asked: string[]) => Promise<T>): Promise<T> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const asked: string[] = [];
  const open = new Set<Deno.Conn>();
  const answer = async (connection: Deno.Conn): Promise<void> => {
    open.add(connection);
    const buffer = new Uint8Array(16_384);
    try {
      const got = await connection.read(buffer);
      asked.push(new TextDecoder().decode(buffer.subarray(0, got ?? 0)));
      await script(async (part) => {
        let rest = typeof part === "string" ? bytes(part) : part;
        while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
      }, listener.addr.port);
    } catch {
      // The client has had enough.
    } finally {
      open.delete(connection);
      try {
        connection.close();
      } catch {
        // Closed below.
      }
    }
  };
  const serving = (async () => {
    for await (const connection of listener) void answer(connection);
  })().catch(() => {});
  try {
    return await work(`http://127.0.0.1:${listener.addr.port}`, asked);
  } finally {
    listener.close();
    for (const connection of open) connection.close();
    await serving;
  }
}

const moved = (to: string): Script => (write) =>
  write(`HTTP/1.1 302 Found\r\nLocation: ${to}\r\nContent-Length: 0\r\n\r\n`);

const SCRIPTS: Readonly<Record<string, Script>> = {
  "leads to a file": moved("file:///etc/passwd"),
  "leads to a file of Windows": moved("file://C:/Windows/win.ini"),
  "leads to data": moved("data:text/yaml,apiVersion: v1"),
  "leads to a script": moved("javascript:alert(1)"),
  "leads to another protocol": moved("ftp://127.0.0.1/index.yaml"),
  "leads to nothing": moved(""),
  "leads to no address": moved("http://[::::]/"),
  "leads in a circle": (write, port) => moved(`http://127.0.0.1:${port}/index.yaml`)(write, port),
  "leads from place to place": (write, port) => moved(`http://127.0.0.1:${port}/${crypto.randomUUID()}`)(write, port),
  "never ends": async (write) => {
    await write(`${HEAD}\r\n`);
    for (const part = new Uint8Array(1024 * 1024).fill(35);;) await write(part);
  },
  "never ends in chunks": async (write) => {
    await write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n`);
    for (const part = `100000\r\n${"#".repeat(0x100000)}\r\n`;;) await write(part);
  },
  "never ends in its head": async (write) => {
    await write(HEAD);
    for (const part = `X-A: ${"a".repeat(60_000)}\r\n`;;) await write(part);
  },
  "has a head of one endless line": async (write) => {
    await write(`${HEAD}X-A: `);
    for (const part = "a".repeat(60_000);;) await write(part);
  },
  "answers 1xx for ever": async (write) => {
    for (;;) await write("HTTP/1.1 100 Continue\r\n\r\n");
  },
  "breaks off": (write) => write(`${HEAD}Content-Length: 1000\r\n\r\n${INDEX}`),
  "breaks off in a chunk": (write) => write(`${HEAD}Transfer-Encoding: chunked\r\n\r\nff\r\n${INDEX}`),
  "says that it has 2^60 bytes": (write) => write(`${HEAD}Content-Length: 1152921504606846976\r\n\r\n${INDEX}`),
  "has a negative length": (write) => write(`${HEAD}Content-Length: -5\r\n\r\n${INDEX}`),
  "has two lengths": (write) => write(`${HEAD}Content-Length: 5\r\nContent-Length: 600\r\n\r\n${INDEX}`),
  "has chunks that are none": (write) => write(`${HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n${INDEX}`),
  "has a chunk of 2^60 bytes": (write) =>
    write(`${HEAD}Transfer-Encoding: chunked\r\n\r\n1000000000000000\r\n${INDEX}`),
  "is a bomb of gzip": (write) => {
    const body = gzipSync(new Uint8Array(200 * 1024 * 1024), { level: 9 });
    return write(`${HEAD}Content-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`).then(() => write(body));
  },
  "says gzip and is none": (write) => write(`${HEAD}Content-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello`),
  "speaks no HTTP": (write) => write("SSH-2.0-OpenSSH_9.0\r\n\r\n"),
  "speaks HTTP 0.9": (write) => write(INDEX),
  "closes at once": () => Promise.resolve(),
  "sends nulls": (write) => write(new Uint8Array(100_000)),
  "has a page in the place of an index": (write) =>
    write(`${HEAD}Content-Length: 26\r\n\r\n<html><body>Log in</body>\n`),
  "has an empty index": (write) => write(`${HEAD}Content-Length: 0\r\n\r\n`),
  "has no content": (write) => write("HTTP/1.1 204 No Content\r\n\r\n"),
  "says that nothing changed": (write) => write("HTTP/1.1 304 Not Modified\r\n\r\n"),
  "fails": (write) => write("HTTP/1.1 500 x\r\nContent-Length: 3\r\n\r\nabc"),
  "asks for a password": (write) =>
    write('HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm="\x1b]52;c;eA==\x07"\r\nContent-Length: 0\r\n\r\n'),
};

const home = (folder: string) => ({ HELM_HOME: join(folder, "helm"), HOME: folder, SKEG_REPOSITORY_TIMEOUT: "5" });
const HOME_FILES = {
  "helm/repository/repositories.yaml": "apiVersion: v1\ngenerated: 2020-01-01T00:00:00Z\nrepositories: []\n",
  "helm/repository/cache/.keep": "",
};

for (const [what, script] of Object.entries(SCRIPTS)) {
  Deno.test(`repo add and fetch give up on a repository that ${what}`, () =>
    inFolder(HOME_FILES, (folder) =>
      scripted(script, async (url) => {
        const variables = home(folder);
        const start = performance.now();
        for (
          const args of [
            ["repo", "add", "bad", url, "--username", "ann", "--password", "HUNTER2"],
            ["fetch", `${url}/web-1.0.0.tgz`, "-d", folder],
          ]
        ) {
          const { code, stdout, stderr } = await program(args, { variables });
          // An address without content is an empty file by name, as in Helm.
          ok(code === 1 || args[0] === "fetch" && stderr === "", `${code} ${stdout} ${stderr}`);
          ok(!/HUNTER2|root:|TypeError|is not a function|call stack/.test(stdout + stderr), stderr);
          ok(stderr.length < 5000, `${stderr.length}`);
        }
        ok(performance.now() - start < 60_000);
        equal(
          await Deno.readTextFile(join(folder, "helm/repository/repositories.yaml")),
          HOME_FILES["helm/repository/repositories.yaml"],
        );
        const cached = (await Array.fromAsync(Deno.readDir(join(folder, "helm/repository/cache")))).map(({ name }) =>
          name
        );
        deepEqual(cached, [".keep"]);
        const left = (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).filter((name) =>
          name !== "helm"
        );
        deepEqual(left.filter((name) => name !== "web-1.0.0.tgz"), []);
      })));
}

Deno.test("credentials of a repository go to its host and port alone: 6 ways to get them elsewhere", () =>
  withServer(() => new Response("no", { status: 404 }), (thief) =>
    inFolder(HOME_FILES, async (folder) => {
      const elsewhere = [thief.url, thief.url.replace("127.0.0.1", "localhost")];
      const archive = new Uint8Array(chartArchive("web", "1.0.0"));
      for (const [at, other] of elsewhere.entries()) {
        const entries = { web: [{ name: "web", version: "1.0.0", urls: [`${other}/web-1.0.0.tgz`] }] };
        const index = JSON.stringify({ apiVersion: "v1", entries });
        let mode = "";
        await withServer(({ url }) => {
          const { pathname } = new URL(url);
          if (mode === "index") return Response.redirect(`${other}/index.yaml`);
          if (pathname === "/index.yaml") return new Response(index);
          if (mode === "archive") return Response.redirect(`${other}/web-1.0.0.tgz`);
          return new Response(archive);
        }, async ({ url, seen }) => {
          const variables = home(folder);
          const credentials = ["--username", "ann", "--password", "HUNTER2"];
          equal((await program(["repo", "add", `r${at}`, url, ...credentials], { variables })).code, 0);
          match(seen[0]?.authorization ?? "", /^Basic /);
          await program(["fetch", `r${at}/web`, "-d", folder], { variables });
          mode = "index";
          await program(["repo", "add", `s${at}`, url, ...credentials], { variables });
          mode = "archive";
          await program(["fetch", "--repo", url, ...credentials, "web", "-d", folder], { variables });
        });
      }
      ok(thief.seen.length >= 4, `${thief.seen.length}`);
      for (const { authorization, path } of thief.seen) equal(authorization, undefined, path);
    })));
