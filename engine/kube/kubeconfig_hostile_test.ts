import { equal, ok, rejects } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { damagedJson, damagedText, type Dice, fuzz, wrongError } from "../../tests/_lib/fuzz.ts";
import { contextNamespace, openCluster } from "./config.ts";
import { chooseContext } from "./context.ts";
import { credentialSource } from "./credentials.ts";
import { loadKubeconfig } from "./kubeconfig.ts";
import { keepTokens } from "./kept_tokens.ts";

const PEM = btoa("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

/** A kubeconfig with every kind of user; commands name programs that do not exist. */
const CONFIG = {
  apiVersion: "v1",
  kind: "Config",
  "current-context": "a",
  preferences: {},
  clusters: [
    {
      name: "a",
      cluster: {
        server: "https://a.example.com:6443/",
        "certificate-authority-data": PEM,
        "tls-server-name": "b",
        "proxy-url": "http://proxy.example.com:8080",
        extensions: [{ name: "client.authentication.k8s.io/exec", extension: { audience: "x" } }],
      },
    },
    { name: "b", cluster: { server: "http://127.0.0.1:1", "insecure-skip-tls-verify": true } },
  ],
  users: [
    { name: "a", user: { token: "t", as: "x", "as-groups": ["g"], "as-user-extra": { k: ["v"] } } },
    { name: "b", user: { username: "u", password: "p" } },
    { name: "c", user: { "client-certificate-data": PEM, "client-key-data": PEM, tokenFile: "no/such/file" } },
    {
      name: "d",
      user: {
        exec: {
          apiVersion: "client.authentication.k8s.io/v1",
          command: "./no-such-program",
          args: ["x"],
          env: [{ name: "A", value: "b" }],
          interactiveMode: "Never",
          provideClusterInfo: true,
        },
      },
    },
    {
      name: "e",
      user: {
        "auth-provider": {
          name: "gcp",
          config: { "access-token": "t", expiry: "2999-01-01T00:00:00Z", "cmd-path": "./no-such-program" },
        },
      },
    },
    { name: "f", user: { "auth-provider": { name: "oidc", config: { "id-token": "a.e30.b" } } } },
  ],
  contexts: ["a", "b", "c", "d", "e", "f"].map((user) => ({
    name: user,
    context: { cluster: user === "b" ? "b" : "a", user, namespace: "n" },
  })),
};

const YAML = `apiVersion: v1
kind: Config
current-context: a
clusters:
- name: a
  cluster: {server: "https://a.example.com/", certificate-authority-data: ${PEM}}
- &more
  name: b
  cluster: *more2
users:
- name: a
  user: &u
    token: t
- name: b
  user:
    <<: *u
    password: |
      p
contexts:
- name: a
  context: {cluster: a, user: a}
`.replace("*more2", "{server: 'http://127.0.0.1:1'}");

/** Users whose credentials are text: no program is run for them. */
const NO_PROGRAM = ["a", "b", "c", "f"];

function damagedConfig(dice: Dice): string {
  if (dice.oneIn(3)) return damagedText(dice, YAML);
  if (dice.oneIn(4)) return damagedText(dice, JSON.stringify(CONFIG));
  return damagedJson(dice, CONFIG);
}

Deno.test("a kubeconfig of any text gives contexts and credentials, or an error", async () => {
  const folder = await mkdtemp(join(tmpdir(), "skeg-hostile-kubeconfig-"));
  const path = join(folder, "config");
  try {
    await fuzz({
      make: (dice) => ({
        text: damagedConfig(dice),
        context: dice.oneIn(20) ? dice.pick(["", "__proto__"]) : dice.pick([..."abcdef"]),
      }),
      work: async ({ text, context }) => {
        writeFileSync(path, text);
        if (text.length % 8 === 0) await contextNamespace({ kubeconfig: path, context, env: {} });
        const config = await loadKubeconfig({ kubeconfig: path, env: {} });
        ok(config !== undefined);
        const chosen = await chooseContext(config, context);
        if (chosen === undefined) return;
        const { cluster, user } = chosen;
        for (
          const one of [cluster.server, cluster.ca ?? "", user.token ?? "", chosen.namespace, user.tokenFile ?? ""]
        ) {
          ok(typeof one === "string");
        }
        for (const header of user.impersonate.flat()) ok(typeof header === "string");
        const source = credentialSource(chosen);
        if (!NO_PROGRAM.includes(context) || user.exec !== undefined || user.authProvider?.config["cmd-path"]) return;
        // A provider's address is not asked here.
        if (user.authProvider !== undefined) return;
        for (const pair of (await source.get(false)).headers) {
          ok(pair.length === 2 && pair.every((part) => typeof part === "string"));
        }
      },
      show: ({ text, context }) => `context ${JSON.stringify(context)} of ${text}`,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

Deno.test("openCluster() opens, or refuses with an error, whatever a kubeconfig says", async () => {
  const folder = await mkdtemp(join(tmpdir(), "skeg-hostile-kubeconfig-"));
  const path = join(folder, "config");
  try {
    await fuzz({
      // Every one of these has a client of its own.
      runs: Math.ceil(Number(Deno.env.get("SKEG_FUZZ_RUNS") ?? 200) / 20),
      make: (dice) => ({ text: damagedConfig(dice), context: dice.pick(NO_PROGRAM) }),
      work: async ({ text, context }) => {
        await writeFile(path, text);
        const cluster = await openCluster({ kubeconfig: path, context, env: {} });
        await cluster.close();
      },
      show: ({ text }) => text,
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

Deno.test("keepTokens() writes renewed tokens into a damaged kubeconfig, or leaves it alone", async () => {
  const folder = await mkdtemp(join(tmpdir(), "skeg-hostile-kubeconfig-"));
  const path = join(folder, "config");
  try {
    await fuzz({
      runs: Math.ceil(Number(Deno.env.get("SKEG_FUZZ_RUNS") ?? 200) / 20),
      make: damagedConfig,
      work: async (text) => {
        await writeFile(path, text);
        await keepTokens(path, "f", { "id-token": "new" });
      },
    });
    ok((await Array.fromAsync(Deno.readDir(folder))).length === 1, "no lock and no draft stays behind");
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Kubeconfigs that grow while they are read. */
const GROWING: Readonly<Record<string, string>> = {
  "aliases that double": [..."abcdefghijklmnopqrstuvwxyz"].map((name, at, all) =>
    `${name}: &${name} [${at === 0 ? "x" : `*${all[at - 1]},*${all[at - 1]},*${all[at - 1]},*${all[at - 1]}`}]`
  ).join("\n"),
  "merges that double": "a: &a {x: 1}\n" +
    Array.from({ length: 400 }, (_, at) => `k${at}: &k${at} {<<: [*${at === 0 ? "a" : `k${at - 1}`}, *a]}`).join("\n"),
  "depth in flow": `users: ${"[".repeat(100_000)}`,
  "depth in block": Array.from({ length: 3000 }, (_, at) => `${" ".repeat(at)}a:`).join("\n"),
  "a long line": `current-context: ${"a".repeat(20_000_000)}`,
  "many users": `users:\n${"- {name: a, user: {token: t}}\n".repeat(100_000)}`,
  "nulls": "\0".repeat(5_000_000),
};

for (const [what, text] of Object.entries(GROWING)) {
  Deno.test(`loadKubeconfig() is soon done with ${what}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "skeg-hostile-kubeconfig-"));
    try {
      const path = join(folder, "config");
      await writeFile(path, text);
      const start = performance.now();
      const error = await loadKubeconfig({ kubeconfig: path, env: {} }).then(() => undefined, (error) => error);
      if (error !== undefined) equal(wrongError(error), undefined);
      ok(performance.now() - start < 10_000);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}

Deno.test("loadKubeconfig() refuses a folder", async () => {
  await rejects(loadKubeconfig({ kubeconfig: tmpdir(), env: {} }), { kind: "config" });
});
