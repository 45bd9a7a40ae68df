import { deepEqual, ok, rejects } from "node:assert/strict";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { findCredentials, NO_CREDENTIALS } from "./credentials.ts";

const ANN = { ...NO_CREDENTIALS, username: "ann", password: "pa:ss" };
const auth = btoa("ann:pa:ss");

/** Runs `work` with a home folder in which Docker's file contains `config`. */
function withDocker(config: unknown, work: (env: Record<string, string>, folder: string) => Promise<void>) {
  return inFolder({ ".docker/config.json": JSON.stringify(config) }, (folder) => work({ HOME: folder }, folder));
}

Deno.test("findCredentials() finds a registry under all the names that people file it by", async () => {
  for (
    const key of ["r.example:5000", "https://r.example:5000", "http://r.example:5000/v2/", "https://r.example:5000/"]
  ) {
    await withDocker({ auths: { "other.example": { auth: btoa("x:y") }, [key]: { auth } } }, async (env) => {
      deepEqual(await findCredentials("r.example:5000", env), ANN, key);
      deepEqual(await findCredentials("r.example", env), NO_CREDENTIALS);
    });
  }
  await withDocker({ auths: { "https://index.docker.io/v1/": { auth } } }, async (env) => {
    deepEqual(await findCredentials("docker.io", env), ANN);
  });
});

Deno.test("findCredentials() reads tokens, and names that stand open", () =>
  withDocker({
    auths: {
      "a.example": { identitytoken: "id" },
      "b.example": { registrytoken: "reg" },
      "c.example": { username: "ann", password: "pa:ss" },
      "d.example": {},
    },
  }, async (env) => {
    deepEqual(await findCredentials("a.example", env), { ...NO_CREDENTIALS, identityToken: "id" });
    deepEqual(await findCredentials("b.example", env), { ...NO_CREDENTIALS, registryToken: "reg" });
    deepEqual(await findCredentials("c.example", env), ANN);
    deepEqual(await findCredentials("d.example", env), NO_CREDENTIALS);
  }));

Deno.test("findCredentials() asks Helm's own file before Docker's, wherever the system keeps it", () =>
  inFolder({}, async (folder) => {
    const env = { HOME: folder, APPDATA: join(folder, "roaming"), DOCKER_CONFIG: join(folder, "d") };
    const put = (file: string, user: string): void => {
      mkdirSync(join(folder, file, ".."), { recursive: true });
      writeFileSync(join(folder, file), JSON.stringify({ auths: { "r.example": { auth: btoa(`${user}:x`) } } }));
    };
    const user = async (platform: string, more = {}) =>
      (await findCredentials("r.example", { ...env, ...more }, platform)).username;
    put("d/config.json", "docker");
    deepEqual(await user("linux"), "docker");
    put(".config/helm/registry/config.json", "linux");
    put("Library/Preferences/helm/registry/config.json", "mac");
    put("roaming/helm/registry/config.json", "windows");
    put("own.json", "own");
    deepEqual([await user("linux"), await user("darwin"), await user("win32")], ["linux", "mac", "windows"]);
    deepEqual(await user("linux", { HELM_REGISTRY_CONFIG: join(folder, "own.json") }), "own");
  }));

Deno.test("findCredentials() refuses a broken file, and shows nothing of it", () =>
  inFolder({ ".docker/config.json": '{"auths": {"r.example": {"auth": "c2VjcmV0' }, async (folder) => {
    await rejects(findCredentials("r.example", { HOME: folder }), (error: Error & { kind?: string }) => {
      ok(error.kind === "config" && error.message.includes("config.json"));
      ok(!Deno.inspect(error, { depth: 10 }).includes("c2VjcmV0"));
      return true;
    });
  }));

/** A credential helper for tests: has a name and password for one registry, and a token for another. */
const HELPER = `#!/bin/sh
read -r server
case "$server" in
  r.example) echo '{"ServerURL":"r.example","Username":"ann","Secret":"pa:ss"}' ;;
  https://t.example) echo '{"ServerURL":"t.example","Username":"<token>","Secret":"id"}' ;;
  broken.example) echo 'secret: pa:ss' ;;
  failing.example) echo 'secret: pa:ss'; exit 3 ;;
  *) echo 'credentials not found in native keychain'; exit 1 ;;
esac
`;

Deno.test({
  name: "findCredentials() asks credential helpers",
  ignore: Deno.build.os === "windows", // the helper of this test is a shell script
  fn: () =>
    withDocker({
      auths: { "filed.example": { auth } },
      credsStore: "skegtest",
      credHelpers: { "r.example": "skegtest", "gone.example": "not-there", "odd.example": "../x" },
    }, async (env, folder) => {
      writeFileSync(join(folder, "docker-credential-skegtest"), HELPER);
      chmodSync(join(folder, "docker-credential-skegtest"), 0o755);
      const before = Deno.env.get("PATH") ?? "";
      Deno.env.set("PATH", `${folder}${delimiter}${before}`);
      try {
        deepEqual(await findCredentials("r.example", env), ANN);
        deepEqual(await findCredentials("t.example", env), { ...NO_CREDENTIALS, identityToken: "id" });
        deepEqual(await findCredentials("filed.example", env), ANN); // the helper has no credentials, the file has
        deepEqual(await findCredentials("unknown.example", env), NO_CREDENTIALS);
        await rejects(findCredentials("gone.example", env), { kind: "config", message: /docker-credential-not-there/ });
        await rejects(findCredentials("odd.example", env), { kind: "config", message: /not the name of a program/ });
        for (const host of ["broken.example", "failing.example"]) {
          await rejects(findCredentials(host, env), (error: Error) => {
            ok(!Deno.inspect(error, { depth: 10 }).includes("pa:ss"));
            return true;
          });
        }
      } finally {
        Deno.env.set("PATH", before);
      }
    }),
});
