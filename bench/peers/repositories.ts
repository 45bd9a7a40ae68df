/**
 * A chart repository of 40,000 entries: `search`, `repo update`, `fetch`.
 *
 * @module
 */
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chartArchive } from "../../tests/_lib/chart_server.ts";
import { type Bench, compare } from "./bench.ts";

const CHARTS = 2000;
const VERSIONS = 20;
const WANTED = "chart-0777";

/** Returns the text of an index of about 6 MB. */
function largeIndex(): string {
  const lines = ["apiVersion: v1", "entries:"];
  for (let chart = 0; chart < CHARTS; chart++) {
    const name = `chart-${String(chart).padStart(4, "0")}`;
    lines.push(`  ${name}:`);
    for (let version = 0; version < VERSIONS; version++) {
      lines.push(
        '  - created: "2020-01-01T00:00:00Z"',
        `    description: Service number ${chart}`,
        `    name: ${name}`,
        "    urls:",
        `    - ${name}-1.${version}.0.tgz`,
        `    version: 1.${version}.0`,
      );
    }
  }
  return `${lines.join("\n")}\ngenerated: "2020-01-01T00:00:00Z"\n`;
}

/** `search`, `repo update` and `fetch`, with a repository served by this process. */
export async function repositories(bench: Bench): Promise<void> {
  const index = new TextEncoder().encode(largeIndex());
  const archive = chartArchive(WANTED, `1.${VERSIONS - 1}.0`);
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const { pathname } = new URL(request.url);
    if (pathname === "/index.yaml") return new Response(index);
    if (pathname === `/${WANTED}-1.${VERSIONS - 1}.0.tgz`) return new Response(new Uint8Array(archive));
    return new Response("no such file", { status: 404 });
  });
  try {
    await measureAll(bench, `http://127.0.0.1:${server.addr.port}`, index.length);
  } finally {
    await server.shutdown();
  }
}

async function measureAll(bench: Bench, url: string, sizeBytes: number): Promise<void> {
  const { skeg, helm2, helm3, helm4 } = bench.programs;
  const folder = join(bench.work, "index");
  rmSync(folder, { recursive: true, force: true });
  /** Each program's own home, created by the program. */
  const homes = {
    skeg: { HELM_HOME: join(folder, "skeg") },
    helm2: { HELM_HOME: join(folder, "helm2") },
    helm3: newHome(join(folder, "helm3")),
    helm4: newHome(join(folder, "helm4")),
  };
  const out = join(folder, "out");
  mkdirSync(out, { recursive: true });
  for (const home of [homes.skeg, homes.helm2]) {
    const cache = join(home.HELM_HOME, "repository", "cache");
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(home.HELM_HOME, "repository", "repositories.yaml"), "apiVersion: v1\nrepositories: []\n");
  }
  const add = ["repo", "add", "big", url];
  await run([...skeg, ...add], { ...bench.programs.env, ...homes.skeg });
  await run([helm2, ...add], { ...bench.programs.env, ...homes.helm2 });
  await run([helm3, ...add], { ...bench.programs.env, ...homes.helm3 });
  await run([helm4, ...add], { ...bench.programs.env, ...homes.helm4 });
  const parsed = join(homes.skeg.HELM_HOME, "repository", "cache", "big-index.yaml.parsed");
  const size = `${CHARTS * VERSIONS} entries, ${(sizeBytes / 1e6).toFixed(1)} MB`;
  const works: readonly {
    readonly id: string;
    readonly title: string;
    readonly helm2: readonly string[];
    readonly helm3: readonly string[];
    readonly before?: () => Promise<void>;
  }[] = [
    {
      id: "search-first",
      title: `\`search\` for one chart, an index of ${size} that was never read`,
      helm2: ["search", WANTED],
      helm3: ["search", "repo", WANTED],
      before: () => Promise.resolve(rmSync(parsed, { force: true })),
    },
    {
      id: "search-second",
      title: "the same, a second time",
      helm2: ["search", WANTED],
      helm3: ["search", "repo", WANTED],
    },
    { id: "repo-update", title: "`repo update`", helm2: ["repo", "update"], helm3: ["repo", "update"] },
    {
      id: "fetch",
      title: "`fetch` of one chart",
      helm2: ["fetch", `big/${WANTED}`, "-d", out],
      helm3: ["pull", `big/${WANTED}`, "-d", out],
    },
  ];
  for (const work of works) {
    await compare(bench, {
      family: "index",
      id: work.id,
      title: work.title,
      candidates: [
        { who: "skeg", run: [...skeg, ...work.helm2], env: homes.skeg, before: work.before },
        { who: "helm2", run: [helm2, ...work.helm2], env: homes.helm2 },
        { who: "helm3", run: [helm3, ...work.helm3], env: homes.helm3 },
        { who: "helm4", run: [helm4, ...work.helm3], env: homes.helm4 },
      ],
    });
  }
}

/** Returns the variables for the folders of Helm 3 and 4. */
function newHome(folder: string): Record<string, string> {
  return {
    HELM_CACHE_HOME: join(folder, "cache"),
    HELM_CONFIG_HOME: join(folder, "config"),
    HELM_DATA_HOME: join(folder, "data"),
  };
}

async function run(command: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  const [program = "", ...args] = command;
  const { success, stderr } = await new Deno.Command(program, { args, env: { ...env }, clearEnv: true }).output();
  if (!success) throw new Error(`${command.join(" ")} failed: ${new TextDecoder().decode(stderr)}`);
}
