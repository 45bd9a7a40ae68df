/** The script of `action.yml`, with a release in a folder. */
import { deepEqual, equal, match } from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { inFolder } from "../tests/_lib/folder.ts";

const SCRIPT = join(import.meta.dirname ?? ".", "install_release.sh");
const PROGRAM = "#!/bin/sh\necho skeg\n";
const SUM = createHash("sha256").update(PROGRAM).digest("hex");
const RELEASE = "repository/releases/download/v1.2.3";

/** Runs the script; `sums` is the text of SHA256SUMS. */
async function install(sums: string, env: Record<string, string>) {
  let result = { code: 0, text: "", files: [] as string[], path: "" };
  await inFolder({ [`${RELEASE}/skeg-linux-x64`]: PROGRAM, [`${RELEASE}/SHA256SUMS`]: sums }, async (folder) => {
    const { code, stdout, stderr } = await new Deno.Command("bash", {
      args: [SCRIPT],
      env: {
        VERSION: "1.2.3",
        SYSTEM: "Linux-X64",
        REPOSITORY: `file://${join(folder, "repository")}`,
        FOLDER: join(folder, "bin"),
        GITHUB_PATH: join(folder, "path"),
        ...env,
      },
    }).output();
    const decoder = new TextDecoder();
    const text = decoder.decode(stdout) + decoder.decode(stderr);
    const files = (await Array.fromAsync(Deno.readDir(join(folder, "bin"))).catch(() => [])).map(({ name }) => name);
    const path = await Deno.readTextFile(join(folder, "path")).catch(() => "");
    result = { code, text: text.replaceAll(folder, ""), files: files.sort(), path: path.replaceAll(folder, "").trim() };
  });
  return result;
}

const ignore = Deno.build.os === "windows";

Deno.test({
  name: "the action installs a program whose checksum is the one of SHA256SUMS, and also as helm",
  ignore,
  fn: async () => {
    const done = await install(`${"0".repeat(64)}  skeg-macos-x64\n${SUM}  skeg-linux-x64\n`, { AS_HELM: "true" });
    equal(done.code, 0, done.text);
    deepEqual([done.files, done.path], [["SHA256SUMS", "helm", "skeg"], "/bin"]);
  },
});

Deno.test({
  name: "the action installs nothing when the checksum differs, is missing, or the version is none",
  ignore,
  fn: async () => {
    const other = await install(`${"0".repeat(64)}  skeg-linux-x64\n`, {});
    deepEqual([other.code, other.files, other.path], [1, ["SHA256SUMS"], ""]);
    match(other.text, /should be 0{64}\. Nothing was installed\./);
    const given = await install(`${SUM}  skeg-linux-x64\n`, { SHA256: "1".repeat(64) });
    deepEqual([given.code, given.files], [1, []]);
    const missing = await install(`${SUM}  skeg-macos-x64\n`, {});
    match(missing.text, /does not name skeg-linux-x64/);
    equal((await install("", { VERSION: "latest; echo" })).code, 1);
    equal((await install("", { SYSTEM: "Linux-S390X" })).code, 1);
  },
});

Deno.test({
  name: "the action needs no list of checksums when the caller gives the checksum",
  ignore,
  fn: async () => {
    const done = await install("", { SHA256: SUM });
    deepEqual([done.code, done.files], [0, ["skeg"]]);
  },
});
