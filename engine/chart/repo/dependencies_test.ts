import { deepEqual, equal, rejects } from "node:assert/strict";
import { join } from "node:path";
import { loadRequirements } from "../load/mod.ts";
import type { Chart } from "../../model/mod.ts";
import { chartArchive, repositoryFiles, serveFiles, withServer } from "../../../tests/_lib/chart_server.ts";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { buildDependencies, type DependencyOptions, updateDependencies } from "./dependencies.ts";
import { loadLock } from "./lock.ts";
import { emptyRepositories, newRepository, writeRepositories } from "./repositories.ts";
import { updateRepository } from "./update.ts";

const CHARTS = [["db", "1.0.0"], ["db", "1.5.0"], ["db", "2.0.0"], ["cache", "0.1.0"]] as const;

interface Place {
  readonly url: string;
  readonly web: string;
  readonly said: string[];
  readonly options: DependencyOptions;
  /** Writes requirements.yaml. */
  readonly require: (...entries: Record<string, string>[]) => Promise<void>;
  /** Names in `charts/`, sorted. */
  readonly charts: () => Promise<string[]>;
  readonly files: Record<string, string | Uint8Array>;
}

/** Runs `work` with a chart `web`, and a home whose repository `t` is served. */
function withChart(work: (place: Place) => Promise<void>): Promise<void> {
  const files = repositoryFiles(CHARTS);
  return withServer(serveFiles(files), ({ url }) =>
    inFolder({
      "home/repository/cache/.keep": "",
      "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
      "web/requirements.yaml": "dependencies: []\n",
      "lib/Chart.yaml": "apiVersion: v1\nname: lib\nversion: 3.2.1\n",
    }, async (folder) => {
      const [home, web] = [join(folder, "home"), join(folder, "web")];
      const repository = newRepository(home, { name: "t", url });
      await writeRepositories(home, { ...emptyRepositories(), repositories: [repository] });
      await updateRepository(repository, { home });
      const said: string[] = [];
      const save = async (chart: Chart, target: string): Promise<string> => {
        const { name, version = "" } = chart.metadata;
        const path = join(target, `${name}-${version}.tgz`);
        await Deno.writeFile(path, chartArchive(name, version));
        return path;
      };
      await work({
        url,
        web,
        said,
        files,
        options: { home, save, report: (text) => void said.push(text), skipRefresh: true },
        require: (...entries) =>
          Deno.writeTextFile(join(web, "requirements.yaml"), JSON.stringify({ dependencies: entries })),
        charts: async () => {
          const entries = await Array.fromAsync(Deno.readDir(join(web, "charts"))).catch(() => []);
          return entries.map(({ name }) => name).sort();
        },
      });
    }));
}

const lockOf = async (web: string) =>
  loadLock({
    files: [{ path: "requirements.lock", data: await Deno.readFile(join(web, "requirements.lock")) }],
  } as unknown as Chart);

Deno.test("updateDependencies() brings in the highest versions in the ranges and locks them", () =>
  withChart(async ({ web, url, said, options, require, charts }) => {
    await require(
      { name: "db", version: "^1.0.0", repository: "@t" },
      { name: "cache", version: ">0", repository: `${url}/` },
      { name: "lib", version: "3.x", repository: "file://../lib" },
    );
    await updateDependencies(web, { ...options, skipRefresh: false });
    deepEqual(await charts(), ["cache-0.1.0.tgz", "db-1.5.0.tgz", "lib-3.2.1.tgz"]);
    deepEqual((await lockOf(web))?.dependencies, [
      { name: "db", repository: url, version: "1.5.0" },
      { name: "cache", repository: `${url}/`, version: "0.1.0" },
      { name: "lib", repository: "file://../lib", version: "3.2.1" },
    ]);
    deepEqual(said, [
      "Hang tight while we grab the latest from your chart repositories...\n",
      '...Successfully got an update from the "t" chart repository\n',
      "Update Complete.\n",
      "Saving 3 charts\n",
      `Downloading db from repo ${url}\n`,
      `Downloading cache from repo ${url}/\n`,
      "Deleting outdated charts\n",
    ]);
  }));

Deno.test("updateDependencies() removes older archives of its charts, and only those", () =>
  withChart(async ({ web, options, require, charts }) => {
    await require({ name: "db", version: "2.x", repository: "@t" });
    await Deno.mkdir(join(web, "charts", "own"), { recursive: true });
    await Deno.writeTextFile(join(web, "charts", "own", "Chart.yaml"), "name: own\nversion: 1.0.0\n");
    for (
      const [file, name] of [["db-1.0.0.tgz", "db"], ["db-tools-1.0.0.tgz", "db-tools"], ["x-1.tgz", "x"]] as const
    ) {
      await Deno.writeFile(join(web, "charts", file), chartArchive(name, "1.0.0"));
    }
    await updateDependencies(web, options);
    deepEqual(await charts(), ["db-2.0.0.tgz", "db-tools-1.0.0.tgz", "own", "x-1.tgz"]);
  }));

// Pins C37.
Deno.test("updateDependencies() leaves charts/ and the lock as they were when anything fails", () =>
  withChart(async ({ web, url, options, require, charts, files, said }) => {
    await require({ name: "db", version: "1.0.0", repository: "@t" });
    await updateDependencies(web, options);
    const before = await Deno.readTextFile(join(web, "requirements.lock"));
    const unchanged = async () => {
      deepEqual(await charts(), ["db-1.0.0.tgz"]);
      equal(await Deno.readTextFile(join(web, "requirements.lock")), before);
      await rejects(Deno.stat(join(web, "tmpcharts")));
    };
    const fails = async (message: string | RegExp, ...entries: Record<string, string>[]) => {
      await require({ name: "db", version: "2.0.0", repository: "@t" }, ...entries);
      await rejects(updateDependencies(web, options), { message });
      await unchanged();
    };
    await fails("nope chart not found in repo " + url, { name: "nope", version: ">0", repository: "@t" });
    await fails(/^Can't get a valid version for repositories cache\. Try changing/, {
      name: "cache",
      version: ">9",
      repository: "@t",
    });
    await fails('dependency "cache" has an invalid version/constraint format: improper constraint: x y', {
      name: "cache",
      version: "x y",
      repository: "@t",
    });
    await fails("can't get a valid version for dependency lib", {
      name: "lib",
      version: "9",
      repository: "file://../lib",
    });
    await fails(/^no repository definition for @nope, other\. Please add them via 'helm repo add'\nNote that/, {
      name: "a",
      version: "1",
      repository: "@nope",
    }, { name: "b", version: "1", repository: "other" });
    await Deno.mkdir(join(web, "charts", "own"), { recursive: true });
    await rejects(
      require({ name: "db", version: "2.0.0", repository: "@t" }, { name: "own", version: "1" })
        .then(() => updateDependencies(web, options)),
      { message: /^Unable to load chart: / },
    );
    await Deno.remove(join(web, "charts", "own"));
    delete files["/cache-0.1.0.tgz"];
    said.length = 0;
    await fails(`could not download ${url}/cache-0.1.0.tgz: Failed to fetch ${url}/cache-0.1.0.tgz : 404 Not Found`, {
      name: "cache",
      version: ">0",
      repository: "@t",
    });
    deepEqual(said.slice(-2), [
      `Save error occurred:  could not download ${url}/cache-0.1.0.tgz: ` +
      `Failed to fetch ${url}/cache-0.1.0.tgz : 404 Not Found\n`,
      "Deleting newly downloaded charts, restoring pre-update state\n",
    ]);
  }));

Deno.test("updateDependencies() leaves charts/ alone when it is stopped in the middle", () => {
  const stop = new AbortController();
  return withChart(async ({ web, options, require, charts }) => {
    await require({ name: "db", version: "1.0.0", repository: "@t" });
    await updateDependencies(web, options);
    await require(
      { name: "db", version: "2.0.0", repository: "@t" },
      { name: "cache", version: ">0", repository: "@t" },
    );
    const report = (text: string) => text.startsWith("Downloading cache") ? stop.abort() : undefined;
    await rejects(updateDependencies(web, { ...options, report, signal: stop.signal }), { kind: "aborted" });
    deepEqual(await charts(), ["db-1.0.0.tgz"]);
  });
});

// Pins C34.
Deno.test("updateDependencies() needs no index of repositories that it does not use", () =>
  withChart(async ({ web, options, require, charts }) => {
    await writeRepositories(options.home, {
      ...emptyRepositories(),
      repositories: [newRepository(options.home, { name: "lost", url: "http://127.0.0.1:1" })],
    });
    await require({ name: "lib", version: "3.x", repository: "file://../lib" });
    await updateDependencies(web, options);
    deepEqual(await charts(), ["lib-3.2.1.tgz"]);
  }));

Deno.test("updateDependencies() takes a repository that is in no list", () =>
  withChart(async ({ web, url, options, require, charts }) => {
    await writeRepositories(options.home, emptyRepositories());
    await require({ name: "db", version: "^1.0.0", repository: url });
    await updateDependencies(web, options);
    deepEqual(await charts(), ["db-1.5.0.tgz"]);
    await require({ name: "nope", version: ">0", repository: url });
    await rejects(updateDependencies(web, options), { message: `could not find : chart nope not found in ${url}` });
    deepEqual(await charts(), ["db-1.5.0.tgz"]);
  }));

Deno.test("updateDependencies() does not touch a tmpcharts/ that Helm left behind, which may hold the only copies", () =>
  withChart(async ({ web, options, require }) => {
    await require({ name: "db", version: "1.0.0", repository: "@t" });
    await Deno.mkdir(join(web, "tmpcharts"));
    await Deno.writeTextFile(join(web, "tmpcharts", "db-1.0.0.tgz"), "");
    await rejects(updateDependencies(web, options), {
      kind: "exists",
      message: /^Unable to move current charts to tmp dir: rename /,
    });
    await Deno.stat(join(web, "tmpcharts", "db-1.0.0.tgz"));
  }));

Deno.test("updateDependencies() writes nothing outside of charts/, whatever a chart is called", () =>
  withChart(async ({ web, options, require }) => {
    await Deno.writeTextFile(join(web, "..", "lib", "Chart.yaml"), 'name: "../../evil"\nversion: 1.0.0\n');
    await require({ name: "lib", version: ">0", repository: "file://../lib" });
    await rejects(updateDependencies(web, options), {
      kind: "chart",
      message: '"../../evil-1.0.0.tgz" cannot be the name of a file',
    });
    const found = (await Array.fromAsync(Deno.readDir(join(web, "..")))).map(({ name }) => name).sort();
    deepEqual(found, ["home", "lib", "web"]);
    await rejects(Deno.stat(join(options.home, "evil-1.0.0.tgz")));
  }));

Deno.test("updateDependencies() keeps the lock while the list is the same", () =>
  withChart(async ({ web, options, require, files }) => {
    await require({ name: "db", version: ">0", repository: "@t" });
    await updateDependencies(web, options);
    const before = await Deno.readTextFile(join(web, "requirements.lock"));
    Object.assign(files, repositoryFiles([["db", "3.0.0"]]));
    await updateDependencies(web, { ...options, skipRefresh: false });
    equal(await Deno.readTextFile(join(web, "requirements.lock")), before);
  }));

Deno.test("buildDependencies() brings in what the lock says", () =>
  withChart(async ({ web, url, options, require, charts }) => {
    await require({ name: "db", version: "^1.0.0", repository: "@t" });
    await buildDependencies(web, options);
    deepEqual(await charts(), ["db-1.5.0.tgz"]);
    const lock = await Deno.readTextFile(join(web, "requirements.lock"));
    await Deno.writeTextFile(join(web, "requirements.lock"), lock.replace("1.5.0", "1.0.0"));
    await buildDependencies(web, options);
    deepEqual(await charts(), ["db-1.0.0.tgz"]);
    await require({ name: "db", version: "2.x", repository: "@t" });
    await rejects(buildDependencies(web, options), {
      kind: "chart",
      message: "requirements.lock is out of sync with requirements.yaml",
    });
    await require({ name: "db", version: "^1.0.0", repository: "@t" });
    await writeRepositories(options.home, emptyRepositories());
    await rejects(buildDependencies(web, options), {
      kind: "not-found",
      message: `no repository definition for ${url}. Please add the missing repos via 'helm repo add'`,
    });
    deepEqual(await charts(), ["db-1.0.0.tgz"]);
  }));

Deno.test("updateDependencies() takes chart folders only, and says when nothing is required", () =>
  withChart(async ({ web, options, said }) => {
    await rejects(updateDependencies(join(web, "Chart.yaml"), options), {
      message: "only unpacked charts can be updated",
    });
    const nope = join(web, "nope");
    await rejects(updateDependencies(nope, options), {
      message: `could not find ${nope}: stat ${nope}: no such file or directory`,
    });
    await Deno.remove(join(web, "requirements.yaml"));
    await updateDependencies(web, options);
    deepEqual(said, [`No requirements found in ${web}/charts.\n`]);
    equal(loadRequirements({ files: [] } as unknown as Chart), undefined);
  }));
