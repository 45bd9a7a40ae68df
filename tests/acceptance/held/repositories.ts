/**
 * Processes that change the list of repositories at the same moment, some of
 * them killed: what was acknowledged stays in it.
 *
 * @module
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryFiles, serveFiles, withServer } from "../../_lib/chart_server.ts";
import { firstLine } from "./recover.ts";
import { type Ground, type Row, sleep, type Tally } from "./row.ts";
import { startProgram } from "./site.ts";

const ADDS = 8, UPDATES = 2, KILLED = 4;

/** The row. */
export const REPOSITORIES: Row = {
  name: "repos",
  what: "8 `repo add` and 2 `repo update` at once, 4 of them killed",
  play: (ground) =>
    withServer(serveFiles(repositoryFiles([["web", "1.0.0"], ["api", "2.0.0"]])), ({ url }) => play(ground, url)),
};

async function play(ground: Ground, url: string): Promise<Tally> {
  const home = join(ground.folder, "repositories");
  mkdirSync(home, { recursive: true });
  const env = { HOME: home, HELM_HOME: join(home, "helm") };
  const run = (...args: string[]) => startProgram(ground.program, args, env);
  const first = await run("init", "--client-only", "--skip-refresh", "--stable-repo-url", url).ended;
  if (first.code !== 0) throw new Error(first.stderr);
  const began = performance.now();
  await run("repo", "add", "calm", url).ended;
  const calmMs = performance.now() - began;
  const sure = new Set(["stable", "calm"]);
  const wrong: string[] = [];
  const rounds = ground.scale(6, 1);
  let processes = 0, killed = 0;
  const needed = ground.scale(24, 1);
  for (let round = 0; round < rounds || (killed < needed && round < rounds * 3); round++) {
    const victims = new Set(shuffled(ground.random, ADDS + UPDATES).slice(0, KILLED));
    await Promise.all(Array.from({ length: ADDS + UPDATES }, async (_, index) => {
      const name = `r${round}-${index}`;
      const isAdd = index < ADDS;
      const running = run(...(isAdd ? ["repo", "add", name, url] : ["repo", "update"]));
      processes++;
      // Ten at once on few cores take several times as long as one.
      const delayMs = calmMs * (0.5 + ground.random() * 3);
      if (victims.has(index)) {
        const isEarly = await Promise.race([running.ended.then(() => false), sleep(delayMs).then(() => true)]);
        if (isEarly) running.kill("SIGKILL");
      }
      const ended = await running.ended;
      if (ended.signal === "SIGKILL") killed++;
      else if (ended.code !== 0) wrong.push(`${isAdd ? `repo add ${name}` : "repo update"}: ${firstLine(ended)}`);
      else if (isAdd) sure.add(name);
    }));
    wrong.push(...check(env.HELM_HOME, sure));
  }
  const last = await run("repo", "update").ended;
  if (last.code !== 0) wrong.push(`the last repo update: ${firstLine(last)}`);
  const search = await run("search", "calm/web").ended;
  if (!/^calm\/web\s+1\.0\.0/m.test(search.stdout)) wrong.push(`search: ${search.stdout}${search.stderr}`);
  if (killed < needed) wrong.push(`only ${killed} of ${needed} were killed`);
  return { tried: `${processes} processes, ${killed} killed, ${sure.size - 2} acknowledged`, wrong };
}

function shuffled(random: () => number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => ({ index, at: random() })).sort((a, b) => a.at - b.at)
    .map(({ index }) => index);
}

/** Every acknowledged repository is in the list, once, and the list can be read. */
function check(home: string, sure: ReadonlySet<string>): string[] {
  const text = readFileSync(join(home, "repository/repositories.yaml"), "utf8");
  const names = [...text.matchAll(/^ {2}name: (\S+)$/gm)].map(([, name]) => name ?? "");
  const wrong = [...sure].filter((name) => !names.includes(name)).map((name) => `${name} was acknowledged and is lost`);
  if (new Set(names).size !== names.length) wrong.push("a repository is in the list twice");
  if (!text.startsWith("apiVersion: v1\n")) wrong.push(`the list is damaged: ${text.slice(0, 80)}`);
  return wrong;
}
