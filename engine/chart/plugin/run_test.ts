import { deepEqual, equal, rejects, throws } from "node:assert/strict";
import type { SkegError } from "../../../errors.ts";
import { findProgram } from "./process.ts";
import type { Plugin } from "./find.ts";
import { decodePlugin } from "./metadata.ts";
import { type PluginRun, runDownloader, runHook, runPluginCommand } from "./run.ts";

const plugin = (text: string): Plugin => ({ metadata: decodePlugin(text), folder: "/plugins/x" });
const files = { certFile: "c", keyFile: "", caFile: "a" };

/** Returns options that record the programs to run instead of running them; each ends with `status`. */
function recorder(status = 0): PluginRun & { calls: string[][] } {
  const calls: string[][] = [];
  return {
    calls,
    run: (program, args) => {
      calls.push([program, ...args]);
      return Promise.resolve({ status, stdout: new TextEncoder().encode("out") });
    },
    env: {},
    variables: () => "",
    expand: (text) => text.replaceAll("$DIR", "/plugins/x"),
  };
}

Deno.test("runPluginCommand() splits at single blanks, and adds the arguments", async () => {
  const how = recorder();
  await runPluginCommand(plugin("command: $DIR/bin a  b"), ["c d", "-e"], how);
  deepEqual(how.calls, [["/plugins/x/bin", "a", "", "b", "c d", "-e"]]);
});

Deno.test("runPluginCommand() leaves arguments out when the plugin wants none", async () => {
  const how = recorder();
  await runPluginCommand(plugin("command: /bin/x y\nignoreFlags: true"), ["z"], how);
  deepEqual(how.calls, [["/bin/x", "y"]]);
});

Deno.test("runPluginCommand() passes the plugin's exit status on", async () => {
  await rejects(runPluginCommand(plugin("name: x\ncommand: /bin/x"), [], recorder(7)), {
    kind: "config",
    message: 'plugin "x" exited with error',
    exitCode: 7,
  });
});

Deno.test("a plugin that asks for a tunnel to Tiller is told that there is none, unless one is named", async () => {
  const tunnelled = plugin("name: x\ncommand: /bin/x\nuseTunnel: true");
  await rejects(runPluginCommand(tunnelled, [], recorder(1)), (error: SkegError) => {
    equal(error.message, 'plugin "x" exited with error');
    return /^The plugin "x" asks for a connection to Tiller \(useTunnel\), and there is no Tiller/.test(
      error.hint ?? "",
    );
  });
  const named = { ...recorder(1), env: { TILLER_HOST: "127.0.0.1:44134" } };
  await rejects(runPluginCommand(tunnelled, [], named), (error: SkegError) => error.hint === undefined);
  await rejects(
    runPluginCommand(plugin("name: x\ncommand: y"), [], recorder(1)),
    (error: SkegError) => error.hint === undefined,
  );
});

Deno.test("runHook() runs nothing when there is no hook, and tells when one fails", async () => {
  const how = recorder(1);
  const hooked = plugin("name: x\nhooks:\n  install: do it");
  await runHook(hooked, "update", how, () => {});
  equal(how.calls.length, 0);
  const path = { ...how, variables: () => Deno.env.get("PATH") };
  await rejects(runHook(hooked, "install", path, () => {}), {
    message: 'plugin install hook for "x" exited with error',
  });
  deepEqual(how.calls[0]?.slice(1), ["-c", "do it"]);
});

Deno.test("runDownloader() runs what lies in the plugin's folder, with certificates before the address", async () => {
  const how = recorder();
  const content = await runDownloader(plugin("name: x"), "bin/get -q", "s3://b/k", files, how);
  deepEqual(how.calls.map(([program = "", ...args]) => [program.replaceAll("\\", "/"), ...args]), [
    ["/plugins/x/bin/get", "-q", "c", "", "a", "s3://b/k"],
  ]);
  equal(new TextDecoder().decode(content), "out");
});

for (const command of ["../y/get", "bin/../../get", "..", ".", ""]) {
  Deno.test(`runDownloader() refuses the command ${JSON.stringify(command)}`, async () => {
    const how = recorder();
    await rejects(runDownloader(plugin("name: x"), command, "s3://b/k", files, how), {
      kind: "config",
      message: `the downloader ${JSON.stringify(command)} is not in the plugin's folder "/plugins/x"`,
    });
    equal(how.calls.length, 0);
  });
}

Deno.test("runDownloader() tells when the downloader fails", async () => {
  await rejects(runDownloader(plugin("name: x"), "bin/get", "s3://b/k", files, recorder(2)), {
    message: 'plugin "bin/get" exited with error',
  });
});

Deno.test({
  name: "findProgram() looks in the search path for names without a slash",
  ignore: Deno.build.os === "windows",
  fn: () => {
    equal(findProgram("sh", `/nowhere:${Deno.env.get("PATH")}`).endsWith("/sh"), true);
    equal(findProgram("./x", ""), "./x");
    throws(() => findProgram("skeg-no-such-program", "/nowhere"), {
      kind: "config",
      message: 'exec: "skeg-no-such-program": executable file not found in $PATH',
    });
    throws(() => findProgram("", ""), { kind: "config", message: "exec: no command" });
  },
});
