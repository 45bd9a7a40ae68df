/**
 * Trouble of many kinds on a real control plane and in the sandbox, and a look
 * at what came of it: no record, object or acknowledged write may be lost, and
 * every later command must go through. Prints a line per row, and closes with
 * `N passed, N failed`.
 *
 *   deno task bundle && deno run -A --no-check tests/acceptance/held.ts
 *
 *   --program 'COMMAND'   the program under test; default: dist/skeg.js
 *   --rows a,b            only these rows
 *   --seed N              the same moments again, as far as clocks allow
 *   --quick               small figures: every row, within a few minutes
 *   --kubeconfig FILE     a control plane that runs; with a file `pids` beside it, its processes are stopped and killed
 *   --table               also prints the rows as Markdown
 *
 * Without `--kubeconfig`, a control plane is started for the run and ended with it.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { openCluster } from "../../engine/kube/mod.ts";
import { planeIn } from "./held/plane.ts";
import type { Ground, Row, Tally } from "./held/row.ts";
import { ROWS } from "./held/rows.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const CLUSTER = join(ROOT, "../shared/lab/cluster");

const { values: flags } = parseArgs({
  options: {
    program: { type: "string" },
    rows: { type: "string", default: "" },
    seed: { type: "string" },
    quick: { type: "boolean", default: false },
    kubeconfig: { type: "string" },
    table: { type: "boolean", default: false },
  },
});
const encoder = new TextEncoder();
const say = (text: string): void => void Deno.stdout.writeSync(encoder.encode(`${text}\n`));
const note = (text: string): void => void Deno.stderr.writeSync(encoder.encode(`    ${text}\n`));

function programOf(command: string | undefined): string[] {
  if (command !== undefined) return command.split(" ");
  const bundle = join(ROOT, "dist/skeg.js");
  return [Deno.execPath(), "run", "-A", "--no-config", "--no-lock", "--unstable-worker-options", bundle];
}

/** A small generator: the same seed, the same numbers. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function chosenRows(): readonly Row[] {
  const names = flags.rows.split(",").filter((name) => name !== "");
  const unknown = names.filter((name) => !ROWS.some((row) => row.name === name));
  if (unknown.length > 0) {
    throw new Error(`unknown rows ${unknown.join(", ")}; there are ${ROWS.map((row) => row.name)}`);
  }
  return ROWS.filter((row) => names.length === 0 || names.includes(row.name));
}

/** Runs the script that starts and ends a control plane, and gives what it prints. */
async function cluster(verb: "up" | "down", folder: string): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(CLUSTER, { args: [verb, folder] }).output();
  if (!success) throw new Error(`cluster ${verb}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout).trim();
}

/** Plays a row; one that breaks down has failed. */
async function play(row: Row, ground: Ground): Promise<Tally> {
  if (row.needsPlane && ground.plane === undefined) {
    return { tried: "nothing: the control plane's processes are elsewhere", wrong: ["not tried"] };
  }
  try {
    return await row.play(ground);
  } catch (error) {
    return { tried: "broke off", wrong: [error instanceof Error ? error.stack ?? error.message : String(error)] };
  }
}

async function playAll(ground: Omit<Ground, "random">, seed: number): Promise<boolean> {
  const lines: string[] = [];
  let passed = 0, failed = 0;
  for (const row of chosenRows()) {
    const began = performance.now();
    const { tried, wrong, remark } = await play(row, { ...ground, random: randomFrom(seed) });
    const seconds = Math.round((performance.now() - began) / 1000);
    if (wrong.length === 0) passed++;
    else failed++;
    const outcome = `${wrong.length} lost or wrong${remark === undefined ? "" : `; ${remark}`}`;
    say(`${wrong.length === 0 ? "ok  " : "FAIL"} ${row.name}: ${tried}; ${outcome} (${seconds} s)`);
    for (const text of wrong) say(`     ${text.replaceAll("\n", "\n     ")}`);
    lines.push(`| ${row.what} | ${tried} | ${wrong.length}${remark === undefined ? "" : `; ${remark}`} |`);
  }
  if (flags.table) say(`\n| what | tried | lost or wrong |\n|---|---|---|\n${lines.join("\n")}\n`);
  say(`${passed} passed, ${failed} failed`);
  return failed === 0;
}

const seed = Number(flags.seed ?? Math.floor(Math.random() * 2 ** 31));
if (!Number.isInteger(seed)) throw new Error("--seed is a whole number");
const folder = mkdtempSync(join(tmpdir(), "skeg-held-"));
const place = join(folder, "cluster");
let isGood = false;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    if (flags.kubeconfig === undefined) await cluster("down", place).catch(() => {});
    Deno.exit(1);
  });
}
try {
  const kubeconfig = flags.kubeconfig ?? await cluster("up", place);
  const open = await openCluster({ kubeconfig });
  say(`seed ${seed}`);
  isGood = await playAll({
    program: programOf(flags.program),
    kubeconfig,
    cluster: open,
    plane: planeIn(dirname(kubeconfig)),
    folder,
    scale: (whole, quick) => flags.quick ? quick : whole,
    note,
  }, seed);
  await open.close();
} finally {
  if (flags.kubeconfig === undefined) await cluster("down", place);
  rmSync(folder, { recursive: true });
}
Deno.exit(isGood ? 0 : 1);
