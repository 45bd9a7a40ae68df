/**
 * `map-apis`: rewrites stored manifests to API versions that the server has.
 *
 * Objects such as Deployments of `extensions/v1beta1` are rewritten to the successor API version, so that
 * Tiller, Helm 3 and other readers of the record can work with it. Status, labels, values and chart stay the
 * same.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import type { Hook, KubeObject, Release } from "../../model/mod.ts";
import type { Environment } from "../environment.ts";
import { clusterView } from "./cluster_view.ts";
import { documentsOf, replaceDocuments, type TextDocument } from "./documents.ts";
import { type LiveObjects, readLiveObjects, type ReleaseObject } from "./live_objects.ts";
import { decodeText, type DocumentOutcome, holdsExactly, mapText } from "./map_document.ts";
import type { DocumentContext } from "./map_object.ts";
import type {
  PreparedRepair,
  RecordWrite,
  ReleaseRecords,
  Repair,
  RepairChange,
  RepairNote,
  StoredRecord,
} from "./repair.ts";

/** Options of `map-apis`. */
export interface MapApisOptions {
  /** Only this revision; 0 or absent: all that can be decoded. */
  readonly revision?: number | undefined;
  /** If true, removes objects whose API has no successor from the record, such as PodSecurityPolicies. */
  readonly skipRemoved?: boolean | undefined;
  /** If true, allows conversions that change the behaviour of an object created from the text. */
  readonly allowLossyMapping?: boolean | undefined;
}

/** The repair. */
export const mapApis: Repair<MapApisOptions> = { name: "map-apis", prepare };

async function prepare(env: Environment, all: ReleaseRecords, options: MapApisOptions): Promise<PreparedRepair> {
  const records = chosenRecords(all, options.revision ?? 0);
  const view = await clusterView(env);
  const live = await readLiveObjects(
    view,
    records.flatMap(({ release }) => release === undefined ? [] : objectsOf(release)),
  );
  const mapAll = mapperOf(live, {
    server: view,
    skipRemoved: options.skipRemoved ?? false,
    allowLossy: options.allowLossyMapping ?? false,
  });
  const changes: RepairChange[] = [];
  const notes: RepairNote[] = [];
  const writes: RecordWrite[] = [];
  for (const record of records) {
    const mapped = mapRecord(record, mapAll);
    changes.push(...mapped.changes);
    notes.push(...mapped.notes);
    if (mapped.release !== undefined) writes.push({ record, release: mapped.release });
  }
  return { changes, notes, writes };
}

function chosenRecords({ name, records }: ReleaseRecords, revision: number): readonly StoredRecord[] {
  if (revision === 0) return records;
  const chosen = records.filter((record) => record.revision === revision);
  if (chosen.length > 0) return chosen;
  throw new SkegError("not-found", `release: ${JSON.stringify(`${name}.v${revision}`)} not found`);
}

/**
 * Returns the objects of a release's manifest; hooks are never patched, so they are not needed. Skips texts
 * that are not YAML.
 */
function objectsOf({ manifest, namespace }: Release): ReleaseObject[] {
  return documentsOf(manifest).flatMap(({ text }) => {
    try {
      const data = decodeText(text);
      return typeof data === "object" && data !== null ? [{ namespace, object: data as KubeObject }] : [];
    } catch {
      return []; // the mapping reports it
    }
  });
}

/** Maps a text of a manifest or a hook. */
type TextMapper = (text: string, namespace: string, isHook: boolean) => DocumentOutcome;

/** Returns a mapper that maps equal documents once: most documents are the same in many revisions. */
function mapperOf(
  live: LiveObjects,
  context: Pick<DocumentContext, "server" | "skipRemoved" | "allowLossy">,
): TextMapper {
  const known = new Map<string, DocumentOutcome>();
  return (text, namespace, isHook) => {
    const key = JSON.stringify([namespace, isHook, text]);
    const outcome = known.get(key) ??
      mapText(text, { ...context, namespace, isHook, liveOf: (object) => live.of(namespace, object) });
    known.set(key, outcome);
    return outcome;
  };
}

interface MappedRecord {
  readonly changes: readonly RepairChange[];
  readonly notes: readonly RepairNote[];
  /** The release to write; absent when the record stays the same. */
  readonly release?: Release;
}

function mapRecord({ key, release, problem }: StoredRecord, map: TextMapper): MappedRecord {
  if (release === undefined) {
    const text = `the record is not changed: ${problem}`;
    return { changes: [], notes: [{ record: key, subject: "", text, unsolved: false, hint: "" }] };
  }
  const { namespace } = release;
  const manifest = mapDocuments(release.manifest, (text) => map(text, namespace, false));
  const hooks = release.hooks.map((hook) => mapHook(hook, (text) => map(text, namespace, true)));
  const outcomes = [...manifest.outcomes, ...hooks.flatMap(({ outcomes }) => outcomes)];
  const isStuck = outcomes.some(({ notes }) => notes.some(({ fatal }) => fatal));
  const notes = outcomes.flatMap((outcome) => outcome.notes).map(({ fatal, text, ...note }): RepairNote => ({
    ...note,
    record: key,
    text: fatal ? `${text}; the record is not changed` : text,
  }));
  const changes = isStuck
    ? []
    : outcomes.flatMap((outcome) => outcome.changes).map((change): RepairChange => ({ record: key, ...change }));
  if (changes.length === 0) return { changes, notes };
  const kept = hooks.flatMap(({ hook }) => hook === undefined ? [] : [hook]);
  return { changes, notes, release: { ...release, manifest: manifest.text, hooks: kept } };
}

interface MappedText {
  readonly text: string;
  readonly outcomes: readonly DocumentOutcome[];
}

/** Maps the documents of a text, and checks that the new text decodes to exactly the mapped objects. */
function mapDocuments(text: string, map: (text: string) => DocumentOutcome): MappedText {
  const replacements = new Map<TextDocument, string | undefined>();
  const outcomes: DocumentOutcome[] = [];
  for (const document of documentsOf(text)) {
    const outcome = map(document.text);
    outcomes.push(outcome);
    if (outcome.text !== document.text) replacements.set(document, outcome.text);
  }
  if (replacements.size === 0) return { text, outcomes };
  const replaced = replaceDocuments(text, replacements);
  const isRight = holdsExactly(
    documentsOf(replaced).map((document) => document.text),
    outcomes.map(({ data }) => data),
  );
  return isRight ? { text: replaced, outcomes } : { text, outcomes: [NOT_FAITHFUL] };
}

/** Replaces all outcomes of a text that could not be reassembled. */
const NOT_FAITHFUL: DocumentOutcome = {
  text: undefined,
  data: undefined,
  changes: [],
  notes: [{
    subject: "",
    text: "the new text would not decode to the mapped documents",
    hint: "",
    unsolved: true,
    fatal: true,
  }],
};

/** Maps a hook; its kind follows its document. Returns no hook when the document is left out. */
function mapHook(
  hook: Hook,
  map: (text: string) => DocumentOutcome,
): { hook?: Hook; outcomes: readonly DocumentOutcome[] } {
  const { text, outcomes } = mapDocuments(hook.manifest, map);
  if (text === hook.manifest) return { hook, outcomes };
  if (outcomes.length > 0 && outcomes.every((outcome) => outcome.text === undefined)) return { outcomes };
  const [{ kind } = { kind: undefined }] = outcomes.map(({ data }) => (data ?? {}) as KubeObject);
  return { hook: { ...hook, manifest: text, kind: typeof kind === "string" ? kind : hook.kind }, outcomes };
}
