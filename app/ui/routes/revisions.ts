/**
 * Routes about the revisions of a release.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { asObject, asText } from "../../../engine/base/mod.ts";
import { encodeYaml } from "../../../engine/lang/yaml/mod.ts";
import { coalesceValues, parseValues } from "../../../engine/chart/values/mod.ts";
import { KubeManifest } from "../../../engine/kube/mod.ts";
import type { Release } from "../../../engine/model/mod.ts";
import { clusterOf, type RouteAnswer, type UiCall, type UiRoute } from "../call.ts";
import { chartAnswer, chartFile } from "../chart_answers.ts";
import { wholeNumber } from "../fields.ts";
import { answersAbout } from "../kept_answers.ts";
import { maskedYaml, maskOf } from "../masks.ts";
import { originAnswer } from "../origins.ts";
import { revisionChanges } from "../phrases.ts";
import { maskedDescription, secondsOf } from "../release_rows.ts";
import type {
  HooksAnswer,
  ManifestAnswer,
  ManifestDocument,
  NotesAnswer,
  RevisionsAnswer,
  ValuesAnswer,
} from "../types.ts";
import { valueLeaves } from "../value_leaves.ts";

/** More revisions are read only if the request says so: each is a whole record. */
const REVISIONS_MAX = 500;

const ONE = "/releases/:ctx/:name/revisions/:n";

/** `/releases/{ctx}/{name}/revisions` and what is below it. */
export const REVISION_ROUTES: readonly UiRoute[] = [
  { method: "GET", path: "/releases/:ctx/:name/revisions", answer: revisions },
  { method: "GET", path: `${ONE}/values`, answer: values },
  { method: "GET", path: `${ONE}/manifest`, answer: manifest },
  { method: "GET", path: `${ONE}/hooks`, answer: hooks },
  { method: "GET", path: `${ONE}/notes`, answer: notes },
  { method: "GET", path: `${ONE}/chart`, answer: chart },
  { method: "GET", path: `${ONE}/origins`, answer: origins },
];

async function revisions(call: UiCall): Promise<RouteAnswer> {
  const { params, query, signal } = call;
  const max = wholeNumber(query.get("max"), "max", 1) ?? REVISIONS_MAX;
  // One more is read, so that the oldest shown one has a phrase.
  const { revisions: found, records } = await clusterOf(call).skeg.revisions(params.name ?? "", {
    max: max + 1,
    signal,
  });
  const json: RevisionsAnswer = {
    total: records,
    revisions: found.slice(0, max).map(({ release, sizeBytes = null }, at) => {
      const { metadata } = release.chart ?? {};
      return {
        revision: release.revision,
        status: release.info.status.code,
        updated: secondsOf(release.info.lastDeployed),
        chart: metadata?.name ?? "",
        version: metadata?.version ?? "",
        appVersion: metadata?.appVersion ?? "",
        description: maskedDescription(release.info.description ?? ""),
        ...revisionChanges(found[at + 1]?.release, release),
        sizeBytes,
      };
    }),
  };
  return { json };
}

/** Reads the revision that the path names. */
async function releaseOf(call: UiCall): Promise<Release> {
  const { params, signal } = call;
  const revision = wholeNumber(params.n, "the revision", 1);
  return await clusterOf(call).skeg.get(params.name ?? "", { revision, signal });
}

async function values(call: UiCall): Promise<RouteAnswer> {
  const release = await releaseOf(call);
  const { chart, config, name, revision } = release;
  const mask = await maskOf(call.ui, [release]);
  const user = parseValues(config?.raw ?? "");
  const computed = chart === undefined ? user : coalesceValues(chart, config?.raw, () => {}, "read");
  const masked = mask.values(computed);
  const why = await answersAbout(clusterOf(call), { name, revision }, { now: call.ui.now, signal: call.signal })
    // A chart that does not render on this cluster any more still has values.
    .catch((error) => {
      if (call.signal.aborted || !(error instanceof SkegError)) throw error;
      return undefined;
    });
  const json: ValuesAnswer = {
    user: maskedYaml(config?.raw ?? "", mask),
    computed: encodeYaml(masked),
    defaults: maskedYaml(chart?.values?.raw ?? "", mask),
    leaves: valueLeaves({ computed, masked, user, why, chart }),
  };
  return { json };
}

async function manifest(call: UiCall): Promise<RouteAnswer> {
  const release = await releaseOf(call);
  const text = (await maskOf(call.ui, [release])).manifest(release.manifest);
  const json: ManifestAnswer = { text, documents: documentsIn(text) };
  return { json };
}

/** Returns the documents of a manifest with their first lines. */
function documentsIn(text: string): ManifestDocument[] {
  let [from, line] = [0, 1];
  return new KubeManifest(text).documents.map((document): ManifestDocument => {
    const at = Math.max(from, text.indexOf(document.text.trim(), from));
    for (let index = text.indexOf("\n", from); index >= 0 && index < at; index = text.indexOf("\n", index + 1)) line++;
    from = at;
    const [, template = ""] = /^# Source: [^/\n]*\/(.*)$/m.exec(document.text) ?? [];
    const { kind, name } = namesIn(document);
    return { kind, name, template, line };
  });
}

function namesIn(document: { readonly data: unknown }): { readonly kind: string; readonly name: string } {
  try {
    const { kind, metadata } = asObject(document.data);
    return { kind: asText(kind), name: asText(asObject(metadata).name) };
  } catch {
    return { kind: "", name: "" }; // not YAML
  }
}

async function hooks(call: UiCall): Promise<RouteAnswer> {
  const release = await releaseOf(call);
  const mask = await maskOf(call.ui, [release]);
  const json: HooksAnswer = {
    hooks: release.hooks.map(({ name, kind, path, events, weight, deletePolicies, lastRun, manifest }) => ({
      name,
      kind,
      path,
      events,
      weight,
      deletePolicies,
      lastRun: secondsOf(lastRun),
      text: mask.manifest(manifest),
    })),
  };
  return { json };
}

async function notes(call: UiCall): Promise<RouteAnswer> {
  const release = await releaseOf(call);
  const json: NotesAnswer = { notes: (await maskOf(call.ui, [release])).text(release.info.status.notes ?? "") };
  return { json };
}

async function chart(call: UiCall): Promise<RouteAnswer> {
  const release = await releaseOf(call);
  if (release.chart === undefined) throw new SkegError("record", `revision ${release.revision} has no chart`);
  const mask = await maskOf(call.ui, [release]);
  const file = call.query.get("file");
  return { json: file === null ? chartAnswer(release.chart, mask) : chartFile(release.chart, file, mask) };
}

async function origins(call: UiCall): Promise<RouteAnswer> {
  const release = await releaseOf(call);
  return { json: await originAnswer(call, release) };
}
