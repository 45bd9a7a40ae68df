#!/usr/bin/env node
// Starts the bundled program with the Deno that npm installed beside it.
"use strict";

const { spawn } = require("node:child_process");
const { accessSync, constants } = require("node:fs");
const os = require("node:os");
const path = require("node:path");

const ARGUMENTS = [
  "run",
  "--quiet",
  "--no-prompt",
  "--no-npm",
  "--no-config",
  "--no-lock",
  "--unstable-worker-options",
  "--allow-read",
  "--allow-write",
  "--allow-net",
  "--allow-env",
  "--allow-run",
  "--allow-sys",
  path.join(__dirname, "modules", "skeg.js"),
];

/** For the Deno that this package depends on; another one may not know them, and would not start. */
const OWN_DENO_ARGUMENTS = [
  "--v8-flags=--max-semi-space-size=1,--invocation-count-for-maglev=5000,--invocation-count-for-turbofan=50000,--heap-growing-percent=40,--no-lazy",
];

/** A Deno, and arguments for it: the one of this package's dependency, else one on the PATH. */
function findDeno() {
  let reason;
  try {
    return [require("deno/install_api.cjs").runInstall(), OWN_DENO_ARGUMENTS];
  } catch (error) {
    reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
  }
  const name = process.platform === "win32" ? "deno.exe" : "deno";
  for (const folder of (process.env.PATH ?? "").split(path.delimiter)) {
    const file = path.join(folder, name);
    try {
      // A relative entry would start whatever lies in the current folder.
      if (path.isAbsolute(folder)) return accessSync(file, constants.X_OK), [file, []];
    } catch {
      // Not in this one.
    }
  }
  fail(
    `cannot find Deno: ${reason}\n` +
      "Install this package again without leaving out optional dependencies, or put Deno 2.9 or newer on the PATH.",
  );
}

function fail(message) {
  process.stderr.write(`Error: ${message}\n`);
  process.exit(1);
}

const [deno, more] = findDeno();
const [command, ...given] = ARGUMENTS;
const child = spawn(deno, [command, ...more, ...given, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, DENO_NO_UPDATE_CHECK: "1" },
});

// A terminal sends Ctrl-C to both processes; the program decides what it means. Other signals are sent to this one alone.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("error", (error) => fail(`cannot start Deno: ${error.message}`));
child.on("exit", (code, signal) => process.exit(code ?? 128 + (os.constants.signals[signal] ?? 0)));
