import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import {
  type Answer,
  chartArchive,
  repositoryFiles,
  serveFiles,
  withServer,
} from "../../../tests/_lib/chart_server.ts";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { downloadChart, type DownloadOptions, fetchIndex, findChartAddress, resolveChart } from "./download.ts";
import { plainAccess } from "./fetch.ts";
import { cachedIndexPath } from "./home.ts";
import { emptyRepositories, makeRepository, type Repository, writeRepositories } from "./repositories.ts";

const CHARTS = [["web", "1.0.0"], ["web", "1.2.0"], ["web", "2.0.0-rc.1"], ["db", "0.1.0"]] as const;
const SIGNED = "-----BEGIN PGP SIGNED MESSAGE-----\n";
const BASIC = `Basic ${btoa("ann:secret")}`;

interface Place {
  readonly url: string;
  readonly home: string;
  readonly out: string;
  readonly options: DownloadOptions;
  readonly authorizations: () => (string | undefined)[];
}

/** Runs `work` with a home whose only repository `t` is served; `index` replaces its index. */
function withRepository(
  { index, answer = serveFiles(repositoryFiles(CHARTS)), ...repository }: Partial<Repository> & {
    readonly index?: (url: string) => unknown;
    readonly answer?: Answer;
  },
  work: (place: Place) => Promise<void>,
): Promise<void> {
  return withServer(
    answer,
    ({ url, seen }) =>
      inFolder({ "home/repository/cache/.keep": "", "out/.keep": "" }, async (folder) => {
        const home = join(folder, "home");
        const text = index === undefined ? repositoryFiles(CHARTS)["/index.yaml"] : JSON.stringify(index(url));
        await Deno.writeTextFile(cachedIndexPath(home, "t"), String(text));
        await writeRepositories(home, {
          ...emptyRepositories(),
          repositories: [
            makeRepository({ name: "lost", url: "http://127.0.0.1:1" }),
            makeRepository({ name: "t", url, ...repository }),
          ],
        });
        const authorizations = () => seen.map(({ authorization }) => authorization);
        await work({ url, home, out: join(folder, "out"), options: { home }, authorizations });
      }),
  );
}

const indexOf = (...urls: string[]) => () => ({
  apiVersion: "v1",
  entries: { web: [{ name: "web", version: "1.0.0", urls }] },
});

Deno.test("resolveChart() chooses the highest release in the range", () =>
  withRepository({}, async ({ url, options }) => {
    const place = async (range: string) => (await resolveChart("t/web", range, options)).url.slice(url.length);
    equal(await place(""), "/web-1.2.0.tgz");
    equal(await place("1.0.0"), "/web-1.0.0.tgz");
    equal(await place("<1.1"), "/web-1.0.0.tgz");
    equal(await place(">0.0.0-0"), "/web-2.0.0-rc.1.tgz");
    await rejects(place(">5"), {
      kind: "not-found",
      message: `chart "web" matching version ">5" not found in t index. (try 'helm repo update'). ` +
        "No chart version found for web->5",
    });
    await rejects(place("x y"), { kind: "semver", message: /improper constraint: x y$/ });
  }));

Deno.test("resolveChart() says what it cannot find", () =>
  withRepository({ index: indexOf() }, async ({ options, home }) => {
    const fails = (reference: string, message: string | RegExp) =>
      rejects(resolveChart(reference, "", options), { message });
    await fails("web", "Non-absolute URLs should be in form of repo_name/path_to_chart, got: web");
    await fails("nope/web", "repo nope not found");
    await fails("t/nope", /no chart name found$/);
    await fails("t/web", 'chart "t/web" has no downloadable URLs');
    await fails(":", "invalid chart URL format: :");
    await fails(
      "lost/web",
      `no cached repo found. (try 'helm repo update'). open ${
        cachedIndexPath(home, "lost")
      }: no such file or directory`,
    );
  }));

Deno.test("downloadChart() writes the archive, over one that is there", () =>
  withRepository({}, async ({ options, out }) => {
    const path = join(out, "web-1.2.0.tgz");
    await Deno.writeFile(path, chartArchive("web", "1.2.0", { "more": "x".repeat(100_000) }));
    deepEqual(await downloadChart("t/web", "", out, options), { path, name: "web", verification: undefined });
    deepEqual(await Deno.readFile(path), chartArchive("web", "1.2.0"));
    await Deno.mkdir(join(out, "db-0.1.0.tgz"));
    await rejects(downloadChart("t/db", "", out, options), { kind: "io", message: /db-0\.1\.0\.tgz: is a directory$/ });
    deepEqual((await Array.fromAsync(Deno.readDir(out))).map(({ name }) => name).sort(), [
      ".keep",
      "db-0.1.0.tgz",
      "web-1.2.0.tgz",
    ]);
    await rejects(downloadChart("t/web", "", join(out, "nope"), options), {
      kind: "io",
      message: `open ${join(out, "nope", "web-1.2.0.tgz")}: no such file or directory`,
    });
  }));

Deno.test("downloadChart() opens a repository with what is stored, or with what is given", () =>
  withRepository({ username: "ann", password: "secret" }, async ({ options, out, authorizations }) => {
    await downloadChart("t/web", "", out, options);
    await downloadChart("t/web", "", out, { ...options, access: { username: "bob", password: "other" } });
    deepEqual(authorizations(), [BASIC, `Basic ${btoa("bob:other")}`]);
  }));

Deno.test("downloadChart() shows nothing to other hosts that an index names", () =>
  withServer(serveFiles({ "/web.tgz": chartArchive("web", "1.0.0") }), ({ url: other, seen }) =>
    withRepository(
      { username: "ann", password: "secret", index: indexOf(`${other}/web.tgz`) },
      async ({ options, out, authorizations }) => {
        await downloadChart("t/web", "", out, options);
        await downloadChart(`${other}/web.tgz`, "", out, options);
        deepEqual(seen.map(({ authorization }) => authorization), [undefined, undefined]);
        deepEqual(authorizations(), []);
      },
    )));

Deno.test("downloadChart() opens an address with what belongs to the repository that lists it", () =>
  withRepository(
    {
      username: "ann",
      password: "secret",
      index: (url) => ({
        apiVersion: "v1",
        entries: { db: [{ name: "db", version: "0.1.0", urls: [`${url}/db-0.1.0.tgz`] }] },
      }),
    },
    async ({ options, out, url, authorizations }) => {
      await downloadChart(`${url}/db-0.1.0.tgz`, "", out, options);
      await downloadChart(`${url}/web-1.0.0.tgz`, "", out, options);
      deepEqual(authorizations(), [BASIC, undefined]);
    },
  ));

Deno.test("downloadChart() writes into the folder only, whatever an address is called", () =>
  withServer(
    () => new Response(new Uint8Array(chartArchive("web", "1.0.0"))),
    ({ url }) =>
      inFolder({ "home/repository/repositories.yaml": "apiVersion: v1\n", "deep/out/.keep": "" }, async (folder) => {
        const options = { home: join(folder, "home") };
        const out = join(folder, "deep", "out");
        for (const name of ["%2e%2e", "x/..%2f..%2f..", "a/%2e%2e/", "..%5c..%5cx", "%00x", "a%2f%2e%2e"]) {
          await rejects(downloadChart(`${url}/charts/${name}`, "", out, options), {
            kind: "chart",
            message: /names no file/,
          });
        }
        equal((await downloadChart(`${url}/..%2f..%2fx.tgz`, "", out, options)).path, join(out, "x.tgz"));
        deepEqual((await Array.fromAsync(Deno.readDir(join(folder, "deep")))).map(({ name }) => name), ["out"]);
      }),
  ));

Deno.test("downloadChart() refuses addresses of kinds that nobody knows", () =>
  withRepository({ index: indexOf("file:///etc/passwd") }, async ({ options, out }) => {
    await rejects(downloadChart("t/web", "", out, options), { kind: "usage", message: 'scheme "file" not supported' });
  }));

Deno.test("downloadChart() fetches provenance when asked, and insists on it when it must be verified", () => {
  const files = { ...repositoryFiles(CHARTS), "/web-1.2.0.tgz.prov": SIGNED };
  return withRepository({ answer: serveFiles(files) }, async ({ options, out, url }) => {
    const path = join(out, "web-1.2.0.tgz");
    const verified: string[] = [];
    const verify = ({ path }: { path: string }) => Promise.resolve(verified.push(path));
    const name = "web";
    const said: string[] = [];
    const asked = { ...options, verify, report: (text: string) => void said.push(text) };
    deepEqual(await downloadChart("t/web", "", out, { ...asked, provenance: "later" }), {
      path,
      name,
      verification: undefined,
    });
    equal(await Deno.readTextFile(`${path}.prov`), SIGNED);
    deepEqual(verified, []);
    deepEqual(await downloadChart("t/web", "", out, { ...asked, provenance: "always" }), {
      path,
      name,
      verification: 1,
    });
    deepEqual(verified, [path]);
    for (const provenance of ["later", "if-possible"] as const) {
      await downloadChart("t/db", "", out, { ...asked, provenance });
    }
    const line = `WARNING: Verification not found for t/db: Failed to fetch ${url}/db-0.1.0.tgz.prov : 404 Not Found\n`;
    deepEqual(said, [line, line]);
    await rejects(downloadChart("t/db", "", out, { ...asked, provenance: "always" }), {
      kind: "chart",
      message: `Failed to fetch provenance "${url}/db-0.1.0.tgz.prov"`,
    });
    await rejects(
      downloadChart("t/web", "", out, {
        ...asked,
        provenance: "always",
        verify: () => Promise.reject(new Error("bad")),
      }),
      { message: "bad" },
    );
  });
});

Deno.test("findChartAddress() looks into a repository that is known by its address only", () =>
  withServer(serveFiles(repositoryFiles(CHARTS)), async ({ url }) => {
    deepEqual(await findChartAddress("web", "", plainAccess(url)), {
      url: `${url}/web-1.2.0.tgz`,
      asked: { name: "web", version: "1.2.0", digest: undefined },
    });
    await rejects(findChartAddress("nope", "", plainAccess(url)), {
      kind: "not-found",
      message: `chart "nope" not found in ${url} repository`,
    });
    await rejects(findChartAddress("web", "9", plainAccess(url)), {
      message: `chart "web" version "9" not found in ${url} repository`,
    });
    await rejects(findChartAddress("web", "", plainAccess(`${url}/nope`)), {
      message: `Looks like "${url}/nope" is not a valid chart repository or cannot be reached: ` +
        `Failed to fetch ${url}/nope/index.yaml : 404 Not Found`,
    });
  }));

Deno.test("fetchIndex() refuses what is no index", () =>
  withServer(() => new Response("<html>"), async ({ url }) => {
    await rejects(fetchIndex(plainAccess(url)), { kind: "yaml", message: /is not a valid chart repository/ });
  }));
