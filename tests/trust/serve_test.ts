/**
 * `serve` and hostile clients that can reach its port: only files of the folder come out,
 * whatever paths, encodings and methods are asked for.
 *
 * @module
 */
import { equal, ok } from "node:assert/strict";
import { symlink } from "node:fs/promises";
import { join } from "node:path";
import { repositoryHandler } from "../../engine/chart/repo/mod.ts";
import { inFolder } from "../_lib/folder.ts";

const SECRET = "HUNTER2";
const FILES = {
  "repo/index.yaml": "apiVersion: v1\nentries: {}\n",
  "repo/web-1.0.0.tgz": "archive",
  "repo/é ü.tgz": "archive",
  "repo/sub/a.tgz": "archive",
  "secret": SECRET,
  "repository/secret": SECRET,
};

/** Sends bytes as they are; a client library would mend them. */
async function raw(port: number, head: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  try {
    await connection.write(Uint8Array.from(head, (char) => char.charCodeAt(0)));
    const bytes = new Uint8Array(64 * 1024);
    let text = "";
    // Every request asks the server to close the connection afterwards.
    for (;;) {
      const got = await connection.read(bytes).catch(() => null);
      if (got === null || text.length > 1_000_000) return text;
      text += new TextDecoder().decode(bytes.subarray(0, got));
    }
  } finally {
    connection.close();
  }
}

const served = (work: (port: number, folder: string) => Promise<void>): Promise<void> =>
  inFolder(FILES, async (folder) => {
    const handler = await repositoryHandler(join(folder, "repo"));
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, handler);
    try {
      await work(server.addr.port, folder);
    } finally {
      await server.shutdown();
    }
  });

const PATHS = (folder: string): string[] => [
  "/../secret",
  "/../../../../../../../../etc/passwd",
  "/charts/../../secret",
  "/charts/../secret",
  "/%2e%2e/secret",
  "/%2E%2E%2Fsecret",
  "/..%2fsecret",
  "/..%5csecret",
  "/..%252fsecret",
  "/%252e%252e/secret",
  "/sub/..%2f..%2fsecret",
  "/sub/%2e%2e/%2e%2e/secret",
  "/./../secret",
  "//secret",
  "///etc/passwd",
  "/..;/secret",
  "/..%00/secret",
  "/web-1.0.0.tgz%00.html",
  "/%c0%ae%c0%ae/secret",
  "/%ff%fe",
  "/%",
  "/%zz",
  "/..\\secret",
  "/\xe9 \xfc.tgz",
  `${folder}/secret`,
  "/../repository/secret",
  "/con",
  "/" + "a/".repeat(4000),
  "/" + "a".repeat(8000),
  "/?file=../secret",
  "/#../secret",
  "/index.yaml/../../secret",
];

Deno.test("serve gives no file outside of its folder: 32 paths", () =>
  served(async (port, folder) => {
    const paths = PATHS(folder);
    equal(paths.length, 32);
    for (const path of paths) {
      const text = await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      ok(!text.includes(SECRET) && !text.includes("root:"), path);
      ok(text === "" || !/^HTTP\/1\.1 5/.test(text), `${path}: ${text.slice(0, 60)}`);
      ok(!/^location: *(https?:)?\/\//im.test(text), `${path} leads elsewhere`);
    }
  }));

Deno.test("serve only reads: 11 methods and heads", () =>
  served(async (port, folder) => {
    for (const method of ["PUT", "POST", "DELETE", "PATCH", "MKCOL", "MOVE", "PROPFIND", "OPTIONS", "TRACE"]) {
      const text = await raw(
        port,
        `${method} /new.tgz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx`,
      );
      ok(/^HTTP\/1\.1 4\d\d /.test(text), `${method}: ${text.slice(0, 60)}`);
    }
    for (const host of ["a b", "evil.example.com/x"]) {
      const text = await raw(port, `GET /index.yaml HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
      ok(text === "" || !/^HTTP\/1\.1 5/.test(text), `${host}: ${text.slice(0, 60)}`);
    }
    const left = (await Array.fromAsync(Deno.readDir(join(folder, "repo")))).map(({ name }) => name).sort();
    equal(left.join(), "index.yaml,sub,web-1.0.0.tgz,é ü.tgz");
  }));

Deno.test("serve follows links that its owner put into the folder, as Helm does", {
  ignore: Deno.build.os === "windows",
}, () =>
  served(async (port, folder) => {
    await symlink(join(folder, "repo/web-1.0.0.tgz"), join(folder, "repo/latest.tgz"));
    ok((await raw(port, "GET /latest.tgz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")).endsWith("archive"));
    // A device and a broken link are no files.
    await symlink("/dev/zero", join(folder, "repo/zero.tgz"));
    await symlink("/nowhere", join(folder, "repo/gone.tgz"));
    for (const path of ["/zero.tgz", "/gone.tgz"]) {
      ok(
        /^HTTP\/1\.1 404 /.test(await raw(port, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)),
        path,
      );
    }
  }));
