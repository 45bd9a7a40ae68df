/**
 * A sandbox served by the command `sandbox serve`, as a user runs it.
 */
import { equal, ok } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Ran, runProgram } from "./_programs.ts";

const ROOT = new URL("../..", import.meta.url);

/** The served sandbox and tools of a story. */
export interface Served {
  /** The story's own folder. */
  readonly folder: string;
  /** Environment variables for every program: the kubeconfig, and a separate home. */
  readonly env: Record<string, string>;
  /** Runs skeg on the state that is served. */
  readonly skeg: (...args: string[]) => Promise<Ran>;
}

/** Serves a sandbox with the command while `play` runs. */
export async function served(play: (stage: Served) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "skeg-served-"));
  const state = `--sandbox=${join(folder, "state.sqlite")}`;
  const program = ["run", "-A", "--no-check", new URL("main.ts", ROOT).href];
  const command = new Deno.Command(Deno.execPath(), {
    args: [...program, "sandbox", "serve", state, "--directory", folder],
    stdout: "piped",
    stderr: "inherit",
  });
  const server = command.spawn();
  const lines = server.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let told = "";
    while (!told.includes("KUBECONFIG=")) {
      const { value, done } = await lines.read();
      ok(!done, `it ended early: ${told}`);
      told += value;
    }
    const [, kubeconfig = ""] = /^export KUBECONFIG=(.*)$/m.exec(told) ?? [];
    const env = { KUBECONFIG: kubeconfig, HOME: folder, HELM_HOME: join(folder, "helm"), TZ: "UTC" };
    await play({ folder, env, skeg: (...args) => runProgram(Deno.execPath(), [...program, ...args, state], { env }) });
  } finally {
    server.kill("SIGINT");
    await lines.cancel();
    await server.status;
    rmSync(folder, { recursive: true });
  }
}

/** Returns the output of a run; fails when the run failed. */
export function good(ran: Ran): string {
  equal(ran.code, 0, `${ran.stdout}\n${ran.stderr}`);
  return ran.stdout;
}
