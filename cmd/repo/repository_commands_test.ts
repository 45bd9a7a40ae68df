import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  chartArchive,
  guarded,
  repositoryFiles,
  serveFiles,
  TLS_FOLDER,
  withServer,
  withTlsServer,
} from "../../tests/_lib/chart_server.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program, type ProgramOptions } from "../../tests/_lib/program.ts";

const CHARTS = [["web", "1.0.0"], ["web", "1.2.0"], ["web", "2.0.0-rc.1"], ["db", "0.1.0"]] as const;

type Run = (words: readonly string[], options?: ProgramOptions) => Promise<Outcome>;

/** A home that is set up without repositories, and a way to run command lines with it. */
function withHome(work: (run: Run, folder: string) => Promise<void>): Promise<void> {
  return inFolder({
    "home/repository/cache/.keep": "",
    "home/repository/local/.keep": "",
    "home/repository/repositories.yaml": 'apiVersion: v1\ngenerated: "2020-01-01T00:00:00Z"\nrepositories: []\n',
  }, (folder) => {
    const run: Run = (words, options = {}) =>
      program(words, { ...options, variables: { HELM_HOME: join(folder, "home"), ...options.variables } });
    return work(run, folder);
  });
}

/** As {@linkcode withHome}, with the repository `t`. */
function withRepository(work: (run: Run, folder: string, url: string) => Promise<void>): Promise<void> {
  return withServer(serveFiles(repositoryFiles(CHARTS)), ({ url }) =>
    withHome(async (run, folder) => {
      deepEqual(await run(["repo", "add", "t", url]), {
        code: 0,
        stdout: '"t" has been added to your repositories\n',
        stderr: "",
      });
      await work(run, folder, url);
    }));
}

/** Without hints: Helm's words alone. */
const QUIET: ProgramOptions = { variables: { SKEG_HINTS: "off" } };
const failed = (message: string, stdout = ""): Outcome => ({ code: 1, stdout, stderr: `Error: ${message}\n` });
const names = async (folder: string) => (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();

Deno.test("repo add, list and remove keep the list of repositories", () =>
  withRepository(async (run, folder, url) => {
    const width = url.length;
    equal((await run(["repo", "list"])).stdout, `NAME\t${"URL".padEnd(width)}\nt   \t${url}\n`);
    equal((await run(["repo", "list", "-o", "json"])).stdout, `[{"Name":"t","URL":"${url}"}]\n`);
    equal((await run(["repo", "list", "-o", "yaml"])).stdout, `- Name: t\n  URL: ${url}\n\n`);
    deepEqual(await run(["repo", "list", "-o", "xml"], QUIET), failed("unsupported format xml"));
    deepEqual(
      await run(["repo", "add", "t", url, "--no-update"], QUIET),
      failed("repository name (t) already exists, please specify a different name"),
    );
    deepEqual(await run(["repo", "remove", "nope"], QUIET), failed('no repo named "nope" found'));
    equal((await run(["repo", "rm", "t"])).stdout, '"t" has been removed from your repositories\n');
    equal((await run(["repo", "list", "-o", "json"])).stdout, "null\n");
    deepEqual(await names(join(folder, "home", "repository", "cache")), [".keep"]);
  }));

Deno.test("repo add changes nothing when there is no repository", () =>
  withServer(() => new Response("<html>"), ({ url }) =>
    withHome(async (run, folder) => {
      const file = join(folder, "home", "repository", "repositories.yaml");
      const before = await Deno.readTextFile(file);
      const { code, stderr } = await run(["repo", "add", "t", url]);
      equal(code, 1);
      match(stderr, /^Error: Looks like "http.*" is not a valid chart repository or cannot be reached: yaml: /);
      deepEqual(await run(["repo", "add", "t", "foo://x"], QUIET), failed("Could not find protocol handler for: foo"));
      deepEqual(
        await run(["repo", "add", "../t", url], QUIET),
        failed("repository name (../t) contains '/'. Please specify a different name without '/'"),
      );
      deepEqual(
        await run(["repo", "add", "t", url, "--username", "ann"], QUIET),
        failed("inappropriate ioctl for device", "Password:\n"),
      );
      equal(
        (await run(["repo", "add", "t"], QUIET)).stderr,
        "Error: This command needs 2 arguments: name for the chart repository, the url of the chart repository\n",
      );
      equal(await Deno.readTextFile(file), before);
    })));

Deno.test("repo add sets up a fresh home under skeg's own name; under Helm's it says what to type", () =>
  withServer(() => new Response("apiVersion: v1\nentries: {}\n"), ({ url }) =>
    inFolder({}, async (folder) => {
      const variables = { HELM_HOME: join(folder, "home") };
      const helm = await program(["repo", "add", "t", url], { variables });
      deepEqual([helm.code, helm.stdout], [1, ""]);
      match(
        helm.stderr,
        /^Error: Couldn't load repositories file .*\n.*\nType 'helm init --client-only --skip-refresh'/,
      );
      const own = await program(["repo", "add", "t", url], { variables, own: true });
      deepEqual(own, {
        code: 0,
        stdout: '"t" has been added to your repositories\n',
        stderr: `Note: ${folder}/home has been set up, with an empty list of repositories.\n`,
      });
      match((await program(["repo", "list"], { variables, own: true })).stdout, /^t {3}/m);
    })));

Deno.test("repo update tells how it went, and fails with --strict only", () =>
  withRepository(async (run, folder, url) => {
    const start = "Hang tight while we grab the latest from your chart repositories...\n";
    const good = '...Successfully got an update from the "t" chart repository\n';
    equal((await run(["repo", "update"])).stdout, `${start}${good}Update Complete.\n`);
    const file = join(folder, "home", "repository", "repositories.yaml");
    await Deno.writeTextFile(file, (await Deno.readTextFile(file)).replace(url, `${url}/nope`));
    const bad = `...Unable to get an update from the "t" chart repository (${url}/nope):\n` +
      `\tFailed to fetch ${url}/nope/index.yaml : 404 Not Found\n`;
    deepEqual(await run(["repo", "update"], QUIET), {
      code: 0,
      stdout: `${start}${bad}Update Complete.\n`,
      stderr: "",
    });
    match((await run(["repo", "update"])).stderr, /^Note: 1 of 1 repositories could not be updated; --strict makes /);
    // Under skeg's own name, an update of nothing is a failure.
    const own = await run(["repo", "update"], { own: true });
    deepEqual([own.code, own.stdout], [1, start + bad]);
    deepEqual(
      await run(["repo", "update", "--strict"], QUIET),
      failed("Update Failed. Check log for details", start + bad),
    );
    deepEqual(
      await run(["repo", "update", "nope"], QUIET),
      failed("no repositories found matching the provided name. Verify if the repo exists"),
    );
    equal(
      (await run(["update"], QUIET)).stderr,
      `Command "update" is deprecated, Use 'helm repo update'\n\n`,
    );
  }));

Deno.test("repo index makes a folder a repository", () =>
  inFolder({ "x/.keep": "" }, async (folder) => {
    await Deno.writeFile(join(folder, "web-1.0.0.tgz"), chartArchive("web", "1.0.0"));
    deepEqual(await program(["repo", "index", folder, "--url", "http://h"]), { code: 0, stdout: "", stderr: "" });
    match(await Deno.readTextFile(join(folder, "index.yaml")), /^ {4}- http:\/\/h\/web-1\.0\.0\.tgz$/m);
    deepEqual(await program(["repo", "index"], QUIET), failed("This command needs 1 argument: path to a directory"));
  }));

Deno.test("search finds charts in the indexes of the list", () =>
  withRepository(async (run, folder) => {
    equal(
      (await run(["search", "web"])).stdout,
      "NAME \tCHART VERSION\tAPP VERSION\tDESCRIPTION  \nt/web\t1.2.0        \t           \tThe chart web\n",
    );
    const versions = async (...words: string[]) =>
      (JSON.parse((await run(["search", "-o", "json", ...words])).stdout) ?? [])
        .map(({ Name, Version }: Record<string, string>) => `${Name} ${Version}`);
    deepEqual(await versions("WEB", "-l"), ["t/web 1.2.0", "t/web 1.0.0"]);
    deepEqual(await versions("web", "--devel"), ["t/web 2.0.0-rc.1"]);
    deepEqual(await versions("-r", "^t/(web|db)"), []);
    deepEqual(await versions("-r", "\\vt/(web|db)\\v"), ["t/db 0.1.0", "t/web 1.2.0"]);
    deepEqual(await versions("--version", "~1.0"), ["t/web 1.0.0"]);
    equal((await run(["search", "nothing"])).stdout, "No results found\n");
    deepEqual(await run(["search", "-r", "("], QUIET), failed("error parsing regexp: missing closing ): `(`"));
    deepEqual(
      await run(["search", "-v", "x y"], QUIET),
      failed("an invalid version/constraint format: improper constraint: x y"),
    );
    await Deno.writeTextFile(join(folder, "home", "repository", "cache", "t-index.yaml"), "nonsense");
    const warning = "WARNING: Repo \"t\" is corrupt or missing. Try 'helm repo update'.\n";
    equal((await run(["search"])).stdout, `${warning}No results found\n`);
    deepEqual(await run(["search", "-o", "json"]), { code: 0, stdout: "null\n", stderr: warning });
  }));

Deno.test("fetch downloads archives or unpacks them", () =>
  withRepository(async (run, folder, url) => {
    const out = join(folder, "out");
    await Deno.mkdir(out);
    deepEqual(await run(["fetch", "t/web", "t/db", "-d", out]), { code: 0, stdout: "", stderr: "" });
    deepEqual(await names(out), ["db-0.1.0.tgz", "web-1.2.0.tgz"]);
    equal((await run(["fetch", "t/web", "-d", out, "--untar"])).code, 0);
    deepEqual(await names(join(out, "web")), ["Chart.yaml", "templates", "values.yaml"]);
    deepEqual(
      await run(["fetch", "t/web", "-d", out, "--untar"], QUIET),
      failed(`Failed to untar: a file or directory with the name ${join(out, "web")} already exists`),
    );
    equal((await run(["fetch", `${url}/db-0.1.0.tgz`, "-d", out, "--untar", "--untardir", "new"])).code, 0);
    deepEqual(await names(join(out, "new")), ["db"]);
    equal((await run(["fetch", "--repo", url, "web", "--version", "~1.0", "-d", out])).code, 0);
    ok((await names(out)).includes("web-1.0.0.tgz"));
    equal((await run(["fetch", "t/web", "--devel", "-d", out])).code, 0);
    ok((await names(out)).includes("web-2.0.0-rc.1.tgz"));
    deepEqual(await run(["fetch"], QUIET), failed("need at least one argument, url or repo/name of the chart"));
    deepEqual(await run(["fetch", "nope/web"], QUIET), failed("repo nope not found"));
    equal(
      (await run(["fetch", "t/web", "--prov", "-d", out])).stdout,
      `WARNING: Verification not found for t/web: Failed to fetch ${url}/web-1.2.0.tgz.prov : 404 Not Found\n`,
    );
    deepEqual(
      await run(["fetch", "t/web", "--verify", "-d", out], QUIET),
      failed(`Failed to fetch provenance "${url}/web-1.2.0.tgz.prov"`),
    );
  }));

Deno.test("install, upgrade and inspect take charts from repositories", () =>
  withRepository(async (run, folder, url) => {
    const sandbox = `--sandbox=${join(folder, "state.db")}`;
    const chart = async () =>
      JSON.parse((await run(["list", "--output", "json", sandbox])).stdout).Releases
        .map(({ Chart }: { Chart: string }) => Chart);
    equal((await run(["install", "t/web", "--name", "a", "--version", "1.0.0", sandbox])).code, 0);
    deepEqual(await chart(), ["web-1.0.0"]);
    equal((await run(["upgrade", "a", "t/web", sandbox])).code, 0);
    deepEqual(await chart(), ["web-1.2.0"]);
    equal((await run(["upgrade", "a", "web", "--repo", url, "--devel", sandbox])).code, 0);
    deepEqual(await chart(), ["web-2.0.0-rc.1"]);
    equal((await run(["upgrade", "a", `${url}/web-1.0.0.tgz`, sandbox])).code, 0);
    deepEqual(await chart(), ["web-1.0.0"]);
    equal((await run(["upgrade", "-i", "b", "t/db", sandbox])).code, 0);
    deepEqual(await names(join(folder, "home", "cache", "archive")), [
      "db-0.1.0.tgz",
      "web-1.0.0.tgz",
      "web-1.2.0.tgz",
      "web-2.0.0-rc.1.tgz",
    ]);
    const hint = "(hint: running `helm repo update` may help)";
    deepEqual(await run(["install", "t/nope", sandbox], QUIET), failed(`failed to download "t/nope" ${hint}`));
    deepEqual(
      await run(["upgrade", "a", "nope", "--repo", url, sandbox], QUIET),
      failed(`chart "nope" not found in ${url} repository`),
    );
    deepEqual(
      await run(["install", "t/web", "--verify", sandbox], QUIET),
      failed(`failed to download "t/web" ${hint}`),
    );
    match((await run(["inspect", "chart", "t/web"])).stdout, /^version: 1\.2\.0$/m);
    equal((await run(["inspect", "values", "web", "--repo", url])).stdout, "greeting: hello\n\n");
  }));

Deno.test("install --dep-up and package --dependency-update bring in what is missing", () =>
  withRepository(async (run, folder) => {
    const app = join(folder, "app");
    await Deno.mkdir(app);
    await Deno.writeTextFile(join(app, "Chart.yaml"), "apiVersion: v1\nname: app\nversion: 1.0.0\n");
    await Deno.writeTextFile(
      join(app, "requirements.yaml"),
      "dependencies:\n- {name: db, version: '>0', repository: '@t'}\n",
    );
    const sandbox = `--sandbox=${join(folder, "state.db")}`;
    const missing = failed("found in requirements.yaml, but missing in charts/ directory: db");
    deepEqual(await run(["install", app, sandbox]), missing);
    deepEqual(await run(["package", app, "--save=false", "-d", folder]), missing);
    equal((await run(["package", "-u", app, "--save=false", "-d", folder])).code, 0);
    deepEqual(await names(join(app, "charts")), ["db-0.1.0.tgz"]);
    await Deno.remove(join(app, "charts"), { recursive: true });
    const { code, stdout, stderr } = await run(["install", app, "--dep-up", "--name", "a", "-o", "json", sandbox]);
    equal(code, 0);
    equal(JSON.parse(stdout).name, "a");
    match(stderr, /^Saving 1 charts$/m);
    match((await run(["get", "manifest", "a", sandbox])).stdout, /^# Source: app\/charts\/db\//m);
  }));

Deno.test("dependency list, update and build", () =>
  withRepository(async (run, folder, url) => {
    const app = join(folder, "app");
    await Deno.mkdir(app);
    await Deno.writeTextFile(join(app, "Chart.yaml"), "apiVersion: v1\nname: app\nversion: 1.0.0\n");
    deepEqual(await run(["dependency", "list", app]), {
      code: 0,
      stdout: `WARNING: no requirements at ${app}/charts\n`,
      stderr: "",
    });
    await Deno.writeTextFile(
      join(app, "requirements.yaml"),
      "dependencies:\n- {name: db, version: '>0', repository: '@t'}\n",
    );
    const list = (status: string) =>
      `NAME\tVERSION\tREPOSITORY\t${"STATUS".padEnd(status.length)}\ndb  \t>0     \t@t        \t${
        status.padEnd(6)
      }\n\n`;
    equal((await run(["dep", "ls", app])).stdout, list("missing"));
    equal(
      (await run(["dep", "up", app, "--skip-refresh"])).stdout,
      `Saving 1 charts\nDownloading db from repo ${url}\nDeleting outdated charts\n`,
    );
    await Deno.writeFile(join(app, "charts", "web-1.0.0.tgz"), chartArchive("web", "1.0.0"));
    equal(
      (await run(["dependencies", "list", app])).stdout,
      `${list("ok")}WARNING: ${JSON.stringify(join(app, "charts", "web-1.0.0.tgz"))} is not in requirements.yaml.\n`,
    );
    match((await run(["dependency", "build", app])).stdout, /^Hang tight .*Saving 1 charts\n/s);
    const nope = join(folder, "nope");
    deepEqual(await run(["dependency", "list", nope], QUIET), failed(`stat ${nope}: no such file or directory`));
    deepEqual(
      await run(["dependency", "update", nope], QUIET),
      failed(`could not find ${nope}: stat ${nope}: no such file or directory`),
    );
  }));

Deno.test("a repository behind a name and a password, over HTTPS: the whole way from repo add to install", () =>
  withTlsServer(
    guarded("ann", "secret", serveFiles(repositoryFiles(CHARTS))),
    {},
    ({ url, seen }) =>
      withHome(async (run, folder) => {
        const ca = ["--ca-file", join(TLS_FOLDER, "authority.pem")];
        const user = ["--username", "ann", "--password", "secret"];
        match(
          (await run(["repo", "add", "t", url, ...user])).stderr,
          /x509: certificate signed by unknown authority\nThe certificate "server" was signed by .*\n$/,
        );
        match((await run(["repo", "add", "t", url, ...ca])).stderr, /: Failed to fetch .* : 401 Unauthorized\n$/);
        match((await run(["repo", "add", "t", url, ...ca, ...user])).stdout, /^"t" has been added/);
        const sandbox = `--sandbox=${join(folder, "state.db")}`;
        for (
          const words of [
            ["repo", "update", "--strict"],
            ["fetch", "t/web", "-d", folder],
            ["fetch", "--repo", url, "web", "-d", folder, ...ca, ...user],
            ["inspect", "t/web"],
            ["inspect", "web", "--repo", url, ...ca, ...user],
            ["install", "t/web", "--name", "a", sandbox],
            ["upgrade", "a", "web", "--repo", url, ...ca, ...user, sandbox],
            ["upgrade", "a", `${url}/web-1.0.0.tgz`, ...ca, ...user, sandbox],
          ]
        ) {
          const { code, stdout, stderr } = await run(words);
          deepEqual([code, stderr], [0, ""], `${words.join(" ")}: ${stderr}`);
          ok(!stdout.includes("secret"));
        }
        match((await run(["fetch", "--repo", url, "web", ...ca])).stderr, /401 Unauthorized\n$/);
        const opened = seen.filter(({ authorization }) => authorization !== undefined);
        ok(opened.every(({ authorization }) => authorization === `Basic ${btoa("ann:secret")}`));
        match(
          await Deno.readTextFile(join(folder, "home", "repository", "repositories.yaml")),
          /^ {2}password: secret$/m,
        );
      }),
  ));

Deno.test("a repository that wants a client certificate: the whole way from repo add to install", () =>
  withTlsServer(serveFiles(repositoryFiles(CHARTS)), { mutual: true }, ({ url }) =>
    withHome(async (run, folder) => {
      const shown = (who: string) => [
        ...["--ca-file", join(TLS_FOLDER, "authority.pem")],
        ...["--cert-file", join(TLS_FOLDER, `${who}.pem`)],
        ...["--key-file", join(TLS_FOLDER, `${who}-key.pem`)],
      ];
      for (const flags of [shown("mallory"), shown("ann").slice(0, 2)]) {
        match(
          (await run(["repo", "add", "t", url, ...flags])).stderr,
          /is not a valid chart repository or cannot be reached/,
        );
      }
      match((await run(["repo", "add", "t", url, ...shown("ann")])).stdout, /^"t" has been added/);
      const sandbox = `--sandbox=${join(folder, "state.db")}`;
      for (
        const words of [
          ["repo", "update", "--strict"],
          ["fetch", "t/web", "-d", folder],
          ["fetch", "--repo", url, "web", "-d", folder, ...shown("ann")],
          ["install", "t/web", "--name", "a", sandbox],
          ["upgrade", "a", "web", "--repo", url, ...shown("ann"), sandbox],
        ]
      ) {
        const { code, stderr } = await run(words);
        deepEqual([code, stderr], [0, ""], `${words.join(" ")}: ${stderr}`);
      }
    })));

Deno.test("serve serves the local repository until it is stopped", () =>
  withHome(async (run, folder) => {
    await Deno.writeFile(join(folder, "home", "repository", "local", "web-1.0.0.tgz"), chartArchive("web", "1.0.0"));
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const address = `127.0.0.1:${listener.addr.port}`;
    deepEqual(
      await run(["serve", "--address", address], QUIET),
      failed(
        `listen tcp ${address}: bind: address already in use`,
        `Regenerating index. This may take a moment.\nNow serving you on ${address}\n`,
      ),
    );
    listener.close();
    const stop = new AbortController();
    const served = run(["serve", "--address", address], { signal: stop.signal });
    let index = "";
    for (let left = 100; left > 0 && index === ""; left--) {
      index = await fetch(`http://${address}/charts/index.yaml`).then((answer) => answer.text()).catch(() => "");
      if (index === "") await new Promise((resolve) => setTimeout(resolve, 20));
    }
    match(index, new RegExp(`- http://${address}/web-1\\.0\\.0\\.tgz`));
    equal((await run(["repo", "add", "own", `http://${address}/charts`])).code, 0);
    equal((await run(["fetch", "own/web", "-d", folder])).code, 0);
    stop.abort();
    equal((await served).code, 0);
    deepEqual(await run(["serve", "--address", "nowhere"]), {
      ...failed("listen tcp: address nowhere: missing port in address"),
      stdout: "Regenerating index. This may take a moment.\nNow serving you on nowhere\n",
    });
    const nope = join(folder, "nope");
    deepEqual(await run(["serve", "--repo-path", nope], QUIET), failed(`stat ${nope}: no such file or directory`));
  }));

const KEYS = fileURLToPath(new URL("../../testdata/keys", import.meta.url));

/** A repository with one chart that Helm 2 has signed with Ann's key; `change` alters what is served. */
function withSigned(
  change: (files: Record<string, string | Uint8Array>) => void,
  work: (run: Run, folder: string, url: string) => Promise<void>,
): Promise<void> {
  const files = repositoryFiles([["web", "1.2.3"]]);
  for (const file of ["web-1.2.3.tgz", "web-1.2.3.tgz.prov"]) {
    files[`/${file}`] = Deno.readFileSync(join(KEYS, "signed", "ann", file));
  }
  change(files);
  return withServer(serveFiles(files), ({ url }) =>
    withHome(async (run, folder) => {
      equal((await run(["repo", "add", "t", url])).code, 0);
      await work(run, folder, url);
    }));
}

const ANN = ["--keyring", join(KEYS, "gnupg1", "pubring.gpg")];
const BOB = ["--keyring", join(KEYS, "bob.gpg")];

Deno.test("--verify accepts a chart of a repository that Helm 2 has signed", () =>
  withSigned(() => {}, async (run, folder, url) => {
    const { code, stdout, stderr } = await run(["fetch", "t/web", "--verify", ...ANN, "-d", folder]);
    deepEqual([code, stderr], [0, ""]);
    match(stdout, /^Verification: &\{Ann Signer .*ann@example\.com.* sha256:[0-9a-f]{64} web-1\.2\.3\.tgz\}\n$/);
    ok((await names(folder)).includes("web-1.2.3.tgz.prov"));
    equal((await run(["inspect", "web", "--repo", url, "--verify", ...ANN])).code, 0);
    equal((await run(["install", "t/web", "--verify", ...ANN, `--sandbox=${join(folder, "state.db")}`])).code, 0);
    const app = join(folder, "app");
    await Deno.mkdir(app);
    await Deno.writeTextFile(join(app, "Chart.yaml"), "apiVersion: v1\nname: app\nversion: 1.0.0\n");
    await Deno.writeTextFile(
      join(app, "requirements.yaml"),
      "dependencies:\n- {name: web, version: '>0', repository: '@t'}\n",
    );
    equal((await run(["dependency", "update", app, "--verify", ...ANN])).code, 0);
    equal((await run(["dependency", "build", app, "--verify", ...ANN])).code, 0);
  }));

Deno.test("--verify refuses a chart that somebody else has signed, or that has changed since", async () => {
  await withSigned(() => {}, async (run, folder) => {
    equal(
      (await run(["fetch", "t/web", "--verify", ...BOB, "-d", folder], QUIET)).stderr,
      "Error: openpgp: signature made by unknown entity\n",
    );
    deepEqual(
      await run(["install", "t/web", "--verify", ...BOB, `--sandbox=${join(folder, "state.db")}`], QUIET),
      failed('failed to download "t/web" (hint: running `helm repo update` may help)'),
    );
  });
  await withSigned((files) => {
    files["/web-1.2.3.tgz"] = chartArchive("web", "1.2.3");
  }, async (run, folder) => {
    const { code, stderr } = await run(["fetch", "t/web", "--verify", ...ANN, "--untar", "-d", folder]);
    equal(code, 1);
    match(stderr, /^Error: sha256 sum does not match for web-1\.2\.3\.tgz: /);
    deepEqual(await names(folder), ["home"]);
  });
});
