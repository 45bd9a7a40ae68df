import { equal, match } from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../_lib/folder.ts";
import { freePort, listens, processesIn, until } from "../_lib/processes.ts";
import { findProgram, type Ran, runProgram } from "./_programs.ts";

const WEB = join(import.meta.dirname ?? ".", "../../examples/charts/web");
const MAIN = new URL("../../main.ts", import.meta.url).href;
const [registry, helm3] = [findProgram("docker-registry"), findProgram("helm3")];
/** True in a run on a real cluster: these stories need none and are skipped there. */
const elsewhere = Deno.env.has("SKEG_E2E_KUBECONFIG");

/** User `ann` with password `secret` in the htpasswd format (bcrypt). */
const HTPASSWD = "ann:$2y$05$janhcRAPJkwH8wS5rKm3du0ybKZAj0GFb6O/srmwDP.pWziQYHl3q\n";

/** The registry and tools of a story. */
interface Stage {
  readonly folder: string;
  /** Host and port, such as `127.0.0.1:40123`. */
  readonly host: string;
  readonly skeg: (...args: string[]) => Promise<Ran>;
  readonly helm: (...args: string[]) => Promise<Ran>;
}

/** Runs `play` with the real registry of the Docker project. */
function withRegistry(auth: boolean, play: (stage: Stage) => Promise<void>): Promise<void> {
  return inFolder({ "htpasswd": HTPASSWD }, async (folder) => {
    const port = await freePort();
    const host = `127.0.0.1:${port}`;
    writeFileSync(
      join(folder, "registry.yml"),
      JSON.stringify({
        version: 0.1,
        log: { level: "error" },
        storage: { filesystem: { rootdirectory: join(folder, "data") } },
        http: { addr: host },
        ...auth ? { auth: { htpasswd: { realm: "test", path: join(folder, "htpasswd") } } } : {},
      }),
    );
    const programs = processesIn(folder);
    programs.start("registry", registry ?? "", ["serve", join(folder, "registry.yml")]);
    const env = { HOME: folder, HELM_HOME: join(folder, "helm"), SKEG_SANDBOX: join(folder, "state.sqlite") };
    try {
      await until(() => listens(port), () => `the registry did not start: ${programs.log("registry")}`);
      await play({
        folder,
        host,
        skeg: (...args) => runProgram(Deno.execPath(), ["run", "-A", "--no-check", MAIN, ...args], { env }),
        helm: (...args) => runProgram(helm3 ?? "", args, { env: { ...env, HELM_CACHE_HOME: join(folder, "cache") } }),
      });
    } finally {
      await programs.stop();
    }
  });
}

function good(ran: Ran): string {
  equal(ran.code, 0, `${ran.stdout}\n${ran.stderr}`);
  return ran.stdout;
}

const sha256 = (file: string): string => createHash("sha256").update(readFileSync(file)).digest("hex");

Deno.test({
  name: "charts go into the registry of the Docker project and out again",
  ignore: elsewhere || registry === undefined,
  fn: () =>
    withRegistry(true, async ({ folder, host, skeg }) => {
      good(await skeg("package", WEB, "--save=false", "-d", folder));
      const archive = join(folder, "web-1.4.0.tgz"), remote = `oci://${host}/team/charts`;
      equal((await skeg("push", archive, remote)).code, 1); // needs a login
      mkdirSync(join(folder, ".docker"));
      const auths = { [host]: { auth: btoa("ann:secret") } };
      writeFileSync(join(folder, ".docker", "config.json"), JSON.stringify({ auths }));
      const first = good(await skeg("push", archive, remote));
      match(first, /^Pushed: 127\.0\.0\.1:\d+\/team\/charts\/web:1\.4\.0\nDigest: sha256:[0-9a-f]{64}\n$/);
      equal(good(await skeg("push", archive, remote)), first);

      mkdirSync(join(folder, "got"));
      good(await skeg("fetch", `${remote}/web`, "--version", "^1", "-d", join(folder, "got")));
      equal(sha256(join(folder, "got", "web-1.4.0.tgz")), sha256(archive));
      match(good(await skeg("install", `${remote}/web:1.4.0`, "--name", "web")), /^STATUS: DEPLOYED$/m);
      match(good(await skeg("template", `${remote}/web`, "--name", "x")), /name: x-web/);
    }),
});

Deno.test({
  name: "Helm 3 reads what was pushed here, and the other way round",
  ignore: elsewhere || registry === undefined || helm3 === undefined,
  fn: () =>
    withRegistry(false, async ({ folder, host, skeg, helm }) => {
      good(await skeg("package", WEB, "--save=false", "-d", folder));
      const archive = join(folder, "web-1.4.0.tgz");
      for (const name of ["a", "b"]) mkdirSync(join(folder, name));

      const pushed = good(await skeg("push", archive, `oci://${host}/ours`));
      const pulled = await helm(
        "pull",
        `oci://${host}/ours/web`,
        "--version",
        "^1",
        "--plain-http",
        "-d",
        join(folder, "a"),
      );
      good(pulled);
      equal(sha256(join(folder, "a", "web-1.4.0.tgz")), sha256(archive));
      equal(/sha256:\S+/.exec(pulled.stdout + pulled.stderr)?.[0], /sha256:\S+/.exec(pushed)?.[0]);
      match(good(await helm("show", "chart", `oci://${host}/ours/web`, "--plain-http")), /^name: web$/m);

      good(await helm("push", archive, `oci://${host}/theirs`, "--plain-http"));
      good(await skeg("fetch", `oci://${host}/theirs/web`, "-d", join(folder, "b")));
      equal(sha256(join(folder, "b", "web-1.4.0.tgz")), sha256(archive));
    }),
});
