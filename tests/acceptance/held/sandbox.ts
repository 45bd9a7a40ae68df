/**
 * The sandbox's file: its server is killed while clients write, and commands
 * that share the file are killed.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { type Cluster, openCluster } from "../../../engine/kube/mod.ts";
import { openSandbox } from "../../../engine/sandbox/mod.ts";
import type { KubeObject } from "../../../engine/model/mod.ts";
import { until } from "../../_lib/processes.ts";
import { purge } from "./recover.ts";
import { type Ground, type Row, sideBySide, sleep, type Tally } from "./row.ts";
import { openSite, type Running, type Site, startProgram, statusesOf, untruths } from "./site.ts";

const WRITERS = 4;
const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

/** The server is killed. */
export const SERVED: Row = {
  name: "sandbox-serve",
  what: "kill -9 of `sandbox serve` under 4 writers",
  play: playServed,
};

/** Commands are killed. */
export const SHARED_FILE: Row = {
  name: "sandbox-file",
  what: "8 processes on one sandbox file, a quarter of them killed",
  play: playSharedFile,
};

/** A writer's knowledge of its objects. */
interface Ledger {
  readonly writer: number;
  /** Name → value, as the server has acknowledged them. */
  readonly sure: Map<string, string>;
  /** The write that was on its way when the server died: it may have been carried out. */
  doubt: { readonly name: string; readonly value: string | undefined } | undefined;
  writes: number;
  next: number;
  /** Writes that the server refused; none should be. */
  readonly refused: string[];
}

async function playServed(ground: Ground): Promise<Tally> {
  const folder = join(ground.folder, "served");
  const file = join(folder, "state.sqlite");
  await Deno.mkdir(folder);
  const ledgers = Array.from({ length: WRITERS }, (_, writer): Ledger => (
    { writer, sure: new Map(), doubt: undefined, writes: 0, next: 0, refused: [] }
  ));
  const writes = (): number => ledgers.reduce((sum, ledger) => sum + ledger.writes, 0);
  const [kills, least] = [ground.scale(50, 4), ground.scale(2858, 100)];
  const wrong: string[] = [];
  let killed = 0;
  while (killed < kills || writes() < least) {
    const { server, cluster } = await serve(ground, folder, file);
    try {
      wrong.push(...await checkLedgers(cluster, ledgers));
      const working = ledgers.map((ledger) => write(cluster, ledger));
      await sleep(150 + ground.random() * 600);
      server.kill("SIGKILL");
      await Promise.all(working);
      killed++;
    } finally {
      server.kill("SIGKILL");
      await server.ended;
      await cluster.close();
    }
    wrong.push(...integrity(file));
    if (wrong.length > 20) break;
  }
  const { server, cluster } = await serve(ground, folder, file);
  wrong.push(...await checkLedgers(cluster, ledgers));
  await cluster.close();
  server.kill("SIGTERM");
  const { code } = await server.ended;
  wrong.push(...ledgers.flatMap(({ refused }) => refused));
  if (code !== 143 && code !== 0) wrong.push(`the server's last exit status is ${code}`);
  return { tried: `${killed} kills, ${writes()} acknowledged writes`, wrong };
}

/** Serves the sandbox and connects to it. */
async function serve(ground: Ground, folder: string, file: string): Promise<{ server: Running; cluster: Cluster }> {
  const kubeconfig = join(folder, "kubeconfig");
  await Deno.remove(kubeconfig).catch(() => {});
  const server = startProgram(ground.program, ["sandbox", "serve", `--sandbox=${file}`, "--directory", folder], {
    HOME: folder,
  });
  let ended = false;
  void server.ended.then(() => ended = true);
  await until(
    () => Promise.resolve(ended || kubeconfigIn(folder) !== undefined),
    () => "sandbox serve did not start",
    30_000,
  );
  if (ended) throw new Error(`sandbox serve ended: ${(await server.ended).stderr}`);
  const cluster = await openCluster({ kubeconfig: kubeconfigIn(folder) ?? "" });
  await until(
    async () => (await ask(cluster, "GET", "/readyz")).status === 200,
    () => "the served sandbox does not answer",
    30_000,
  );
  return { server, cluster };
}

/** The kubeconfig that the server has written, when it is whole. */
function kubeconfigIn(folder: string): string | undefined {
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.includes("kubeconfig")) continue;
    const file = join(folder, name);
    if (readFileSync(file, "utf8").includes("token")) return file;
  }
  return undefined;
}

async function ask(
  { transport }: Cluster,
  method: "GET" | "POST" | "PUT" | "DELETE",
  path: string,
  body?: unknown,
): Promise<{ status: number; body: unknown }> {
  const signal = AbortSignal.timeout(5000);
  const answer = await transport({
    method,
    path,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
  const text = await answer.text();
  return { status: answer.status, body: text.startsWith("{") ? JSON.parse(text) : undefined };
}

/** Creates, changes and deletes until the server is gone. */
async function write(cluster: Cluster, ledger: Ledger): Promise<void> {
  const object = (name: string, value: string): unknown => (
    { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { value } }
  );
  for (;;) {
    const number = ledger.next++;
    const old = [...ledger.sure.keys()];
    const turn = number % 4;
    const isNew = turn < 2 || old.length === 0;
    const name = isNew ? `w${ledger.writer}-${number}` : old[number * 7 % old.length] ?? "";
    const value = turn === 3 && !isNew ? undefined : `${number} ${"x".repeat(number % 900)}`;
    ledger.doubt = { name, value };
    try {
      const { status } = value === undefined
        ? await ask(cluster, "DELETE", `${CONFIG_MAPS}/${name}`)
        : isNew
        ? await ask(cluster, "POST", CONFIG_MAPS, object(name, value))
        : await ask(cluster, "PUT", `${CONFIG_MAPS}/${name}`, object(name, value));
      if (status >= 300) {
        ledger.refused.push(`${name} was refused with ${status}`);
        return;
      }
    } catch {
      return;
    }
    if (value === undefined) ledger.sure.delete(name);
    else ledger.sure.set(name, value);
    ledger.doubt = undefined;
    ledger.writes++;
  }
}

/** Compares what is served with what was acknowledged, and settles what was in doubt. */
async function checkLedgers(cluster: Cluster, ledgers: readonly Ledger[]): Promise<string[]> {
  const { status, body } = await ask(cluster, "GET", CONFIG_MAPS);
  if (status !== 200) return [`the list is answered with ${status}`];
  const found = new Map<string, string>();
  for (const { metadata, data } of (body as { items: (KubeObject & { data?: { value?: string } })[] }).items) {
    if (/^w\d/.test(metadata?.name ?? "")) found.set(metadata?.name ?? "", data?.value ?? "");
  }
  const wrong: string[] = [];
  for (const ledger of ledgers) {
    if (ledger.doubt !== undefined) {
      const { name, value } = ledger.doubt;
      const is = found.get(name);
      if (is === value) {
        if (value === undefined) ledger.sure.delete(name);
        else ledger.sure.set(name, value);
      }
      ledger.doubt = undefined;
    }
    for (const [name, value] of ledger.sure) {
      if (found.get(name) !== value) {
        wrong.push(`${name} was acknowledged and is ${found.has(name) ? "older" : "gone"}`);
      }
      found.delete(name);
    }
  }
  return wrong.concat([...found.keys()].map((name) => `${name} is there, and its deletion was acknowledged`));
}

function integrity(file: string): string[] {
  const database = new DatabaseSync(file);
  try {
    const answer = database.prepare("PRAGMA integrity_check").all().map((row) => String(row["integrity_check"]));
    return answer.length === 1 && answer[0] === "ok" ? [] : [`integrity check: ${answer.join(", ")}`];
  } finally {
    database.close();
  }
}

const TOGETHER = 8, KILLED_OF_THEM = 2;

async function playSharedFile(ground: Ground): Promise<Tally> {
  const file = join(ground.folder, "shared.sqlite");
  const rounds = ground.scale(6, 1);
  const acknowledged: string[] = [], all: string[] = [], wrong: string[] = [];
  let killed = 0;
  for (let round = 0; round < rounds; round++) {
    const { site, close } = await openFile(ground, file, round);
    await close(); // only the processes have it open
    const victims = new Set([Math.floor(ground.random() * 4), 4 + Math.floor(ground.random() * 4)]);
    await sideBySide(TOGETHER, TOGETHER, async (index) => {
      const release = `f${round}-${index}`;
      all.push(release);
      const running = site.start([...site.install(release, 1 + index % 2, { policy: "before-hook-creation" })]);
      const isVictim = victims.has(index);
      const isEarly = isVictim &&
        await Promise.race([running.ended.then(() => false), sleep(400 + ground.random() * 1600).then(() => true)]);
      if (isEarly) running.kill("SIGKILL");
      const ended = await running.ended;
      if (ended.signal === "SIGKILL") killed++;
      else if (ended.code === 0) acknowledged.push(release);
      else wrong.push(`${release}: ${ended.stderr}`);
    });
    wrong.push(...integrity(file));
    const after = await openFile(ground, file, round);
    for (const release of acknowledged.filter((name) => name.startsWith(`f${round}-`))) {
      const states = statusesOf(await after.site.history(release));
      if (states !== "1 DEPLOYED") wrong.push(`${release} was acknowledged and is: ${states}`);
      wrong.push(...(await untruths(after.site, release)).map((text) => `${release}: ${text}`));
    }
    await after.close();
    // Every release, whole or not, can be taken away.
    for (const release of all.filter((name) => name.startsWith(`f${round}-`))) {
      const look = await openFile(ground, file, round);
      wrong.push(...(await purge(look.site, release)).wrong.map((text) => `${release}: ${text}`));
      await look.close();
    }
  }
  const needed = ground.scale(KILLED_OF_THEM * rounds, 1);
  if (killed < needed) wrong.push(`only ${killed} of ${needed} were killed`);
  return { tried: `${all.length} processes, ${killed} killed, ${acknowledged.length} acknowledged`, wrong };
}

/** Opens the file in this process, to look at it; the site's namespaces are those of a round. */
async function openFile(
  ground: Ground,
  file: string,
  round: number,
): Promise<{ site: Site; close: () => Promise<void> }> {
  const sandbox = await openSandbox({ file });
  const place = { ...ground, cluster: sandbox, kubeconfig: "" };
  const site = await openSite(place, `file-${round}`, { env: { SKEG_SANDBOX: file }, isFixed: true });
  return { site, close: () => sandbox.close() };
}
