/**
 * Interrupts operations at each of their requests (killed, asked to stop, with a
 * lost answer), tries the commands that a user would try next, and reports the
 * results.
 *
 *   deno run -A tests/resilience/table.ts                          in this process; writes docs/resilience.md
 *   deno run -A tests/resilience/table.ts --program dist/skeg.js   the program itself, with SIGKILL; writes nothing
 *   … --program dist/skeg.js --signal SIGTERM                      the same with another signal
 *
 * `--every N` tries one request in N. Ends with `N passed, N failed`; the
 * exit status is 0 only when nothing failed.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { KubeRequest } from "../../engine/kube/mod.ts";
import { hookedSubject, type Outcome, playKill, recover, remediesOf, type Subject, type Victim } from "./_kills.ts";
import { type Loss, playLoss } from "./_losses.ts";
import { oldSubject } from "./_old_release.ts";
import { hookedChart, hurry } from "./_stage.ts";
import { playStop } from "./_stops.ts";

const POLICY = "before-hook-creation";
const { values: flags } = parseArgs({
  options: {
    program: { type: "string" },
    signal: { type: "string", default: "SIGKILL" },
    every: { type: "string", default: "1" },
  },
});
const every = Number(flags.every);
const hooked = hookedSubject(POLICY);
const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

let passed = 0, failed = 0;
function count(wrong: readonly string[], what: string): void {
  if (wrong.length === 0) return void passed++;
  failed++;
  say(`FAIL ${what}: ${wrong.join("; ")}`);
}

// ------------------------------------------------------------------------------------------------- in this process

/** Interrupts an operation at its `k`-th request and tries a remedy. */
type Play = (subject: Subject, victim: Victim, k: number, remedy: string) => Promise<Outcome>;

interface Row {
  readonly from: number;
  readonly to: number;
  readonly cells: readonly string[];
}

/** Adds a row; equal neighbouring rows are merged. */
function addRow(rows: Row[], k: number, cells: readonly string[]): void {
  const last = rows.at(-1);
  if (last !== undefined && last.cells.join() === cells.join()) rows[rows.length - 1] = { ...last, to: k };
  else rows.push({ from: k, to: k, cells });
}

/** Returns a row for each request: the records that are left, and the result of each remedy. */
async function rowsOf(subject: Subject, victim: Victim, play: Play, how: string): Promise<Row[]> {
  const rows: Row[] = [];
  for (let k = 1;; k += every) {
    const outcomes: Outcome[] = [];
    for (const remedy of remediesOf(subject)) {
      const outcome = await play(subject, victim, k, remedy);
      if (!outcome.killed) return rows;
      count(outcome.wrong, `${victim.verb} ${how} request ${k} (${outcome.left}), then ${remedy}`);
      outcomes.push(outcome);
    }
    addRow(rows, k, [outcomes[0]?.left ?? "", ...outcomes.map(({ remedy }) => remedy.replaceAll("\n", " "))]);
  }
}

/** Returns the results of an operation whose `k`-th answer is lost, for each `k`. */
async function lossRows(subject: Subject, victim: Victim): Promise<Row[]> {
  const rows: Row[] = [];
  for (let k = 1;; k += every) {
    const cells: string[] = [];
    for (const how of ["closed", "repeated"] satisfies Loss[]) {
      const { records, wrong, lost } = await playLoss(subject, victim, how, (request) => request === k);
      if (!lost) return rows;
      count(wrong, `${victim.verb}, answer ${k} lost, ${how}`);
      cells.push(wrong.length === 0 ? `done: ${records}` : wrong.join("; "));
    }
    addRow(rows, k, cells);
  }
}

function rangeOf({ from, to }: Row): string {
  return from === to ? String(from) : `${from}–${to}`;
}

/** Merges equal columns: for an upgrade, the remedy "upgrade" equals "the same again". */
function joined(head: readonly string[], rows: readonly (readonly string[])[]): [string[], string[][]] {
  const columns = Map.groupBy(head.keys(), (at) => rows.map((row) => row[at]).join("\n"));
  const kept = [...columns.values()].map((same) => ({
    title: same.map((at) => head[at]).join(", "),
    at: same[0] ?? 0,
  }));
  return [kept.map(({ title }) => title), rows.map((row) => kept.map(({ at }) => row[at] ?? ""))];
}

function tableText(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = rows.map((cells) => `| ${cells.join(" | ")} |\n`);
  return `| ${head.join(" | ")} |\n|${"---|".repeat(head.length)}\n${lines.join("")}`;
}

const INTRODUCTION = `# When skeg is interrupted

This page shows three cases. The process is killed at its n-th request. The process is asked to stop at its n-th request. The n-th answer
is lost. For the first two cases it shows the records that are left, and the result of the next command.

\`deno run -A tests/resilience/table.ts\` wrote this page from real runs in the sandbox; edit only the last section by hand. The chart has four
objects and a Job hook for every event (\`helm.sh/hook-delete-policy: before-hook-creation\`). \`done\` means success: the newest revision
is DEPLOYED and its objects are as in its chart, or the release is deleted with all its objects. An error in quotes is followed by the
command that its hint names, and by the result of that command. Hints are printed on standard error.

Hooks without that policy leave their objects behind. The next command then says that the object exists, and how to delete
it. The tests interrupt those charts too.

Some tables are about a release that Tiller made in 2019 on Kubernetes 1.15 (\`testdata/clusters\`). It has a Service, and a Deployment and
an Ingress of extensions/v1beta1, a version that no current server has. The end-to-end suite does the same on a real control plane.
`;

const STOPPED = `
## Asked to stop

SIGTERM, SIGINT (Ctrl-C) and SIGHUP have the same effect: skeg does not wait for the running request, records the changes so far, and
ends with status 143, 130 or 129. No revision stays PENDING, so the next command is not blocked. In these tables the server carried out the
n-th request, and the signal arrived before the answer.
`;

const LOST = `
## Answers that are lost

A connection may be closed after the server has carried out a request and before the answer arrives. Load balancers do that, and API
servers that shut down. Either the client notices it (*closed*). Or a proxy between client and server repeats the request, and the client
gets the answer to the second one (*repeated*): "already exists" for a creation, "not found" for a deletion.

Neither case is a failure. Each creation uses a unique field manager, such as \`skeg-1vvtepxldgl7h-2k\`. When a creation is refused or gets
no answer, skeg reads the object and checks if it has this manager. Servers before 1.18 do not record managers, and no server does for
an object with only a name. Then skeg compares the content, and checks by the server's clock that the object is younger than the request.
skeg generates names for \`generateName\` itself, in the server's form, so that it can find the object. An object of another client is never
treated as skeg's own. A deletion of a missing object counts as done.
`;

/** The section of the document that comes from runs on a real control plane, as it is. */
function triedText(document: string): string {
  const at = document.indexOf("\n## What was tried\n");
  return at < 0 ? "" : document.slice(at);
}

async function writeTables(): Promise<void> {
  hurry();
  const all = [hooked, oldSubject()].flatMap((subject) => subject.victims.map((victim) => ({ subject, victim })));
  let text = INTRODUCTION;
  for (
    const [intro, play, how] of [["\n## Killed\n", playKill, "killed after"], [
      STOPPED,
      playStop,
      "stopped at",
    ]] as const
  ) {
    text += intro;
    for (const { subject, victim } of all) {
      const rows = await rowsOf(subject, victim, play, how);
      const head = [`${how} request`, "records", ...remediesOf(subject)];
      const table = tableText(...joined(head, rows.map((row) => [rangeOf(row), ...row.cells])));
      text += `\n### ${victim.verb}, ${how}\n\n${table}`;
    }
  }
  const lost: string[][] = [];
  for (const { subject, victim } of all) {
    for (const row of await lossRows(subject, victim)) lost.push([victim.verb, rangeOf(row), ...row.cells]);
  }
  text += `${LOST}\n${tableText(["operation", "lost answer", "closed", "repeated"], lost)}`;
  const place = new URL("../../docs/resilience.md", import.meta.url);
  if (every === 1) writeFileSync(place, text + triedText(readFileSync(place, "utf8")));
}

// --------------------------------------------------------------------------------------------------- with a signal

function writeCharts(folder: string): void {
  for (const version of [1, 2]) {
    const { templates } = hookedChart(version, POLICY);
    const files = templates.map(({ path, data }) => [path, new TextDecoder().decode(data)])
      .concat([["Chart.yaml", `name: hooked\nversion: 0.${version}.0\n`]]);
    for (const [path = "", text = ""] of files) {
      const file = join(folder, String(version), path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
}

/** Exit statuses of a program that was stopped by a signal. */
const STATUSES: Readonly<Record<string, number>> = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 };

/** Runs the program against a new sandbox and sends it a signal after its `k`-th request was carried out. */
async function killProgram(victim: Victim, k: number, remedy: string, program: string): Promise<Outcome> {
  const isFinal = flags.signal === "SIGKILL";
  const stage = await hooked.open();
  const home = mkdtempSync(join(tmpdir(), "skeg-kill-"));
  writeCharts(home);
  await victim.before(stage.process());
  let requests = 0;
  let child: Deno.ChildProcess | undefined;
  const never = new Promise<never>(() => {});
  const server = Deno.serve({
    port: 0,
    hostname: "127.0.0.1",
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, async (request) => {
    if (++requests > k && isFinal) return await never;
    const mine = requests;
    const { pathname, search } = new URL(request.url);
    const body = await request.text();
    const answer = await stage.cluster.transport({
      method: request.method as KubeRequest["method"],
      path: pathname + search,
      body: body === "" ? undefined : body,
      contentType: request.headers.get("content-type") ?? undefined,
      accept: request.headers.get("accept") ?? undefined,
    });
    if (mine !== k) return answer;
    child?.kill(flags.signal as Deno.Signal);
    return isFinal ? await never : answer;
  });
  try {
    const kubeconfig = join(home, "config");
    const url = `http://127.0.0.1:${server.addr.port}`;
    writeFileSync(
      kubeconfig,
      `{apiVersion: v1, kind: Config, current-context: c, clusters: [{name: c, cluster: {server: "${url}"}}], ` +
        "users: [{name: c, user: {}}], contexts: [{name: c, context: {cluster: c, user: c, namespace: default}}]}\n",
    );
    child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-config", "-A", program, ...victim.argv, "--timeout", "20"],
      cwd: home,
      env: { KUBECONFIG: kubeconfig, HOME: home, HELM_HOME: join(home, "helm"), DENO_DIR: join(home, "deno") },
      stdout: "null",
      stderr: "null",
    }).spawn();
    const { signal, code } = await child.status;
    const killed = isFinal ? signal === "SIGKILL" : requests >= k;
    if (!killed) return { left: "", remedy: "", wrong: [], killed };
    const outcome = await recover(stage, hooked, victim, remedy);
    // A signal at the very end finds nothing to stop, so status 0 is possible.
    const isOdd = !isFinal && ![0, STATUSES[flags.signal]].includes(code);
    return { killed, ...outcome, wrong: isOdd ? [...outcome.wrong, `the exit status is ${code}`] : outcome.wrong };
  } finally {
    void server.shutdown().catch(() => {});
    await stage.close();
    rmSync(home, { recursive: true });
  }
}

async function killForReal(program: string): Promise<void> {
  const remedies = remediesOf(hooked);
  for (const victim of hooked.victims) {
    for (let k = 1;; k += every) {
      const remedy = remedies[(k - 1) / every % remedies.length] ?? "upgrade";
      const outcome = await killProgram(victim, k, remedy, program);
      if (!outcome.killed) {
        say(`${victim.verb}: ${k - 1} requests`);
        break;
      }
      count(outcome.wrong, `${victim.verb}, ${flags.signal} at request ${k} (${outcome.left}), then ${remedy}`);
    }
  }
}

if (flags.program === undefined) await writeTables();
else await killForReal(Deno.realPathSync(flags.program));
say(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
