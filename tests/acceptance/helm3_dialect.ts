/**
 * Renders public charts with a real Helm 3 and with our own engine in its dialect, and counts what differs.
 *
 * ```sh
 * deno run -A tests/acceptance/helm3_dialect.ts --corpus ../shared/corpus --helm3 PATH [--every N] [--show]
 * ```
 *
 * `--every 10` takes every tenth chart. Closes with `N passed, N failed`.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { join } from "node:path";
import { SkegError } from "../../errors.ts";
import { renderHelm3 } from "../../engine/chart/helm3/mod.ts";
import { loadChart } from "../../engine/chart/load/mod.ts";
import { defaultCapabilities } from "../../engine/model/mod.ts";

const say = (text: string): void => void Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
const { values: flags } = parseArgs({
  args: Deno.args,
  options: {
    corpus: { type: "string" },
    helm3: { type: "string" },
    every: { type: "string", default: "1" },
    show: { type: "boolean", default: false },
  },
});
if (flags.corpus === undefined || flags.helm3 === undefined) {
  say("usage: helm3_dialect.ts --corpus DIR --helm3 PATH [--every N] [--show]");
  Deno.exit(2);
}
const helm = flags.helm3;
const KUBE_VERSION = "1.34.0";
const work = await Deno.makeTempDir();
await new Deno.Command("tar", { args: ["xzf", join(flags.corpus, "charts.tar.gz"), "-C", work] }).output();

interface Outcome {
  readonly text?: string;
  readonly error?: string;
}

const decoder = new TextDecoder();

async function asHelm(chart: string, given: readonly string[]): Promise<Outcome> {
  const args = [
    "template",
    "rel-name",
    chart,
    "-n",
    "rel-ns",
    "--is-upgrade",
    "--kube-version",
    KUBE_VERSION,
    ...given,
  ];
  const { success, stdout, stderr } = await new Deno.Command(helm, { args, cwd: work }).output();
  if (success) return { text: decoder.decode(stdout) };
  const [, message = ""] = /(?:^|\n)Error: ([\s\S]*)$/.exec(decoder.decode(stderr)) ?? [];
  return { error: message.replace(/\n\nUse --debug flag[\s\S]*$/, "").trim() };
}

async function knownVersions(): Promise<string[]> {
  const folder = join(work, "probe");
  await Deno.mkdir(join(folder, "templates"), { recursive: true });
  await Deno.writeTextFile(join(folder, "Chart.yaml"), "apiVersion: v1\nname: probe\nversion: 0.1.0\n");
  await Deno.writeTextFile(join(folder, "templates/v.yaml"), "v: {{ .Capabilities.APIVersions | toJson }}\n");
  return JSON.parse(/v: (\[.*\])/.exec((await asHelm(folder, [])).text ?? "")?.[1] ?? "[]");
}

const capabilities = {
  ...defaultCapabilities(),
  kubeVersion: { ...defaultCapabilities().kubeVersion, major: "1", minor: "34", gitVersion: `v${KUBE_VERSION}` },
  apiVersions: new Set(await knownVersions()),
};

/** Returns the text of the values file that the arguments name; empty if they name none. */
async function configOf(given: readonly string[]): Promise<string> {
  const [flag, path] = given;
  if (flag === undefined || path === undefined) return "";
  if (flag !== "-f" || given.length > 2) throw new Error(`unknown arguments ${given.join(" ")}`);
  return await Deno.readTextFile(join(work, path));
}

async function asOurs(chart: string, config: string): Promise<Outcome> {
  try {
    const loaded = await loadChart(join(work, chart), { allowV2: true });
    const rendered = await renderHelm3(loaded, {
      config,
      release: { name: "rel-name", namespace: "rel-ns", revision: 1, isUpgrade: true },
      capabilities,
    });
    const hooks = rendered.hooks.map((hook) => `---\n# Source: ${hook.path}\n${hook.manifest}\n`);
    return { text: `${rendered.manifest.trim()}\n${hooks.join("")}` };
  } catch (error) {
    if (error instanceof SkegError) return { error: error.message };
    throw error;
  }
}

/** Returns the numbers of the lines in which two texts of equal length differ; `undefined` for texts of other lengths. */
function differentLines(a: string, b: string): Set<number> | undefined {
  const [left, right] = [a.split("\n"), b.split("\n")];
  if (left.length !== right.length) return undefined;
  return new Set(left.flatMap((line, at) => line === right[at] ? [] : [at]));
}

/** Both fail, in different words. */
const OTHER_WORDS = "other words of a failure";

/** Returns the kind of difference; `undefined` if there is none. */
async function difference(ours: Outcome, theirs: Outcome, again: () => Promise<Outcome>): Promise<string | undefined> {
  if (ours.text === theirs.text && ours.error === theirs.error) return undefined;
  if (theirs.error !== undefined && ours.error !== undefined) return OTHER_WORDS;
  if (theirs.error !== undefined) return "only Helm fails";
  if (ours.error !== undefined) return "only ours fails";
  const moving = differentLines(theirs.text ?? "", (await again()).text ?? "");
  const found = differentLines(theirs.text ?? "", ours.text ?? "");
  if (moving !== undefined && found !== undefined && moving.size > 0 && [...found].every((at) => moving.has(at))) {
    return undefined;
  }
  return found === undefined ? "other lines" : `${found.size > 3 ? "some" : found.size} lines differ`;
}

const cases = (await Deno.readTextFile(join(flags.corpus, "cases.jsonl"))).trim().split("\n")
  .map((line) => JSON.parse(line) as { id: string; chart: string; args: string[] })
  .filter((_, at) => at % Number(flags.every) === 0);
const kinds = new Map<string, string[]>();
let passed = 0;
const queue = cases.values();
await Promise.all(Array.from({ length: 2 }, async () => {
  for (const { id, chart, args } of queue) {
    const given = args.slice(5);
    const [theirs, ours] = [await asHelm(chart, given), await asOurs(chart, await configOf(given))];
    const kind = await difference(ours, theirs, () => asHelm(chart, given));
    // A chart that fails in both is as it should be, whatever the words are.
    if (kind === undefined || kind === OTHER_WORDS) passed++;
    if (kind !== undefined) {
      kinds.set(kind, [...kinds.get(kind) ?? [], id]);
      if (flags.show) {
        await Deno.mkdir("/tmp/helm3-dialect", { recursive: true });
        await Deno.writeTextFile(`/tmp/helm3-dialect/${id}.theirs`, theirs.text ?? `ERROR ${theirs.error}\n`);
        await Deno.writeTextFile(`/tmp/helm3-dialect/${id}.ours`, ours.text ?? `ERROR ${ours.error}\n`);
      }
    }
  }
}));
for (const [kind, ids] of kinds) say(`${kind}: ${ids.length} (${ids.slice(0, 8).join(", ")})`);
await Deno.remove(work, { recursive: true });
say(`${passed} passed, ${cases.length - passed} failed`);
if (passed < cases.length) Deno.exit(1);
