import { deepEqual, equal, match, rejects } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { repositoryHandler } from "./serve.ts";

const INDEX = `apiVersion: v1
entries:
  web:
  - {name: web, version: 1.0.0, urls: ["http://h/web-1.0.0.tgz"]}
  "<script>":
  - {name: "<script>", version: "\\"'&", urls: ["javascript:alert(1)"]}
`;
const FILES = { "repo/index.yaml": INDEX, "repo/web-1.0.0.tgz": "archive", "repo/sub/a.tgz": "a", "secret": "secret" };

/** Runs `work` with a function that answers requests from the folder `repo`. */
const serving = (work: (get: (path: string, init?: RequestInit) => Promise<Response>) => Promise<void>) =>
  inFolder(FILES, async (folder) => {
    const handler = await repositoryHandler(join(folder, "repo"));
    await work((path, init) => handler(new Request(`http://h${path}`, init)));
  });

Deno.test("repositoryHandler() serves files, with /charts before their paths or without", () =>
  serving(async (get) => {
    for (const path of ["/web-1.0.0.tgz", "/charts/web-1.0.0.tgz"]) {
      const answer = await get(path);
      deepEqual([answer.status, answer.headers.get("content-length")], [200, "7"]);
      equal(await answer.text(), "archive");
    }
    equal(await (await get("/charts/index.yaml")).text(), INDEX);
    const head = await get("/web-1.0.0.tgz", { method: "HEAD" });
    deepEqual([head.status, head.headers.get("content-length"), await head.text()], [200, "7", ""]);
  }));

Deno.test("repositoryHandler() shows a page of its charts, in which nothing runs", () =>
  serving(async (get) => {
    for (const path of ["/", "/charts/", "/charts/index", "/charts/index.html"]) {
      const page = await (await get(path)).text();
      match(page, /<a href="http:\/\/h\/web-1\.0\.0\.tgz">web-1\.0\.0<\/a>/);
      equal(/<script>|javascript:/.test(page), false);
    }
  }));

Deno.test("repositoryHandler() lists folders and says what is not there", () =>
  serving(async (get) => {
    equal((await get("/sub")).status, 301);
    match(await (await get("/sub/")).text(), /<a href="a\.tgz">a\.tgz<\/a>/);
    for (const path of ["/nope", "/charts/nope.tgz", "/web-1.0.0.tgz/", "/charts"]) {
      const answer = await get(path);
      deepEqual([answer.status, await answer.text()], [404, "404 page not found\n"], path);
    }
    equal((await get("/web-1.0.0.tgz", { method: "POST" })).status, 405);
  }));

Deno.test("repositoryHandler() does not leave its folder", () =>
  serving(async (get) => {
    for (const path of ["/%2e%2e/secret", "/..%2fsecret", "/charts/..%2f..%2fsecret", "/..%5csecret", "/%00", "/%ff"]) {
      const { status } = await get(path);
      equal(status === 400 || status === 404, true, `${path} ${status}`);
    }
  }));

Deno.test("repositoryHandler() wants an index", () =>
  inFolder({ "x": "" }, async (folder) => {
    await rejects(repositoryHandler(folder), { kind: "io", message: /index\.yaml: no such file or directory$/ });
  }));
