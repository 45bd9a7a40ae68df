/**
 * Routes about charts: those of the user's repositories, and how one renders.
 *
 * @module
 */
import { stat } from "node:fs/promises";
import { SkegError } from "../../../errors.ts";
import { maskAddress } from "../../../engine/base/mod.ts";
import {
  cachedIndexPath,
  type ChartIndex,
  loadRepositories,
  openIndex,
  repositoriesPath,
} from "../../../engine/chart/repo/mod.ts";
import { createMasker } from "../../../engine/kube/explain/mod.ts";
import type { Chart } from "../../../engine/model/mod.ts";
import { maskReleases } from "../../../engine/release/mod.ts";
import { clusterOf, type RouteAnswer, type UiCall, type UiRoute } from "../call.ts";
import { chartAnswer, chartFile } from "../chart_answers.ts";
import { loadedChart } from "../loaded_charts.ts";
import { neededText, textIn } from "../fields.ts";
import { unixSeconds } from "../resource_nodes.ts";
import type { ChartsAnswer, ChartVersionsAnswer, TemplateAnswer } from "../types.ts";

/** `/charts` and what is below it. */
export const CHART_ROUTES: readonly UiRoute[] = [
  { method: "GET", path: "/charts", answer: charts },
  { method: "POST", path: "/charts/template", answer: template },
  { method: "GET", path: "/charts/:repo/:chart", answer: versions },
  { method: "GET", path: "/charts/:repo/:chart/:version", answer: chart },
];

const COLUMNS = ["repo", "name", "version", "appVersion", "versions", "deprecated", "description"] as const;

/** A repository of the user's list. */
interface Opened {
  readonly name: string;
  readonly url: string;
  readonly updated: number | null;
  readonly index: ChartIndex | undefined;
  readonly problem: string;
}

async function opened(home: string): Promise<Opened[]> {
  // A home that was never set up has no repositories.
  if (await stat(repositoriesPath(home)).catch(() => undefined) === undefined) return [];
  const { repositories } = await loadRepositories(home);
  return await Promise.all(repositories.map(async ({ name, url }): Promise<Opened> => {
    const path = cachedIndexPath(home, name);
    const shown = { name, url: maskAddress(url) };
    const updated = await stat(path).then(({ mtimeMs }) => mtimeMs / 1000, () => null);
    try {
      return { ...shown, updated, index: await openIndex(path), problem: "" };
    } catch (error) {
      if (!(error instanceof SkegError)) throw error;
      const problem = updated === null ? "its index was never fetched: run 'skeg repo update'" : error.message;
      return { ...shown, updated, index: undefined, problem };
    }
  }));
}

async function charts({ ui, query }: UiCall): Promise<RouteAnswer> {
  const repositories = await opened(ui.options.home);
  const wanted = (query.get("query") ?? "").toLowerCase();
  const rows = repositories.flatMap(({ name: repo, index }) =>
    (index?.names() ?? []).flatMap((name) => {
      const all = index?.versions(name) ?? [];
      const [newest] = all;
      if (
        newest === undefined || !`${repo}/${name} ${newest.description ?? ""}`.toLowerCase().includes(wanted)
      ) return [];
      const { version = "", appVersion = "", deprecated = false, description = "" } = newest;
      return [[repo, name, version, appVersion, all.length, deprecated, description]];
    })
  );
  const json: ChartsAnswer = {
    repositories: repositories.map(({ name, url, updated, index, problem }) => ({
      name,
      url,
      charts: index?.names().length ?? 0,
      updated,
      problem,
    })),
    columns: COLUMNS,
    rows,
  };
  return { json };
}

async function versions({ ui, params }: UiCall): Promise<RouteAnswer> {
  const { repo = "", chart: name = "" } = params;
  const found = (await opened(ui.options.home)).find((each) => each.name === repo);
  if (found === undefined) throw new SkegError("not-found", `there is no repository ${JSON.stringify(repo)}`);
  const all = found.index?.versions(name);
  if (all === undefined) {
    throw new SkegError("not-found", found.problem || `the repository ${repo} has no chart ${JSON.stringify(name)}`);
  }
  const json: ChartVersionsAnswer = {
    versions: all.map(({ version = "", appVersion = "", created, deprecated = false }) => ({
      version,
      appVersion,
      created: unixSeconds(created),
      deprecated,
    })),
  };
  return { json };
}

async function chart(call: UiCall): Promise<RouteAnswer> {
  const { repo = "", chart: name = "", version = "" } = call.params;
  const loaded = await loadedChart(call, `${repo}/${name}`, version);
  const file = call.query.get("file");
  return { json: file === null ? chartAnswer(loaded) : chartFile(loaded, file) };
}

async function template(call: UiCall): Promise<RouteAnswer> {
  const body = await call.body();
  const [values, name, namespace] = ["values", "name", "namespace"].map((field) => textIn(body, field) || undefined);
  const named: string | Chart = await loadedChart(call, neededText(body, "chart"), textIn(body, "version") ?? "");
  const { manifest, hooks, notes } = await clusterOf(call).skeg.template(named, {
    values,
    release: { ...name === undefined ? {} : { name }, ...namespace === undefined ? {} : { namespace } },
    signal: call.signal,
  });
  const made = { manifest, hooks, namespace: namespace ?? "default", config: { raw: values ?? "" } };
  const mask = await maskReleases([made], createMasker(crypto.getRandomValues(new Uint8Array(32))));
  const parts = [manifest, ...hooks.map((hook) => `---\n# Source: ${hook.path}\n${hook.manifest}\n`)];
  const json: TemplateAnswer = { text: parts.map((part) => mask.manifest(part)).join(""), notes: mask.text(notes) };
  return { json };
}
