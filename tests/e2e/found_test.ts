/**
 * A release is recorded in one place, and a command looks in another. The
 * command must say where the release is, and must not damage it.
 */
import { deepEqual, doesNotMatch, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { type Cluster, openCluster } from "../../engine/kube/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { inFolder } from "../_lib/folder.ts";
import { type Outcome, program, type ProgramOptions } from "../_lib/program.ts";

const SHOP = join(import.meta.dirname ?? ".", "../../testdata/found/shop");
const KUBECONFIG = Deno.env.get("SKEG_E2E_KUBECONFIG");

/** A place for records: the kind of object and one of two namespaces. */
type Place = readonly [storage: "configmap" | "secret", space: "a" | "b"];

const PLACES: readonly Place[] = [["configmap", "a"], ["secret", "a"], ["configmap", "b"], ["secret", "b"]];

interface Stage {
  /** Namespace of objects. */
  readonly namespace: string;
  /** Namespaces of records. */
  readonly spaces: Readonly<Record<Place[1], string>>;
  /**
   * Runs a command line at a place. CHART and NAMESPACE are replaced by the shop's chart and the namespace of objects.
   * The releases `shop`, `web` and `other` get names that no other story uses.
   */
  readonly run: (line: string, place: Place, options?: ProgramOptions) => Promise<Outcome>;
  /** Sends a request and returns the body of the answer. */
  readonly send: (method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown) => Promise<KubeObject>;
  /** Names of all records at a place. */
  readonly records: (place: Place) => Promise<string[]>;
  /** Returns a text that changes when the shop's object is written or replaced; empty when it does not exist. */
  readonly live: () => Promise<string>;
  /** Suffix that makes the names of this story unique. */
  readonly id: string;
}

function story(name: string, play: (stage: Stage) => Promise<void>): void {
  Deno.test({
    name: `story: ${name}`,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () => inFolder({}, (folder) => set(folder, play)),
  });
}

async function set(folder: string, play: (stage: Stage) => Promise<void>): Promise<void> {
  const file = join(folder, "state.db");
  const target = KUBECONFIG === undefined ? [`--sandbox=${file}`] : ["--kubeconfig", KUBECONFIG];
  const open = (): Promise<Cluster> =>
    KUBECONFIG === undefined ? openSandbox({ file }) : openCluster({ kubeconfig: KUBECONFIG });
  const id = crypto.randomUUID().slice(0, 8);
  const namespace = `found-${id}`;
  const ownNames = (text: string): string => text.replaceAll(new RegExp(`(shop|web|other)-${id}`, "g"), "$1");
  const spaces = { a: `${namespace}-a`, b: `${namespace}-b` };
  const send: Stage["send"] = async (method, path, body) => {
    const cluster = await open();
    try {
      const text = body === undefined ? undefined : JSON.stringify(body);
      return await (await cluster.transport({ method, path, body: text })).json();
    } finally {
      await cluster.close();
    }
  };
  const all = [namespace, spaces.a, spaces.b];
  for (const name of all) {
    await send("POST", "/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  }
  try {
    await play({
      id,
      namespace,
      spaces,
      send,
      run: async (line, [storage, space], options = {}) => {
        const meant: Readonly<Record<string, string>> = { CHART: SHOP, NAMESPACE: namespace };
        const words = line.split(" ").map((word) =>
          meant[word] ?? word.replace(/^(\^?)(shop|web|other)(\$?)$/, `$1$2-${id}$3`)
        );
        const outcome = await program(
          [...target, ...words, "--storage", storage, "--tiller-namespace", spaces[space]],
          {
            ...options,
            variables: { HOME: folder, ...options.variables },
          },
        );
        return { ...outcome, stdout: ownNames(outcome.stdout), stderr: ownNames(outcome.stderr) };
      },
      records: async ([storage, space]) => {
        const path = `/api/v1/namespaces/${spaces[space]}/${storage}s`;
        const { items } = await send("GET", path) as { items?: KubeObject[] };
        return (items ?? []).map(({ metadata }) => ownNames(metadata?.name ?? ""))
          .filter((name) => /\.v\d+$/.test(name)).sort();
      },
      live: async () => {
        const { metadata } = await send("GET", `/api/v1/namespaces/${namespace}/configmaps/shop-${id}-cm`);
        return `${metadata?.uid ?? ""}${metadata?.resourceVersion ?? ""}`;
      },
    });
  } finally {
    for (const one of all) await send("DELETE", `/api/v1/namespaces/${one}`);
  }
}

/** The flags that lead from one place to another. */
function flags([storage, space]: Place, asked: Place, spaces: Stage["spaces"]): string {
  return [
    ...storage === asked[0] ? [] : [`--storage ${storage}`],
    ...space === asked[1] ? [] : [`--tiller-namespace ${spaces[space]}`],
  ].join(" ");
}

function kind([storage, space]: Place, spaces: Stage["spaces"]): string {
  return `${storage === "secret" ? "Secrets" : "ConfigMaps"} of namespace "${spaces[space]}"`;
}

const COMMANDS = [
  "status shop",
  "status shop --revision 1 -o yaml",
  "history shop",
  "history shop -o json",
  "get shop",
  "get values shop",
  "get manifest shop",
  "get hooks shop",
  "get notes shop",
  "upgrade shop CHART",
  "upgrade shop CHART --force",
  "rollback shop 1",
  "delete shop",
  "delete --purge shop",
  "delete --dry-run shop",
  "test shop",
];

for (const real of PLACES.slice(0, 2)) {
  story(`a release in ${real[0]}s is told of wherever it is not looked for, and stays as it is`, async (stage) => {
    const { run, live, records, spaces } = stage;
    equal((await run("install CHART --name shop --namespace NAMESPACE", real)).code, 0);
    const before = await live();
    ok(before !== "");
    for (const asked of PLACES.filter((place) => place !== real)) {
      for (const command of COMMANDS) {
        const { code, stderr } = await run(command, asked);
        const [first, second, ...rest] = stderr.split("\n");
        equal(code, 1, `${command}: ${stderr}`);
        match(first ?? "", /^Error: .*(release: "shop(\.v1)?" not found|"shop" has no deployed releases)$/);
        equal(
          second,
          `Records of release "shop" are ${kind(real, spaces)}: use ${flags(real, asked, spaces)}.`,
        );
        deepEqual(rest, [""]);
      }
      for (const command of ["list", "list --all", "list --output json", "list ^shop$"]) {
        const { code, stdout, stderr } = await run(command, asked);
        deepEqual([command, code, stdout], [command, 0, ""]);
        // Other stories also have records, in other namespaces.
        match(
          stderr,
          /^(Note: Release records, such as [^ ]+, are (Secret|ConfigMap)s of namespace "[^"]+": use --.*\n)+(Note: \d+ other places have such records.\n)?$/,
        );
        if (asked[1] === real[1]) ok(stderr.includes(`are ${kind(real, spaces)}: use --storage ${real[0]}.`));
      }
      deepEqual([await live(), await records(asked), await records(real)], [before, [], ["shop.v1"]]);
    }
    for (const command of ["status shop", "history shop", "get shop", "list", "list --all", "list ^nothing$"]) {
      equal((await run(command, real, { variables: { SKEG_HINTS: "off" } })).stderr, "");
    }
  });

  story(`no second release of a name is made beside one in ${real[0]}s`, async ({ run, live, records, spaces }) => {
    await run("install CHART --name shop --namespace NAMESPACE", real);
    const before = await live();
    const asked: Place = [real[0] === "secret" ? "configmap" : "secret", "a"];
    for (const command of ["install CHART --name shop", "upgrade --install shop CHART"]) {
      for (const more of ["", " --namespace NAMESPACE", " --dry-run", " --atomic", " -o json"]) {
        const { code, stderr } = await run(command + more, asked);
        equal(code, 1);
        match(stderr, /^Error: a release named shop already exists: its records are /);
        ok(stderr.includes(`${kind(real, spaces)}, not `) && stderr.includes(`--storage ${real[0]} `), stderr);
      }
    }
    match((await run("delete --purge shop", asked)).stderr, /^Error: release: "shop" not found\n/);
    deepEqual([await live(), await records(asked)], [before, []]);
    equal((await run("upgrade --install shop CHART --namespace NAMESPACE", real)).code, 0);
    equal((await run("install CHART --name other --namespace NAMESPACE", asked)).code, 0);
  });

  for (const storage of ["configmap", "secret"] as const) {
    const asked: Place = [storage, "b"];
    story(
      `a failed install in ${storage}s takes nothing from a release of ${real[0]}s of another Tiller`,
      async (stage) => {
        const { run, live, records, spaces } = stage;
        await run("install CHART --name shop --namespace NAMESPACE", real);
        const before = await live();
        const { code, stderr } = await run("upgrade --install shop CHART --namespace NAMESPACE", asked);
        equal(code, 1);
        match(stderr, /^Error: release shop failed: configmaps "shop-cm" already exists\n/);
        ok(stderr.includes(`are also ${kind(real, spaces)}: use ${flags(real, asked, spaces)}.\n`), stderr);
        const purged = await run("delete --purge shop", asked);
        deepEqual([purged.code, purged.stdout], [0, 'release "shop" deleted\n']);
        match(purged.stderr, /^WARNING: release "shop" is also recorded as .* are left alone\n$/);
        deepEqual([await live(), await records(asked)], [before, []]);
        equal((await run("upgrade shop CHART", real)).code, 0);
      },
    );
  }
}

story("what a Tiller was started with is named, and not applied", async ({ run, send, spaces }) => {
  const labels = { app: "helm", name: "tiller" };
  const containers = [{
    name: "tiller",
    image: "example.invalid/tiller",
    args: ["--storage=secret", "--history-max=2"],
  }];
  await send("POST", `/apis/apps/v1/namespaces/${spaces.a}/deployments`, {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "tiller-deploy", labels },
    spec: { replicas: 0, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
  });
  const place: Place = ["configmap", "a"];
  const started = "started with --storage=secret and --history-max=2";
  match(
    (await run("status nothing", place)).stderr,
    new RegExp(
      `^Error: .*\nA Tiller belongs to namespace "${spaces.a}", ${started}: use --storage secret --history-max 2\\.\n$`,
    ),
  );
  const own = ["secret", "a"] as const;
  doesNotMatch((await run("status nothing", own, { variables: { TILLER_HISTORY_MAX: "2" } })).stderr, /A Tiller/);
  const note = `Note: the Tiller of namespace "${spaces.a}" was ${started}`;
  ok((await run("install CHART --name shop --namespace NAMESPACE", place)).stderr.startsWith(note));
  for (let revision = 2; revision <= 4; revision++) await run("upgrade shop CHART", place);
  equal((await run("history shop", place)).stdout.trim().split("\n").length, 5);
  match((await run("list", ["secret", "b"])).stderr, new RegExp(`namespace "${spaces.a}"`));
});

for (const storage of ["configmap", "secret"] as const) {
  const place: Place = [storage, "a"];
  story(`list --all finds a release whose ${storage} has lost its labels`, async ({ id, run, send, spaces }) => {
    for (const name of ["shop", "web"]) await run(`install CHART --name ${name} --namespace NAMESPACE`, place);
    const healthy = await run("list --all", place);
    equal(healthy.stderr, "");
    const path = `/api/v1/namespaces/${spaces.a}/${storage}s/shop-${id}.v1`;
    const relabel = async (labels: Record<string, string>): Promise<void> => {
      const record = await send("GET", path);
      await send("PUT", path, { ...record, metadata: { ...record.metadata, labels } });
    };
    await relabel({});
    deepEqual((await run("list -q", place)).stdout, "web\n");
    const all = await run("list --all", place);
    equal(all.stdout, healthy.stdout);
    match(
      all.stderr,
      /^Note: .* "shop\.v1" of namespace "[^"]+": it has no label NAME, its content says shop; it has no/,
    );
    const [command = ""] = /kubectl label .*/.exec(all.stderr) ?? [];
    equal(
      command,
      `kubectl label --overwrite -n ${spaces.a} ${storage} shop.v1 NAME=shop OWNER=TILLER STATUS=DEPLOYED VERSION=1`,
    );
    match(
      (await run("status shop", place)).stderr,
      /"shop\.v1" .* lacks the label OWNER=TILLER, .*' ?(skeg|helm) list --all.*'/,
    );
    const labels = command.split(" ").slice(7).map((word) => word.split("="));
    await relabel({ ...Object.fromEntries(labels), NAME: `shop-${id}` });
    deepEqual(await run("list --all", place), healthy);
    equal((await run("status shop", place)).code, 0);

    await relabel({ NAME: `shop-${id}`, OWNER: "TILLER", VERSION: "1", STATUS: "FAILED" });
    const relabelled = await run("list --all", place);
    equal(relabelled.stdout, healthy.stdout);
    match(relabelled.stderr, /: its label STATUS is FAILED, its content says DEPLOYED\. /);
  });
}

/** Grants a user permissions in the story's namespaces, and nowhere else. */
async function allow({ send }: Stage, user: string, namespace: string, resources: readonly string[]): Promise<void> {
  const root = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
  const apiVersion = "rbac.authorization.k8s.io/v1";
  const rules = [{ apiGroups: [""], resources, verbs: ["*"] }];
  await send("POST", `${root}/roles`, { apiVersion, kind: "Role", metadata: { name: "ann" }, rules });
  await send("POST", `${root}/rolebindings`, {
    apiVersion,
    kind: "RoleBinding",
    metadata: { name: "ann" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "ann" },
    subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "User", name: user }],
  });
}

story("who may see one namespace only is told nothing more, and can work there", async (stage) => {
  if (KUBECONFIG === undefined) return; // the sandbox has no permissions to check
  const { namespace, spaces } = stage;
  const { decodeYaml, encodeYaml } = await import("../../mod.ts");
  const config = decodeYaml(Deno.readTextFileSync(KUBECONFIG)) as {
    users: { user: object }[];
    contexts: { context: object }[];
  };
  const users = config.users.map((entry) => ({ ...entry, user: { ...entry.user, as: namespace } }));
  const contexts = config.contexts.map((entry) => ({ ...entry, context: { ...entry.context, namespace: spaces.b } }));
  await inFolder({ kubeconfig: encodeYaml({ ...config, users, contexts }) }, async (folder) => {
    const run = (line: string, variables: Record<string, string> = {}) =>
      stage.run(`${line} --kubeconfig ${join(folder, "kubeconfig")}`, ["configmap", "a"], { variables });
    const silent = { SKEG_HINTS: "off" };
    await allow(stage, namespace, spaces.a, ["configmaps"]);
    await allow(stage, namespace, namespace, ["configmaps", "namespaces"]);
    await stage.run("install CHART --name other --namespace NAMESPACE", ["secret", "b"]);
    deepEqual(await run("list", silent), { code: 0, stdout: "", stderr: "" });
    deepEqual(await run("list --all", silent), { code: 0, stdout: "", stderr: "" });
    doesNotMatch((await run("status other")).stderr, /Records of release|Tiller/);
    const { code, stderr } = await run("install CHART --name shop --namespace NAMESPACE", silent);
    deepEqual([code, stderr], [0, ""]);
    match((await run("list -q")).stdout, /^shop\n$/);
    equal((await run("delete --purge shop")).code, 0);
    // The context's namespace is searched once the user may list its records.
    await allow(stage, namespace, spaces.b, ["secrets"]);
    match(
      (await run("status other")).stderr,
      /\nRecords of release "other" are Secrets of .*: use --storage secret --tiller-namespace found-\w+-b\.\n/,
    );
  });
});
