/**
 * Charts that one program packaged and signed are verified, inspected and
 * installed by the other. The programs are skeg, and Helm 2.17.0 when
 * SKEG_E2E_PROGRAMS has it.
 */
import { equal, match } from "node:assert/strict";
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../_lib/folder.ts";
import { freePort, listens, processesIn, until } from "../_lib/processes.ts";
import { program } from "../_lib/program.ts";
import { findProgram, type Ran, runProgram } from "./_programs.ts";
import { good, served } from "./_served.ts";

const ROOT = join(import.meta.dirname ?? ".", "../..");
const WEB = join(ROOT, "examples/charts/web");
const KEYS = join(ROOT, "testdata/keys");
const [SECRET, PUBLIC] = [join(KEYS, "gnupg1/secring.gpg"), join(KEYS, "gnupg1/pubring.gpg")];
const [helm2, tiller] = [findProgram("helm2"), findProgram("tiller")];
const elsewhere = Deno.env.has("SKEG_E2E_KUBECONFIG");

type Helm = (...argv: string[]) => Promise<Ran>;
type Side = readonly [name: string, helm: (home: string) => Helm];

const variables = (home: string) => ({
  HOME: home,
  HELM_HOME: home,
  HELM_KEY_PASSPHRASE: "open sesame",
  SKEG_HINTS: "off",
});
const skegSide: Side = ["skeg", (home) => (...argv) => program(argv, { variables: variables(home) })];
const helmSide: Side = ["Helm 2.17.0", (home) => (...argv) => runProgram(helm2 ?? "", argv, { env: variables(home) })];
const pairs: readonly (readonly [Side, Side])[] = helm2 === undefined
  ? [[skegSide, skegSide]]
  : [[skegSide, skegSide], [skegSide, helmSide], [helmSide, skegSide]];

/** Runs `work` with a folder that contains the chart, and both programs with homes in it. */
async function stage(
  [one, other]: readonly [Side, Side],
  work: (folder: string, one: Helm, other: Helm) => Promise<void>,
): Promise<void> {
  await inFolder({}, async (folder) => {
    mkdirSync(join(folder, "home/repository"), { recursive: true });
    const list = "apiVersion: v1\ngenerated: 2020-01-01T00:00:00Z\nrepositories: []\n";
    writeFileSync(join(folder, "home/repository/repositories.yaml"), list);
    cpSync(WEB, join(folder, "web"), { recursive: true });
    await work(folder, one[1](join(folder, "home")), other[1](join(folder, "home")));
  });
}

const fails = (ran: Ran, message: string): void => equal(`${ran.code} ${ran.stderr}`, `1 Error: ${message}\n`);

for (const pair of pairs) {
  const [[from], [to]] = pair;
  for (const key of ["Ann Signer <ann@example.com>", "bob@example.com", "Dora", "Eve"]) {
    Deno.test(`what ${from} signs as ${key}, ${to} verifies and inspects`, () =>
      stage(pair, async (folder, one, other) => {
        const sign = ["--sign", "--key", key, "--keyring", SECRET];
        good(await one("package", "--save=false", "-d", folder, ...sign, join(folder, "web")));
        const archive = join(folder, "web-1.4.0.tgz");
        equal(good(await other("verify", archive, "--keyring", PUBLIC)), "");
        equal(
          good(await other("inspect", archive, "--verify", "--keyring", PUBLIC)),
          good(await one("inspect", archive)),
        );
        equal(good(await other("inspect", archive)), good(await one("inspect", join(folder, "web"))));
        equal(good(await other("template", archive)), good(await one("template", archive)));
      }));
  }

  Deno.test(`${to} refuses what is wrong with a chart that ${from} signed, in Helm's words`, () =>
    stage(pair, async (folder, one, other) => {
      const sign = ["--sign", "--key", "ann", "--keyring", SECRET];
      good(await one("package", "--save=false", "-d", folder, ...sign, join(folder, "web")));
      const archive = join(folder, "web-1.4.0.tgz");
      const verify = (path: string, ring = PUBLIC) => other("verify", path, "--keyring", ring);
      fails(await verify(archive, join(KEYS, "bob.gpg")), "openpgp: signature made by unknown entity");
      copyFileSync(archive, join(folder, "db-1.0.0.tgz"));
      const missing = join(folder, "db-1.0.0.tgz.prov");
      fails(
        await verify(join(folder, "db-1.0.0.tgz")),
        `could not load provenance file ${missing}: stat ${missing}: no such file or directory`,
      );
      copyFileSync(`${archive}.prov`, missing);
      fails(
        await verify(join(folder, "db-1.0.0.tgz")),
        'provenance does not contain a SHA for a file named "db-1.0.0.tgz"',
      );
      const text = readFileSync(`${archive}.prov`, "utf8");
      writeFileSync(`${archive}.prov`, text.replace("version: 1.4.0", "version: 1.4.1"));
      fails(await verify(archive), "openpgp: invalid signature: hash tag doesn't match");
      writeFileSync(`${archive}.prov`, text);
      writeFileSync(archive, "changed");
      match((await verify(archive)).stderr, /^Error: sha256 sum does not match for web-1\.4\.0\.tgz: "sha256:/);
      fails(await verify(folder), "unpacked charts cannot be verified");
    }));
}

Deno.test({
  name: "a chart that skeg has created passes Helm's lint, and renders the same in both",
  ignore: helm2 === undefined,
  fn: () =>
    stage([skegSide, helmSide], async (folder, skeg, helm) => {
      const path = join(folder, "shop");
      good(await skeg("create", path));
      match(good(await helm("lint", path, "--strict")), /\n1 chart\(s\) linted, no failures\n$/);
      const ingress = "ingress.enabled=true,ingress.hosts[0].host=a.example.com,ingress.hosts[0].paths[0]=/";
      for (const type of ["ClusterIP", "NodePort", "LoadBalancer"]) {
        for (const more of ["serviceAccount.create=false", ingress]) {
          const argv = ["template", path, "--notes", "--name", "x", "--set", `${more},service.type=${type}`];
          equal(good(await skeg(...argv)), good(await helm(...argv)));
        }
      }
    }),
});

Deno.test({
  name: "skeg and the real Helm 2 install what the other has packaged and signed",
  ignore: elsewhere || helm2 === undefined || tiller === undefined,
  fn: () =>
    served(async ({ folder, env, skeg }) => {
      const port = await freePort();
      const programs = processesIn(folder);
      programs.start("tiller", tiller ?? "", ["--listen", `127.0.0.1:${port}`, "--probe=false"], env);
      try {
        await until(() => listens(port), () => `Tiller did not start: ${programs.log("tiller")}`);
        const helm: Helm = (...args) =>
          runProgram(helm2 ?? "", args, { env: { ...env, HELM_HOST: `127.0.0.1:${port}` } });
        good(await helm("init", "--client-only", "--skip-refresh", "--stable-repo-url", "http://127.0.0.1:1/"));
        const sign = ["--save=false", "--sign", "--key", "ann", "--keyring", SECRET];
        for (const [name, one, other] of [["ours", skeg, helm], ["theirs", helm, skeg]] as const) {
          const place = join(folder, name);
          mkdirSync(place);
          good(await one("package", WEB, "-d", place, ...sign));
          const archive = join(place, "web-1.4.0.tgz");
          const install = ["install", archive, "--name", name, "--verify", "--keyring"];
          fails(await other(...install, join(KEYS, "bob.gpg")), "openpgp: signature made by unknown entity");
          match(good(await other(...install, PUBLIC)), /^STATUS: DEPLOYED$/m);
          equal(good(await one("get", "manifest", name)), good(await other("get", "manifest", name)));
        }
      } finally {
        await programs.stop();
      }
    }),
});
