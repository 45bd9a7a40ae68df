#!/usr/bin/env node
// Starts the bundled program with the Deno that npm installed beside it.
"use strict";

const { spawn } = require("node:child_process");
const { join } = require("node:path");

const permissions = ["--allow-read", "--allow-write", "--allow-net", "--allow-env", "--allow-run", "--allow-sys"];
const deno = require("deno/install_api.cjs").runInstall();
const child = spawn(
  deno,
  [
    "run",
    "--quiet",
    "--no-prompt",
    "--no-config",
    "--no-lock",
    "--unstable-worker-options",
    ...permissions,
    join(__dirname, "skeg.js"),
    ...process.argv.slice(2),
  ],
  { stdio: "inherit" },
);

// A terminal sends Ctrl-C to both processes; the program decides what it means.
process.on("SIGINT", () => {});
process.on("SIGTERM", () => child.kill("SIGTERM"));
child.on("error", (error) => {
  process.stderr.write(`Error: cannot start Deno: ${error.message}\n`);
  process.exit(1);
});
child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGTERM" ? 143 : 130)));
