/** Tests of commands that do not find a release because it is in another place. */
import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { createSkeg, SkegError } from "../../mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { inFolder } from "../../tests/_lib/folder.ts";
import { type Outcome, program, type ProgramOptions } from "../../tests/_lib/program.ts";

const SHOP = join(import.meta.dirname ?? ".", "../../testdata/found/shop");
const IN_SECRETS = 'Records of release "shop" are Secrets of namespace "kube-system": use --storage secret.\n';

type Run = (line: string, options?: ProgramOptions) => Promise<Outcome>;

/** Runs command lines against one sandbox; `CHART` is the chart of the shop. */
function withSandbox(work: (run: Run, file: string) => Promise<void>): Promise<void> {
  return inFolder({}, async (folder) => {
    const file = join(folder, "state.json");
    const run: Run = (line, options) => {
      const words = line.split(" ").map((word) => word === "CHART" ? SHOP : word);
      return program([...words, `--sandbox=${file}`], options);
    };
    await work(run, file);
  });
}

/** Puts an object into the sandbox. */
async function put(file: string, path: string, object: Record<string, unknown>): Promise<void> {
  const sandbox = await openSandbox({ file });
  const { status } = await sandbox.transport({ method: "POST", path, body: JSON.stringify(object) });
  await sandbox.close();
  equal(status, 201);
}

async function putTiller(file: string, namespace: string, command: string[], more: object = {}): Promise<void> {
  const labels = { app: "helm", name: "tiller" };
  const containers = [{ name: "tiller", image: "tiller", command: ["/tiller", ...command], ...more }];
  await put(file, `/apis/apps/v1/namespaces/${namespace}/deployments`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "tiller-deploy", labels },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
}

Deno.test("a script that knows nothing of --storage=secret does no harm to the release, and is told", () =>
  withSandbox(async (run) => {
    equal((await run("install CHART --name shop --namespace prod --storage secret")).code, 0);
    deepEqual(await run("list --all"), {
      code: 0,
      stdout: "",
      stderr: 'Note: Release records, such as shop.v1, are Secrets of namespace "kube-system": use --storage secret.\n',
    });
    for (
      const line of ["upgrade --install shop CHART --namespace prod", "install CHART --name shop --namespace prod"]
    ) {
      for (const more of ["", " --dry-run", " --atomic", " -o json", " --force"]) {
        if (more === " --force" && !line.startsWith("upgrade")) continue;
        const { code, stderr, stdout } = await run(line + more);
        deepEqual([code, stderr], [
          1,
          'Error: a release named shop already exists: its records are Secrets of namespace "kube-system", not ' +
          "ConfigMaps\nNothing was changed. Use --storage secret to work with that release.\n",
        ]);
        doesNotMatch(stdout, /Installing it now|Successfully purged/);
      }
    }
    deepEqual(await run("delete --purge shop"), {
      code: 1,
      stdout: "",
      stderr: `Error: release: "shop" not found\n${IN_SECRETS}`,
    });
    match((await run("status shop --storage secret")).stdout, /^==> v1\/ConfigMap\nNAME .*\nshop-cm /m);
    equal((await run("list --all --storage secret -q")).stdout, "shop\n");
  }));

/** Each command with Helm's first lines. */
const COMMANDS: Readonly<Record<string, readonly [stdout: string, stderr: string]>> = {
  "status shop": ["", 'Error: getting deployed release "shop": release: "shop" not found'],
  "status shop -o json": ["", 'Error: getting deployed release "shop": release: "shop" not found'],
  "status shop --revision 1": ["", `Error: getting release 'shop' (v1): release: "shop.v1" not found`],
  "history shop": ["", 'Error: release: "shop" not found'],
  "history shop -o yaml": ["", 'Error: release: "shop" not found'],
  "get shop": ["", 'Error: release: "shop" not found'],
  "get values shop": ["", 'Error: release: "shop" not found'],
  "get manifest shop": ["", 'Error: release: "shop" not found'],
  "get hooks shop": ["shop\n", 'Error: release: "shop" not found'],
  "get notes shop": ["", 'Error: getting deployed release "shop": release: "shop" not found'],
  "upgrade shop CHART": [
    'UPGRADE FAILED\nError: "shop" has no deployed releases\n',
    'Error: UPGRADE FAILED: "shop" has no deployed releases',
  ],
  "rollback shop 1": ["", 'Error: release: "shop" not found'],
  "delete shop": ["", 'Error: release: "shop" not found'],
  "delete --dry-run shop": ["", 'Error: release: "shop" not found'],
  "test shop": ["", 'Error: release: "shop" not found'],
};

Deno.test("every command that finds no release says where it is, below what Helm says", () =>
  withSandbox(async (run) => {
    await run("install CHART --name shop --namespace prod --storage secret");
    for (const [line, [stdout, stderr]] of Object.entries(COMMANDS)) {
      for (const watched of [false, true]) {
        const told = await run(line, { watched });
        deepEqual([line, told.code, told.stdout, told.stderr], [line, 1, stdout, `${stderr}\n${IN_SECRETS}`]);
      }
      const silent = await run(line, { variables: { SKEG_HINTS: "off" } });
      deepEqual([silent.code, silent.stdout, silent.stderr], [1, stdout, `${stderr}\n`]);
      match(
        (await run(`${line} --tiller-namespace other`)).stderr,
        /--storage secret --tiller-namespace kube-system\.\n$/,
      );
      const other = await run(`${line} --storage secret --tiller-namespace other`);
      match(other.stderr, /are Secrets of namespace "kube-system": use --tiller-namespace kube-system\.\n$/);
    }
  }));

Deno.test("list says so in every format, on standard error alone", () =>
  withSandbox(async (run) => {
    await run("install CHART --name shop --namespace prod");
    for (const line of ["list", "list --output json", "list -q", "list --deleted", "list sh"]) {
      const { code, stdout, stderr } = await run(`${line} --storage secret`);
      deepEqual([code, stdout], [0, ""]);
      match(stderr, /^Note: Release records, such as shop\.v1, are ConfigMaps of .*: use --storage configmap\.\n$/);
    }
    equal((await run("list --output json --print-empty --storage secret")).stdout, '{"Next":"","Releases":[]}\n');
    equal((await run("list --storage secret", { variables: { SKEG_HINTS: "off" } })).stderr, "");
    for (const line of ["list", "list nothing", "list --failed", "list --all", "list --storage memory"]) {
      // What is said of an empty list names no other place.
      equal((await run(line)).stderr.replace(/^Note: no release .*\n$/, ""), "");
    }
  }));

Deno.test("what a Tiller was started with is named, and not applied", () =>
  withSandbox(async (run, file) => {
    await run("install CHART --name shop --namespace prod");
    await putTiller(file, "kube-system", ["--storage=secret"], { env: [{ name: "TILLER_HISTORY_MAX", value: "2" }] });
    const note = (stderr: string): string[] => stderr.split("\n").filter((line) => line.startsWith("Note: the Tiller"));
    const both = 'Note: the Tiller of namespace "kube-system" was started with --storage=secret and --history-max=2, ' +
      "and this command was not; to use the same settings: --storage secret --history-max 2";
    for (let revision = 2; revision < 6; revision++) deepEqual(note((await run("upgrade shop CHART")).stderr), [both]);
    equal((await run("history shop")).stdout.trim().split("\n").length, 6);
    const left = (stderr: string): string[] => note(stderr).map((line) => line.replace(/.*settings: /, ""));
    deepEqual(left((await run("upgrade shop CHART --history-max 3")).stderr), ["--storage secret"]);
    deepEqual(left((await run("rollback shop 5", { variables: { TILLER_HISTORY_MAX: "0" } })).stderr), [
      "--storage secret",
    ]);
    equal((await run("upgrade shop CHART --dry-run")).stderr, "Note: this was a dry run; nothing has been changed.\n");
    match(
      (await run("status nothing")).stderr,
      /started with --storage=secret and --history-max=2: use --storage secret/,
    );
    deepEqual(left((await run("install CHART --name memo --storage memory")).stderr), []);
  }));

Deno.test("a Tiller in another namespace is named when nothing is found", () =>
  withSandbox(async (run, file) => {
    await put(file, "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "ops" } });
    await putTiller(file, "ops", []);
    equal(
      (await run("list")).stderr,
      'Note: A Tiller belongs to namespace "ops": use --tiller-namespace ops.\n',
    );
    match((await run("status shop")).stderr, /^Error: .*\nA Tiller belongs to namespace "ops": use .*ops\.\n$/);
    equal((await run("list --short --tiller-namespace ops")).stderr, "");
  }));

Deno.test("a release that Helm 3 has is named when nothing is found, with its newest revision", () =>
  withSandbox(async (run, file) => {
    for (const [revision, status] of [[1, "superseded"], [2, "deployed"]] as const) {
      await put(file, "/api/v1/namespaces/default/secrets", {
        apiVersion: "v1",
        kind: "Secret",
        type: "helm.sh/release.v1",
        metadata: {
          name: `sh.helm.release.v1.shop.v${revision}`,
          labels: { owner: "helm", name: "shop", status, version: `${revision}` },
        },
      });
    }
    const line = 'Helm 3 has release "shop" in namespace "default" (revision 2, deployed): use Helm 3 for it.';
    for (const command of ["status shop", "upgrade shop CHART", "delete shop"]) {
      ok((await run(command)).stderr.endsWith(`\n${line}\n`), command);
    }
    ok(!(await run("status other")).stderr.includes("Helm 3"));
    ok(!(await run("status shop", { variables: { SKEG_HINTS: "off" } })).stderr.includes("Helm 3"));
  }));

Deno.test("reset counts releases in both kinds of storage", () =>
  withSandbox(async (run) => {
    await run("install CHART --name shop --namespace prod --storage secret");
    deepEqual(await run("reset"), {
      code: 1,
      stdout: "",
      stderr: "Error: there are still 1 deployed releases (Tip: use --force to remove Tiller. Releases will not be " +
        "deleted.)\nThey are found with --storage secret.\n",
    });
    equal((await run("reset --force")).code, 0);
    await run("delete shop --storage secret");
    equal((await run("reset")).code, 0);
  }));

Deno.test("the library's errors and lists say where a release is", () =>
  withSandbox(async (run, file) => {
    await run("install CHART --name shop --namespace prod --storage secret");
    const skeg = createSkeg({ sandbox: file });
    const records = [{ storage: "secret", namespace: "kube-system", key: "shop.v1", labelled: true }];
    const elsewhere = { records, tillers: [] };
    for (
      const call of [
        () => skeg.get("shop"),
        () => skeg.status("shop"),
        () => skeg.history("shop"),
        () => skeg.upgrade("shop", SHOP),
        () => skeg.rollback("shop"),
        () => skeg.delete("shop"),
        () => skeg.test("shop"),
        () => skeg.install(SHOP, { name: "shop" }),
      ]
    ) {
      const error = await call().then(() => undefined, (error) => error);
      deepEqual(error instanceof SkegError && error.elsewhere, elsewhere);
    }
    deepEqual((await skeg.list()).elsewhere, elsewhere);
    await skeg.close();
  }));
