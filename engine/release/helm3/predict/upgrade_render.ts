/**
 * Renders the first upgrade as Helm 3: by a real one, or else by our own engine in its dialect.
 *
 * @module
 */
import { counted } from "../../../base/mod.ts";
import { SkegError, TemplateError } from "../../../../errors.ts";
import type { Capabilities, Chart, Release } from "../../../model/mod.ts";
import { chartForHelm3, renderHelm3 } from "../../../chart/helm3/mod.ts";
import type { Environment } from "../../environment.ts";
import { seeded } from "../../plan/renders.ts";
import type { PredictionInput } from "../plan_types.ts";
import type { PredictHelm3Options, RenderedHook } from "./types.ts";

/** The rendered upgrade. */
export interface UpgradeRender {
  /** The program; `undefined` if our own engine rendered. */
  readonly by: string | undefined;
  /** Empty if the chart cannot be rendered. */
  readonly manifest: string;
  readonly hooks: readonly RenderedHook[];
  /** Why the chart cannot be rendered, in Helm's words; empty if it can. */
  readonly failure: string;
  /** One sentence each. */
  readonly notes: readonly string[];
}

/** Renders the upgrade. Its notes name what is dropped, and why the program was not used. */
export async function renderUpgrade(
  env: Environment,
  { release, newest }: Pick<PredictionInput, "release" | "newest">,
  capabilities: Capabilities,
  options: PredictHelm3Options,
): Promise<UpgradeRender> {
  const chart = chartOf(release, options);
  if (chart === undefined) return failed(undefined, "the record has no chart", []);
  const { name, namespace } = release;
  const config = release.config?.raw ?? "";
  const notes: string[] = [];
  const { renderer } = options;
  if (renderer !== undefined) {
    try {
      const answer = await renderer.render({
        name,
        namespace,
        revision: newest.revision + 1,
        chart,
        chartPath: options.chart?.path,
        config,
        signal: env.signal,
      });
      if (answer.failure !== undefined) return failed(renderer.name, answer.failure, droppedIn(answer.log));
      const { manifest, hooks, log } = answer;
      return { by: renderer.name, manifest, hooks, failure: "", notes: droppedIn(log) };
    } catch (error) {
      if (!(error instanceof SkegError) || error.kind !== "io") throw error;
      notes.push(`${renderer.name} could not be used: ${error.message.split("\n", 1)[0] ?? ""}`);
    }
  }
  try {
    const { manifest, hooks, leftOut } = await renderHelm3(chart, {
      config,
      release: { name, namespace, revision: newest.revision + 1, isUpgrade: true },
      capabilities,
      clock: env.clock,
      random: env.random,
    });
    const dropped = leftOut.map(({ kind, name, hook }) => `${kind} ${name} is dropped: Helm 3 has no hook ${hook}`);
    const spelled = hooks.map((hook) => ({
      ...hook,
      events: hook.events.map((event) => event === "test-success" ? "test" : event),
    }));
    return { by: undefined, manifest, hooks: spelled, failure: "", notes: [...notes, ...dropped] };
  } catch (error) {
    if (!(error instanceof SkegError) && !(error instanceof TemplateError)) throw error;
    return failed(undefined, error.message, notes);
  }
}

/** Returns the chart that Helm 3 renders; `undefined` if the record has none. */
function chartOf({ chart }: Release, options: PredictHelm3Options): Chart | undefined {
  return options.chart?.chart ?? (chart === undefined ? undefined : chartForHelm3(chart));
}

function failed(by: string | undefined, failure: string, notes: readonly string[]): UpgradeRender {
  return { by, manifest: "", hooks: [], failure, notes };
}

/** Returns what the program's log says about dropped documents. */
function droppedIn(log: string): string[] {
  const hooks = Array.from(log.matchAll(/skipping unknown hook: "?([\w, -]+)"?/g), ([, hook = ""]) => hook.trim());
  return [...Map.groupBy(hooks, (hook) => hook)].map(([hook, all]) =>
    `${counted(all.length, "document is", "documents are")} dropped: Helm 3 has no hook ${hook}`
  );
}

/** Functions whose results are others at every render. */
const MOVING =
  /\b(rand(?:Alpha|AlphaNum|Ascii|Numeric|Bytes|Int)|uuidv4|shuffle|gen(?:PrivateKey|CA|SelfSignedCert|SignedCert)|derivePassword|htpasswd|bcrypt|now|ago|encryptAES)\b/;

/** Returns two renders by our own engine that differ only in randomness and time; empty texts if nothing can differ, or one fails. */
export async function movingRenders(
  release: Release,
  revision: number,
  capabilities: Capabilities,
  options: PredictHelm3Options,
): Promise<readonly [first: string, again: string]> {
  const chart = chartOf(release, options);
  if (chart === undefined || !hasMovingPart(chart)) return ["", ""];
  try {
    const render = async (seed: number): Promise<string> => {
      const { manifest } = await renderHelm3(chart, {
        config: release.config?.raw ?? "",
        release: { name: release.name, namespace: release.namespace, revision, isUpgrade: true },
        capabilities,
        schema: false,
        ...seeded(seed),
      });
      return manifest;
    };
    return [await render(1), await render(2)];
  } catch (error) {
    if (error instanceof SkegError) return ["", ""];
    throw error;
  }
}

function hasMovingPart({ templates, dependencies }: NonNullable<Release["chart"]>): boolean {
  const decoder = new TextDecoder();
  return templates.some(({ data }) => MOVING.test(decoder.decode(data))) || dependencies.some(hasMovingPart);
}
