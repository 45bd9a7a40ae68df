/**
 * Kills operations after each of their requests, tries what somebody would try
 * next, and tells what came of it.
 *
 *   deno run -A tests/resilience/table.ts                          in this process; writes docs/resilience.md
 *   deno run -A tests/resilience/table.ts --program dist/skeg.js   the program itself, with SIGKILL; writes nothing
 *
 * `--every N` looks at one request in N. Closes with `N passed, N failed`; the
 * exit status is 0 only when nothing failed.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import type { KubeRequest } from "../../engine/kube/mod.ts";
import { hookedSubject, type Outcome, playKill, recover, type Subject, type Victim } from "./_kills.ts";
import { oldSubject } from "./_old_release.ts";
import { hookedChart, hurry } from "./_stage.ts";

const POLICY = "before-hook-creation";
const { values: flags } = parseArgs({
  options: { program: { type: "string" }, every: { type: "string", default: "1" } },
});
const every = Number(flags.every);
const hooked = hookedSubject(POLICY);
const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));

let passed = 0, failed = 0;
function count(victim: Victim, k: number, remedy: string, { wrong, left }: Outcome): void {
  if (wrong.length === 0) return void passed++;
  failed++;
  say(`FAIL ${victim.verb} killed after request ${k} (${left}), then ${remedy}: ${wrong.join("; ")}`);
}

// ------------------------------------------------------------------------------------------------- in this process

interface Row {
  readonly from: number;
  readonly to: number;
  readonly cells: readonly string[];
}

/** One table: what is left after each request, and what each remedy does. Equal neighbours share a row. */
async function tableOf(subject: Subject, victim: Victim): Promise<Row[]> {
  const rows: Row[] = [];
  for (let k = 1;; k += every) {
    const outcomes: Outcome[] = [];
    for (const remedy of Object.keys(subject.remedies)) {
      const outcome = await playKill(subject, victim, k, remedy);
      if (!outcome.killed) return rows;
      count(victim, k, remedy, outcome);
      outcomes.push(outcome);
    }
    const cells = [outcomes[0]?.left ?? "", ...outcomes.map(({ remedy }) => remedy.replaceAll("\n", " "))];
    const last = rows.at(-1);
    if (last !== undefined && last.cells.join() === cells.join()) rows[rows.length - 1] = { ...last, to: k };
    else rows.push({ from: k, to: k, cells });
  }
}

const INTRODUCTION = `# When skeg is killed

What is left when the process is killed after its n-th request, and what the next command makes of it. Written by
\`deno run -A tests/resilience/table.ts\` from what happened in the sandbox, with a chart of four objects and a Job hook for
every event (\`helm.sh/hook-delete-policy: before-hook-creation\`); never edit it by hand. \`done\` is a good end: the newest
revision is DEPLOYED and its objects are as its chart has them, or the release is gone with all its objects. An error in
quotes is followed by the command that its advice names, and by what came of that. The advice is shown on a terminal.

Hooks without that policy leave their objects behind. The next command then says that the object exists, and how to delete
it. The tests kill those charts too.

The last tables are of a release that Tiller made in 2019 on Kubernetes 1.15 (\`testdata/clusters\`): a Deployment and an Ingress
of extensions/v1beta1 and a Service, which no server has under those versions any more. The end-to-end suite does the same on a real
control plane.
`;

async function writeTables(): Promise<void> {
  hurry();
  let text = INTRODUCTION;
  const all = [hooked, oldSubject()].flatMap((subject) => subject.victims.map((victim) => ({ subject, victim })));
  for (const { subject, victim } of all) {
    const rows = await tableOf(subject, victim);
    text +=
      `\n## ${victim.verb}\n\n| killed after request | records | upgrade | rollback | delete --purge |\n|---|---|---|---|---|\n`;
    for (const { from, to, cells } of rows) {
      text += `| ${from === to ? from : `${from}–${to}`} | ${cells.join(" | ")} |\n`;
    }
  }
  if (every === 1) writeFileSync(new URL("../../docs/resilience.md", import.meta.url), text);
}

// --------------------------------------------------------------------------------------------------- with SIGKILL

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

/** Runs the program against a sandbox of its own and kills it when its `k`-th request was carried out. */
async function killProgram(victim: Victim, k: number, remedy: string, program: string): Promise<Outcome> {
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
    if (++requests > k) return await never;
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
    child?.kill("SIGKILL");
    return await never;
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
    const { signal } = await child.status;
    const killed = signal === "SIGKILL";
    if (!killed) return { left: "", remedy: "", wrong: [], killed };
    return { killed, ...await recover(stage, hooked, remedy) };
  } finally {
    void server.shutdown().catch(() => {});
    await stage.close();
    rmSync(home, { recursive: true });
  }
}

async function killForReal(program: string): Promise<void> {
  const remedies = Object.keys(hooked.remedies);
  for (const victim of hooked.victims) {
    for (let k = 1;; k += every) {
      const remedy = remedies[(k - 1) / every % remedies.length] ?? "upgrade";
      const outcome = await killProgram(victim, k, remedy, program);
      if (!outcome.killed) {
        say(`${victim.verb}: ${k - 1} requests`);
        break;
      }
      count(victim, k, remedy, outcome);
    }
  }
}

if (flags.program === undefined) await writeTables();
else await killForReal(Deno.realPathSync(flags.program));
say(`${passed} passed, ${failed} failed`);
Deno.exit(failed === 0 ? 0 : 1);
