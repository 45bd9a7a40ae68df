import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { repositoryFiles, serveFiles, withServer } from "../../../tests/_lib/chart_server.ts";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { cachedIndexPath } from "./home.ts";
import { newRepository } from "./repositories.ts";
import { updateRepositories, updateRepository } from "./update.ts";

const FILES = repositoryFiles([["web", "1.0.0"]]);
const inHome = (work: (home: string) => Promise<void>) => inFolder({ "repository/cache/.keep": "" }, work);

Deno.test("updateRepositories() asks all at the same time and tells in order of completion", () => {
  const waiting: (() => void)[] = [];
  let asked = 0;
  return withServer(async (request) => {
    const { pathname } = new URL(request.url);
    // The server answers only when all requests have arrived.
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      if (++asked === 3) { for (const answer of waiting) answer(); }
    });
    return pathname === "/bad/index.yaml"
      ? new Response("", { status: 500 })
      : new Response(String(FILES["/index.yaml"]));
  }, ({ url }) =>
    inHome(async (home) => {
      const said: string[] = [];
      const repositories = ["a", "bad", "c", "local"].map((name) =>
        newRepository(home, { name, url: `${url}/${name}` })
      );
      const report = (text: string) => void said.push(text);
      equal(await updateRepositories(repositories, { home, report, skip: ["local"] }), 1);
      equal(said.shift(), "Hang tight while we grab the latest from your chart repositories...\n");
      equal(said.shift(), "...Skip local chart repository\n");
      deepEqual(said.sort(), [
        '...Successfully got an update from the "a" chart repository\n',
        '...Successfully got an update from the "c" chart repository\n',
        `...Unable to get an update from the "bad" chart repository (${url}/bad):\n` +
        `\tFailed to fetch ${url}/bad/index.yaml : 500 Internal Server Error\n`,
      ]);
      equal(await Deno.readTextFile(cachedIndexPath(home, "a")), FILES["/index.yaml"]);
      await rejects(Deno.stat(cachedIndexPath(home, "bad")));
    }));
});

Deno.test("updateRepositories() asks nobody when one cannot be asked at all", () =>
  withServer(serveFiles(FILES), ({ url, seen }) =>
    inHome(async (home) => {
      const repositories = [["a", url], ["b", "foo://x"]].map(([name = "", url = ""]) =>
        newRepository(home, { name, url })
      );
      await rejects(updateRepositories(repositories, { home, report: () => {} }), {
        message: "Could not find protocol handler for: foo",
      });
      deepEqual(seen, []);
    })));

Deno.test("updateRepository() keeps the cached index when what comes is none", () =>
  withServer(() => new Response("<html>"), ({ url }) =>
    inHome(async (home) => {
      await Deno.writeTextFile(cachedIndexPath(home, "a"), "before");
      await rejects(updateRepository(newRepository(home, { name: "a", url }), { home }), {
        kind: "yaml",
        message: new RegExp(`^Looks like "${url}" is not a valid chart repository or cannot be reached: yaml: `),
      });
      equal(await Deno.readTextFile(cachedIndexPath(home, "a")), "before");
    })));

Deno.test("updateRepository() writes where old lists say: relative to the cache", () =>
  withServer(serveFiles(FILES), ({ url }) =>
    inHome(async (home) => {
      await updateRepository({ ...newRepository(home, { name: "a", url }), cache: "other-index.yaml" }, { home });
      equal(await Deno.readTextFile(join(home, "repository", "cache", "other-index.yaml")), FILES["/index.yaml"]);
    })));

Deno.test("a name and a password in an address are not told", () =>
  withServer(() => new Response("", { status: 401 }), ({ url }) =>
    inHome(async (home) => {
      const said: string[] = [];
      const secret = url.replace("//", "//ann:secret@");
      const repositories = [newRepository(home, { name: "a", url: secret })];
      equal(await updateRepositories(repositories, { home, report: (text) => void said.push(text) }), 1);
      equal(said.join("").includes("secret"), false);
      await rejects(updateRepository(newRepository(home, { name: "a", url: secret }), { home }), (error: Error) => {
        equal(error.message.includes("secret"), false, error.message);
        return true;
      });
    })));
