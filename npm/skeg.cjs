#!/usr/bin/env node
// Starts the bundled program with the Deno that npm installed beside it.
"use strict";

const { spawn } = require("node:child_process");
const { accessSync, constants, readFileSync, statSync } = require("node:fs");
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

/** With fewer than these, Deno panics, or cannot open what a command needs. */
const OPEN_FILES = 32;
/** What the Deno of this package reserves of the address space before it reads a program: 32 GiB for V8, and some. */
const ADDRESS_SPACE_KIB = 34_000_000;

/** Says in a sentence what would stop Deno before the program begins. A look takes 0.1 ms. */
function checkSurroundings() {
  try {
    process.cwd();
  } catch {
    fail("the current folder no longer exists.\nChange to a folder that exists, such as by 'cd'.");
  }
  if (Date.now() < 0) fail("the clock shows a time before 1970, with which Deno cannot work.\nSet the clock.");
  if (process.platform !== "win32" && leadsThroughFile(process.env.HOME)) {
    fail(`HOME is ${process.env.HOME}, which is not a folder.\nSet HOME to a folder, or unset it.`);
  }
  const files = limitOf("Max open files");
  if (files < OPEN_FILES) {
    fail(`the limit of open files is ${files}, and Deno needs ${OPEN_FILES}.\nRaise it, such as by 'ulimit -n 1024'.`);
  }
}

/** True when there can be no files below `folder`: Deno looks for `.npmrc` there, and stops. */
function leadsThroughFile(folder) {
  try {
    if (folder) statSync(path.join(folder, ".npmrc"));
  } catch (error) {
    return error.code === "ENOTDIR";
  }
  return false;
}

/** Other versions of Deno may need less. */
function checkAddressSpace() {
  const kib = limitOf("Max address space") / 1024;
  if (kib >= ADDRESS_SPACE_KIB) return;
  fail(
    `the limit of address space is ${kib} KiB, and Deno reserves ${ADDRESS_SPACE_KIB} KiB, of which it uses little.\n` +
      "Lift it by 'ulimit -v unlimited'. Limits of containers and control groups count memory in use, and may be small.",
  );
}

let limits;
/** A soft limit of this process, where the system shows them in a file (Linux); else `Infinity`. */
function limitOf(name) {
  try {
    limits ??= readFileSync("/proc/self/limits", "utf8");
  } catch {
    limits = "";
  }
  return Number(new RegExp(`^${name} +([0-9]+)`, "m").exec(limits)?.[1] ?? Infinity);
}

/** Signals by which V8 and Deno end themselves, and the one by which a system that has no memory left ends a program. */
const CRASHES = ["SIGTRAP", "SIGABRT", "SIGILL", "SIGSEGV", "SIGBUS", "SIGKILL"];

function crashNote(signal) {
  return signal === "SIGKILL"
    ? "Error: Deno was ended by SIGKILL. The system does so when memory runs out. Allow more memory, or ask for less at once.\n"
    : `Error: Deno crashed (${signal}). Most often memory ran out: raise limits such as 'ulimit -v', 'ulimit -d' and ` +
      "'ulimit -s', or ask for less at once.\n";
}

/** The program calls itself by the name it was started with, which a link keeps. */
function startedAs() {
  const name = path.basename(process.argv[1] ?? "", ".cjs");
  return name === "helm" && process.env.SKEG_NAME === undefined ? { SKEG_NAME: "helm" } : {};
}

function fail(message) {
  process.stderr.write(`Error: ${message}\n`);
  process.exit(1);
}

checkSurroundings();
const [deno, more] = findDeno();
if (more === OWN_DENO_ARGUMENTS) checkAddressSpace();
const [command, ...given] = ARGUMENTS;
const child = spawn(deno, [command, ...more, ...given, ...process.argv.slice(2)], {
  stdio: "inherit",
  env: { ...process.env, ...startedAs(), DENO_NO_UPDATE_CHECK: "1" },
});

// A terminal sends Ctrl-C to both processes; the program decides what it means. Other signals are sent to this one alone.
process.on("SIGINT", () => {});
for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
// `npx` ends itself and its shell on SIGTERM without passing the signal on. Then this process gets another parent.
if (process.env.npm_command === "exec") {
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, 200);
  watch.unref();
}
child.on("error", (error) => fail(`cannot start Deno: ${error.message}`));
child.on("exit", (code, signal) => {
  if (CRASHES.includes(signal)) process.stderr.write(crashNote(signal));
  process.exit(code ?? 128 + (os.constants.signals[signal] ?? 0));
});
