import { deepEqual, equal, match, ok } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { CHART_YAML, makeArchive } from "../../tests/_lib/archive.ts";
import { chartArchive, serveFiles, withServer } from "../../tests/_lib/chart_server.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program, type ProgramOptions } from "../../tests/_lib/program.ts";
import { signBadly } from "../../tests/_lib/weak_signature.ts";

type Files = Record<string, string | Uint8Array>;

/** One line of an index; the address defaults to `NAME-VERSION.tgz`. */
interface Entry {
  readonly name: string;
  readonly version?: string;
  readonly url?: string;
  readonly digest?: string;
}

/** A test environment: a repository `t` that serves `files` and an index of `entries`. */
interface Place {
  readonly run: (words: readonly string[], options?: ProgramOptions) => Promise<Outcome>;
  /** A folder of the user. */
  readonly out: string;
  readonly url: string;
  /** Everything below `out`: path → content. */
  readonly tree: () => Promise<Record<string, string>>;
}

const isWindows = Deno.build.os === "windows";

function withRepository(entries: readonly Entry[], files: Files, work: (place: Place) => Promise<void>): Promise<void> {
  const index: Record<string, unknown[]> = {};
  for (const { name, version = "1.0.0", url = `${name}-${version}.tgz`, digest } of entries) {
    (index[name] ??= []).push({ name, version, urls: [url], ...digest && { digest } });
  }
  const text = JSON.stringify({ apiVersion: "v1", entries: index });
  return withServer(serveFiles({ ...files, "/index.yaml": text }), ({ url }) =>
    inFolder({
      "home/repository/cache/.keep": "",
      "home/plugins/.keep": "",
      "home/repository/repositories.yaml": "apiVersion: v1\nrepositories: []\n",
      "out/.keep": "",
    }, async (folder) => {
      const out = join(folder, "out");
      const run: Place["run"] = (words, options = {}) =>
        program(words, { ...options, variables: { HELM_HOME: join(folder, "home"), ...options.variables } });
      equal((await run(["repo", "add", "t", url])).code, 0);
      await work({ run, out, url, tree: () => treeOf(out) });
    }));
}

async function treeOf(folder: string, above = ""): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, isDirectory, isSymlink } of Deno.readDir(folder)) {
    const path = join(folder, name);
    if (isDirectory) Object.assign(found, await treeOf(path, `${above}${name}/`));
    else found[above + name] = isSymlink ? "a link" : new TextDecoder("latin1").decode(await Deno.readFile(path));
  }
  delete found[".keep"];
  return found;
}

const latin1 = (bytes: Uint8Array) => new TextDecoder("latin1").decode(bytes);
const digestOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Checks that a command failed with such a message. */
function failed({ code, stderr }: Outcome, words: RegExp): void {
  match(stderr, words);
  equal(code, 1);
}

/** An archive of the chart `name` that also holds `files`, at the chart's root. */
const hostile = (name: string, files: Files) =>
  makeArchive([
    { name: "x/Chart.yaml", data: `apiVersion: v1\nname: ${JSON.stringify(name)}\nversion: 1.0.0\n` },
    ...Object.entries(files).map(([path, data]) => ({ name: `x/${path}`, data })),
  ]);

Deno.test("fetch --untar writes to nothing that exists, whatever the chart calls itself", () => {
  const files = {
    "/nice-1.0.0.tgz": hostile(".git", { "config": "EVIL" }),
    "/dot-1.0.0.tgz": hostile(".", { "build.sh": "EVIL" }),
  };
  return withRepository([{ name: "nice" }, { name: "dot" }], files, async ({ run, out, tree }) => {
    await Deno.mkdir(join(out, ".git"));
    await Deno.writeTextFile(join(out, ".git/config"), "mine");
    await Deno.writeTextFile(join(out, "build.sh"), "mine");
    for (const name of ["nice", "dot"]) {
      failed(await run(["fetch", "--untar", `t/${name}`, "-d", out]), /holds the chart/);
    }
    deepEqual(await tree(), { ".git/config": "mine", "build.sh": "mine" });
  });
});

Deno.test("fetch --untar of an address refuses names that are no plain names", () => {
  const names = [".git", ".", "..", "a/b", "a\\b", "/abs", "c:x", "a\nb", "con", "aux.x", ""];
  const files = Object.fromEntries(names.map((name, at) => [`/x${at}.tgz`, hostile(name, { "f": "EVIL" })]));
  return withRepository([], files, async ({ run, out, url, tree }) => {
    for (const at of names.keys()) {
      failed(
        await run(["fetch", "--untar", `${url}/x${at}.tgz`, "-d", out]),
        /^Error: (?:the chart's name .* cannot be the name of a folder|chart name not specified)/,
      );
    }
    deepEqual(await tree(), {});
  });
});

Deno.test("fetch --untar leaves a folder alone that has the chart's own name", () =>
  withRepository([], { "/nice.tgz": hostile("web", { "build.sh": "EVIL" }) }, async ({ run, out, url, tree }) => {
    await Deno.mkdir(join(out, "web"));
    await Deno.writeTextFile(join(out, "web/build.sh"), "mine");
    failed(
      await run(["fetch", "--untar", `${url}/nice.tgz`, "-d", out]),
      /^Error: Failed to untar: a file or directory with the name .*web already exists\n$/,
    );
    deepEqual(await tree(), { "web/build.sh": "mine" });
  }));

Deno.test("fetch takes only addresses of archives from an index", () => {
  const addresses = [
    "build.sh",
    "a%2f..%2fbuild.sh",
    ".bashrc",
    ".x.tgz",
    "%2e%2e",
    "x%00.tgz",
    "a%5cb.tgz",
    "c%3ax.tgz",
    "x%0a.tgz",
    "con.tgz",
  ];
  const entries = addresses.map((url, at) => ({ name: `c${at}`, url }));
  const answer = () => new Response(new Uint8Array(chartArchive("web", "1.0.0")));
  return withServer(answer, ({ url: elsewhere }) =>
    withRepository(
      entries.map(({ name, url }) => ({ name, url: `${elsewhere}/${url}` })),
      {},
      async ({ run, out, tree }) => {
        await Deno.writeTextFile(join(out, "build.sh"), "mine");
        for (const { name } of entries) {
          failed(await run(["fetch", `t/${name}`, "-d", out]), /^Error: (?:the address|the index) /);
        }
        deepEqual(await tree(), { "build.sh": "mine" });
      },
    ));
});

Deno.test("fetch replaces an archive of the same chart, and gives it the mode of a file", () =>
  withRepository([{ name: "web" }], { "/web-1.0.0.tgz": chartArchive("web", "1.0.0") }, async ({ run, out, tree }) => {
    const path = join(out, "web-1.0.0.tgz");
    const fetched = { "web-1.0.0.tgz": latin1(chartArchive("web", "1.0.0")) };
    const older = chartArchive("web", "1.0.0", { "old": "x" });
    // A partial file of an interrupted fetch counts as one, too.
    for (const before of [older, older.subarray(0, 60), new Uint8Array()]) {
      await Deno.writeFile(path, before);
      if (!isWindows) await Deno.chmod(path, 0o755);
      equal((await run(["fetch", "t/web", "-d", out])).code, 0);
      deepEqual(await tree(), fetched);
      if (!isWindows) equal(((await Deno.stat(path)).mode ?? 0) & 0o777 & 0o111, 0);
    }
  }));

Deno.test("fetch keeps what is no archive of the same chart", () => {
  const files = { "/web-1.0.0.tgz": chartArchive("web", "1.0.0"), "/backup.tgz": chartArchive("web", "1.0.0") };
  const entries = [{ name: "web" }, { name: "web", version: "0.9.0", url: "backup.tgz" }];
  return withRepository(entries, files, async ({ run, out, tree }) => {
    for (
      const [file, before, version, words] of [
        ["web-1.0.0.tgz", "a script", "1.0.0", /it exists and is not a chart archive$/m],
        ["web-1.0.0.tgz", chartArchive("db", "1.0.0"), "1.0.0", /it exists and holds the chart "db"$/m],
        [
          "backup.tgz",
          makeArchive([{ name: "home/x", data: "1" }]),
          "0.9.0",
          /it exists and is not a chart archive$/m,
        ],
        ["backup.tgz", "", "0.9.0", /it exists and is not a chart archive$/m],
      ] as const
    ) {
      const path = join(out, file);
      await Deno.writeFile(path, typeof before === "string" ? new TextEncoder().encode(before) : before);
      const kept = await tree();
      failed(await run(["fetch", "t/web", "--version", version, "-d", out]), words);
      deepEqual(await tree(), kept);
      await Deno.remove(path);
    }
    equal((await run(["fetch", "t/web", "-d", out])).code, 0);
  });
});

Deno.test("fetch follows no link", { ignore: isWindows }, () => {
  const files = {
    "/web-1.0.0.tgz": chartArchive("web", "1.0.0"),
    "/web-1.0.0.tgz.prov": "-----BEGIN PGP SIGNED MESSAGE-----\n",
  };
  return withRepository([{ name: "web" }], files, async ({ run, out, tree }) => {
    await Deno.writeFile(join(out, "target"), chartArchive("web", "0.1.0"));
    for (
      const [link, target] of [["web-1.0.0.tgz", "target"], ["web-1.0.0.tgz", "nothing"], [
        "web-1.0.0.tgz.prov",
        "target",
      ]] as const
    ) {
      await Deno.symlink(join(out, target), join(out, link));
      failed(await run(["fetch", "t/web", "--prov", "-d", out]), /: it exists and is a symbolic link$/m);
      deepEqual(await tree(), { "target": latin1(chartArchive("web", "0.1.0")), [link]: "a link" });
      await Deno.remove(join(out, link));
    }
  });
});

Deno.test("what is no chart is not written; install and inspect say so in Helm's words", () => {
  const files = {
    "/web-1.0.0.tgz": "<html>Log in</html>".padEnd(600),
    "/db-1.0.0.tgz": makeArchive([{ name: "db/readme", data: "no chart" }]),
  };
  return withRepository([{ name: "web" }, { name: "db" }], files, async ({ run, out, url, tree }) => {
    const html =
      /^Error: file '.*web-1\.0\.0\.tgz' does not appear to be a gzipped archive; got 'text\/html; charset=utf-8'$/m;
    const none = /^Error: chart metadata \(Chart\.yaml\) missing$/m;
    for (const words of [["fetch", "t/web", "-d", out], ["fetch", `${url}/web-1.0.0.tgz`, "-d", out]]) {
      failed(await run(words), html);
    }
    for (const words of [["inspect", "t/web"], ["install", "t/web", "--sandbox=:memory:"]]) {
      failed(await run(words), html);
    }
    failed(await run(["fetch", "t/db", "-d", out]), none);
    failed(await run(["inspect", "t/db"]), none);
    failed(await run(["fetch", "t/web", "--untar", "-d", out]), /^Error: gzip: invalid header$/m);
    failed(await run(["fetch", "t/db", "--untar", "-d", out]), /^Error: chart name not specified$/m);
    deepEqual(await tree(), {});
  });
});

Deno.test("fetch writes what an address gives that is no archive by its name, but over nothing", () =>
  withRepository([], { "/notes.txt": "hello" }, async ({ run, out, url, tree }) => {
    equal((await run(["fetch", `${url}/notes.txt`, "-d", out])).code, 0);
    deepEqual(await tree(), { "notes.txt": "hello" });
    await Deno.writeTextFile(join(out, "notes.txt"), "mine");
    failed(await run(["fetch", `${url}/notes.txt`, "-d", out]), /it exists and would be lost/);
    deepEqual(await tree(), { "notes.txt": "mine" });
  }));

Deno.test("fetch takes charts that cannot be loaded here: of Helm 3, with large files, with links", () => {
  const archive = makeArchive([
    {
      name: "web/Chart.yaml",
      data: "apiVersion: v2\nname: web\nversion: 1.0.0\ntype: application\ndependencies: []\n",
    },
    { name: "web/large", data: new Uint8Array(6 * 1024 * 1024) },
    { name: "web/templates/a.yaml", type: "2" },
  ]);
  return withRepository([{ name: "web" }], { "/web-1.0.0.tgz": archive }, async ({ run, out, tree }) => {
    deepEqual(await run(["fetch", "t/web", "-d", out]), { code: 0, stdout: "", stderr: "" });
    deepEqual(Object.keys(await tree()), ["web-1.0.0.tgz"]);
    failed(await run(["inspect", "t/web"]), /^Error: chart file "large" is larger than/);
  });
});

/** Commands that download a chart of the repository. */
async function downloadsOf(name: string, { out, url }: Place): Promise<(readonly string[])[]> {
  const app = join(out, "..", "app");
  await Deno.mkdir(app, { recursive: true });
  await Deno.writeTextFile(join(app, "Chart.yaml"), CHART_YAML.replace("web", "app"));
  const requirement = JSON.stringify({ dependencies: [{ name, version: ">0", repository: url }] });
  await Deno.writeTextFile(join(app, "requirements.yaml"), requirement);
  return [
    ["fetch", `t/${name}`, "-d", out],
    ["fetch", `t/${name}`, "--untar", "-d", out],
    ["fetch", name, "--repo", url, "-d", out],
    ["inspect", `t/${name}`],
    ["inspect", name, "--repo", url],
    ["install", `t/${name}`, "--sandbox=:memory:"],
    ["upgrade", "--install", "x", `t/${name}`, "--sandbox=:memory:"],
    ["dependency", "update", app],
    ["dependency", "build", app],
  ];
}

Deno.test("every command that downloads refuses another chart than the one that was asked for", () =>
  withRepository(
    [{ name: "b", version: "2.0.0", url: "a-1.0.0.tgz" }],
    { "/a-1.0.0.tgz": chartArchive("a", "1.0.0") },
    async (place) => {
      for (const words of await downloadsOf("b", place)) {
        failed(await place.run(words), /the archive (?:at http\S+a-1\.0\.0\.tgz )?holds the chart "a", not "b"$/m);
      }
      deepEqual(await place.tree(), {});
    },
  ));

Deno.test("every command that downloads tells of another version or digest than the index's", () => {
  const archive = chartArchive("web", "1.0.0");
  const entries = [{ name: "web", version: "2.0.0", url: "web-1.0.0.tgz", digest: "0".repeat(64) }];
  return withRepository(entries, { "/web-1.0.0.tgz": archive }, async (place) => {
    for (const words of await downloadsOf("web", place)) {
      const { code, stderr } = await place.run(words);
      equal(code, 0, `${words.join(" ")}: ${stderr}`);
      match(stderr, /^WARNING: the archive at \S+ holds version "1\.0\.0" of the chart "web", not "2\.0\.0"$/m);
      match(
        stderr,
        new RegExp(`^WARNING: .* has the SHA-256 digest ${digestOf(archive)}, but the index names "0{64}"$`, "m"),
      );
      await Deno.remove(join(place.out, "web"), { recursive: true }).catch(() => {});
    }
  });
});

Deno.test("nothing is told when version and digest are the index's, however they are spelled", () => {
  const archive = chartArchive("web", "1.0.0");
  const entries = ["1.0", "v1.0.0", "1.0.0"].map((version, at) => ({
    name: `web`,
    version,
    url: "web-1.0.0.tgz",
    digest: [digestOf(archive), `sha256:${digestOf(archive)}`, digestOf(archive).toUpperCase()][at] ?? "",
  }));
  return withRepository(entries, { "/web-1.0.0.tgz": archive }, async ({ run, out }) => {
    for (const { version } of entries) {
      deepEqual(await run(["fetch", "t/web", "--version", version, "-d", out]), { code: 0, stdout: "", stderr: "" });
    }
  });
});

const KEYS = fileURLToPath(new URL("../../testdata/keys", import.meta.url));
const ANN = ["--keyring", join(KEYS, "gnupg1", "pubring.gpg")];
const signedFile = (name: string) => Deno.readFileSync(join(KEYS, "signed", "ann", name));

Deno.test("--verify wants the chart and the version that were asked for, not any that is signed", async () => {
  const files = {
    "/web-1.2.3.tgz": signedFile("web-1.2.3.tgz"),
    "/web-1.2.3.tgz.prov": signedFile("web-1.2.3.tgz.prov"),
  };
  await withRepository([{ name: "db", version: "2.0.0", url: "web-1.2.3.tgz" }], files, async ({ run, out, tree }) => {
    failed(await run(["fetch", "t/db", "--verify", ...ANN, "-d", out]), /holds the chart "web", not "db"$/m);
    deepEqual(await tree(), {});
  });
  await withRepository([{ name: "web", version: "2.0.0", url: "web-1.2.3.tgz" }], files, async (place) => {
    for (const words of await downloadsOf("web", place)) {
      failed(
        await place.run([...words, "--verify", ...ANN]),
        /holds version "1\.2\.3" of the chart "web", not "2\.0\.0"$/m,
      );
    }
    deepEqual(await place.tree(), {});
  });
});

Deno.test("--verify never puts what it refuses in the place of an archive that is there", () => {
  const files = {
    "/web-1.2.3.tgz": chartArchive("web", "1.2.3"),
    "/web-1.2.3.tgz.prov": signedFile("web-1.2.3.tgz.prov"),
  };
  return withRepository([{ name: "web", version: "1.2.3" }], files, async ({ run, out, tree }) => {
    const good = join(out, "web-1.2.3.tgz");
    await Deno.writeFile(good, signedFile("web-1.2.3.tgz"));
    await Deno.writeFile(`${good}.prov`, signedFile("web-1.2.3.tgz.prov"));
    const before = await tree();
    failed(
      await run(["fetch", "t/web", "--verify", ...ANN, "-d", out]),
      /^Error: sha256 sum does not match for web-1\.2\.3\.tgz/,
    );
    deepEqual(await tree(), before);
    // Helm 2 leaves the file if there was none before.
    await Deno.remove(good);
    const { stderr } = await run(["fetch", "t/web", "--verify", ...ANN, "-d", out], { watched: true });
    ok(stderr.endsWith(`${good} is left there, unverified.\n`), stderr);
    equal((await tree())["web-1.2.3.tgz"], latin1(chartArchive("web", "1.2.3")));
  });
});

Deno.test("--verify-strict refuses an archive with another digest than the index's, though it is signed", () => {
  const archive = signedFile("web-1.2.3.tgz");
  const files = { "/web-1.2.3.tgz": archive, "/web-1.2.3.tgz.prov": signedFile("web-1.2.3.tgz.prov") };
  return withRepository([{ name: "web", version: "1.2.3", digest: "0".repeat(64) }], files, async (place) => {
    for (const words of await downloadsOf("web", place)) {
      failed(
        await place.run([...words, "--verify-strict", ...ANN]),
        new RegExp(`${digestOf(archive)}, but the index names "0{64}"$`, "m"),
      );
    }
    deepEqual(await place.tree(), {});
    equal((await place.run(["fetch", "t/web", "--verify", ...ANN, "-d", place.out])).code, 0);
  });
});

Deno.test("weak signatures are told of, and refused with --verify-strict", async () => {
  const archive = chartArchive("web", "1.2.3");
  const { provenance, keyring } = await signBadly("web-1.2.3.tgz", archive, { bits: 1024, hash: "sha1" });
  const files = { "/web-1.2.3.tgz": archive, "/web-1.2.3.tgz.prov": provenance };
  const reasons = "it is made with SHA-1, its key has 1024 bits (RSA)";
  await withRepository([{ name: "web", version: "1.2.3" }], files, async (place) => {
    const { run, out } = place;
    const ring = join(out, "..", "ring.asc");
    await Deno.writeTextFile(ring, keyring);
    equal((await run(["fetch", "t/web", "--prov", "-d", out])).code, 0);
    const local = [["verify", join(out, "web-1.2.3.tgz")], ["inspect", join(out, "web-1.2.3.tgz")]];
    for (const words of [...await downloadsOf("web", place), ...local]) {
      const verify = words[0] === "verify" ? [] : ["--verify"];
      const weak = await run([...words, ...verify, "--keyring", ring]);
      equal(weak.code, 0, `${words.join(" ")}: ${weak.stderr}`);
      equal(
        weak.stderr.split("\n")[0],
        `WARNING: the signature of web-1.2.3.tgz is weak: ${reasons}`,
        words.join(" "),
      );
      const { code, stderr } = await run([...words, "--verify-strict", "--keyring", ring]);
      equal(code, 1, words.join(" "));
      const { stderr: debug } = await run([...words, "--verify-strict", "--keyring", ring, "--debug"]);
      ok(
        `${stderr}${debug}`.includes(`the signature of web-1.2.3.tgz is not accepted: ${reasons}`),
        `${stderr}${debug}`,
      );
      await Deno.remove(join(out, "web"), { recursive: true }).catch(() => {});
    }
  });
});

Deno.test("verify --verify-strict refuses a key that has run out", async () => {
  const path = join(KEYS, "signed", "eve", "web-1.2.3.tgz");
  equal((await program(["verify", path, ...ANN])).code, 0);
  equal(
    (await program(["verify", path, ...ANN], { watched: true })).stderr,
    "Note: the key of Eve Expired <eve@example.com> has expired.\n",
  );
  failed(await program(["verify", path, ...ANN, "--verify-strict"]), /is not accepted: its key has expired$/m);
  equal((await program(["verify", join(KEYS, "signed", "ann", "web-1.2.3.tgz"), ...ANN, "--verify-strict"])).code, 0);
});

Deno.test("dependency update keeps files of charts/ that are no archives of the same charts", () => {
  const files = { "/x.tgz": chartArchive("web", "1.0.0"), "/db-1.0.0.tgz": chartArchive("db", "1.0.0") };
  return withRepository([{ name: "web", url: "x.tgz" }, { name: "db" }], files, async ({ run, out, url, tree }) => {
    const list = ["web", "db"].map((name) => ({ name, version: ">0", repository: url }));
    await Deno.writeTextFile(join(out, "Chart.yaml"), CHART_YAML);
    await Deno.writeTextFile(join(out, "requirements.yaml"), JSON.stringify({ dependencies: list }));
    await Deno.mkdir(join(out, "charts"));
    await Deno.writeFile(join(out, "charts/x.tgz"), chartArchive("mine", "0.1.0"));
    const before = await tree();
    failed(await run(["dependency", "update", out]), /x\.tgz: it exists and holds the chart "mine"$/m);
    deepEqual(await tree(), before);
    await Deno.remove(join(out, "charts/x.tgz"));
    equal((await run(["dependency", "update", out])).code, 0);
    equal((await run(["dependency", "update", out])).code, 0, "again, over what is there");
    deepEqual(Object.keys(await tree()).filter((path) => path.startsWith("charts/")).sort(), [
      "charts/db-1.0.0.tgz",
      "charts/x.tgz",
    ]);
  });
});

Deno.test("dependency update refuses two charts under one name of a file", () => {
  const charts = new Map([["/a/x.tgz", chartArchive("web", "1.0.0")], ["/b/x.tgz", chartArchive("db", "1.0.0")]]);
  return withRepository(
    [{ name: "web", url: "a/x.tgz" }, { name: "db", url: "b/x.tgz" }],
    Object.fromEntries(charts),
    async ({ run, out, url, tree }) => {
      const list = ["web", "db"].map((name) => ({ name, version: ">0", repository: url }));
      await Deno.writeTextFile(join(out, "Chart.yaml"), CHART_YAML);
      await Deno.writeTextFile(join(out, "requirements.yaml"), JSON.stringify({ dependencies: list }));
      const before = await tree();
      failed(await run(["dependency", "update", out]), /it exists and holds the chart "web"$/m);
      deepEqual(await tree(), before);
    },
  );
});

Deno.test(
  "dependency update does not write requirements.lock through a link",
  { ignore: isWindows },
  () =>
    withRepository(
      [{ name: "web" }],
      { "/web-1.0.0.tgz": chartArchive("web", "1.0.0") },
      async ({ run, out, url, tree }) => {
        const victim = join(out, "..", "bashrc");
        await Deno.writeTextFile(victim, "");
        await Deno.writeTextFile(join(out, "Chart.yaml"), CHART_YAML);
        const requirement = { name: "web", version: ">0", repository: url };
        await Deno.writeTextFile(join(out, "requirements.yaml"), JSON.stringify({ dependencies: [requirement] }));
        await Deno.symlink(victim, join(out, "requirements.lock"));
        failed(await run(["dependency", "update", out]), /requirements\.lock: it exists and is a symbolic link$/m);
        equal(await Deno.readTextFile(victim), "");
        ok(!("charts/web-1.0.0.tgz" in await tree()));
      },
    ),
);

Deno.test("package replaces an archive of the same chart only", () =>
  inFolder({ "web/Chart.yaml": CHART_YAML, "web-1.0.0.tgz": "mine" }, async (folder) => {
    const words = ["package", join(folder, "web"), "-d", folder, "--save=false"];
    const path = join(folder, "web-1.0.0.tgz");
    failed(
      await program(words),
      /^Error: Failed to save: refused to write .*: it exists and is not a chart archive$/m,
    );
    equal(await Deno.readTextFile(path), "mine");
    await Deno.remove(path);
    if (!isWindows) {
      await Deno.symlink(join(folder, "elsewhere"), path);
      failed(await program(words), /: it exists and is a symbolic link$/m);
      await Deno.remove(path);
    }
    for (let round = 0; round < 2; round++) equal((await program(words)).code, 0);
  }));

Deno.test("a repository that says nothing, or trickles, is not waited for for ever", async () => {
  const silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of silent) open.push(connection);
  })().catch(() => {});
  const endless = () => {
    const timers: ReturnType<typeof setInterval>[] = [];
    return new Response(
      new ReadableStream({
        start: (controller) => void timers.push(setInterval(() => controller.enqueue(new Uint8Array([0x20])), 50)),
        cancel: () => clearInterval(timers[0]),
      }),
    );
  };
  try {
    await withServer(endless, ({ url: trickling }) =>
      withRepository([], {}, async ({ run, out }) => {
        const variables = { SKEG_REPOSITORY_TIMEOUT: "1" };
        const mute = `http://127.0.0.1:${silent.addr.port}`;
        for (
          const words of [
            ["repo", "add", "x", mute],
            ["fetch", `${mute}/x.tgz`, "-d", out],
            ["fetch", "web", "--repo", mute, "-d", out],
            ["plugin", "install", `${mute}/x.tgz`],
          ]
        ) {
          failed(await run(words, { variables }), /Get "http:\/\/127\.0\.0\.1:\d+\/\S*": no answer within 1 s$/m);
        }
        const slow = await run(["repo", "add", "x", trickling], { variables, watched: true });
        failed(slow, /Get "http\S+index\.yaml": less than 1 KiB came within 1 s$/m);
        match(slow.stderr, /set SKEG_REPOSITORY_TIMEOUT to more\sseconds\.$/m);
      }));
  } finally {
    for (const connection of open) connection.close();
    silent.close();
    await accepting;
  }
});
