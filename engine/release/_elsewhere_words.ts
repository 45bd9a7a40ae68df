/**
 * Messages about records in other places, and in Helm 3: the fact, and the flags that select that place.
 *
 * @module
 */
import type { Elsewhere, Helm3Place, RecordPlace, TillerSettings } from "../../errors.ts";

/** The place that was searched without success, and the search. */
export interface Asked {
  /** The kind of object, as `--storage` names it. */
  readonly storage: RecordPlace["storage"];
  /** The namespace of the records. */
  readonly namespace: string;
  /** The current limit of revisions; 0 keeps all. */
  readonly historyMax: number;
  /** The release; absent: any. */
  readonly name?: string | undefined;
  /** True if the searched place has records of the release, too. */
  readonly isHere?: boolean | undefined;
}

const KINDS = { configmap: "ConfigMap", secret: "Secret" } as const;

/** `ConfigMaps`. */
export function kindInWords({ storage }: Pick<RecordPlace, "storage">): string {
  return `${KINDS[storage]}s`;
}

/** `ConfigMaps of namespace "kube-system"`. */
export function placeInWords(place: Pick<RecordPlace, "storage" | "namespace">): string {
  return `${kindInWords(place)} of namespace ${JSON.stringify(place.namespace)}`;
}

/** The most places, and Tillers, that get a sentence each; the rest are only counted. */
const LINES_MAX = 5;

/** Returns one sentence for each place and each Tiller that the user should know about; empty when there is none. */
export function elsewhereLines({ records, tillers, helm3 = [] }: Elsewhere, asked: Asked): string[] {
  const told = new Set(records.filter(({ labelled }) => labelled).map((place) => placeInWords(place)));
  return [
    ...shortened(helm3.map((place) => helm3Line(place, asked)), "other namespaces have such releases of Helm 3"),
    ...shortened(records.map((place) => recordLine(place, asked)), "other places have such records"),
    ...shortened(
      worthTelling(tillers, asked).flatMap((tiller) => tillerLine(tiller, asked, told)),
      "other Tillers are in this cluster",
    ),
  ];
}

function shortened(lines: readonly string[], rest: string): string[] {
  const more = lines.length - LINES_MAX;
  return more <= 1 ? [...lines] : [...lines.slice(0, LINES_MAX), `${more} ${rest}.`];
}

function recordLine(place: RecordPlace, asked: Asked): string {
  const { key, storage, namespace } = place;
  if (!place.labelled) {
    return `${KINDS[storage]} ${JSON.stringify(key)} of namespace ${JSON.stringify(namespace)} holds a release ` +
      "record and lacks the label OWNER=TILLER, by which records are found: 'skeg list --all' shows it.";
  }
  const what = asked.name === undefined
    ? `Release records, such as ${key},`
    : `Records of release ${JSON.stringify(asked.name)}`;
  const also = asked.isHere === true ? "also " : "";
  return `${what} are ${also}${placeInWords(place)}: use ${flagsTo(place, asked).join(" ")}.`;
}

function helm3Line({ namespace, revision, status }: Helm3Place, { name = "" }: Asked): string {
  const state = status === "" ? "" : `, ${status}`;
  return `Helm 3 has release ${JSON.stringify(name)} in namespace ${
    JSON.stringify(namespace)
  } (revision ${revision}${state}): ` +
    "use Helm 3 for it.";
}

/**
 * Picks the Tillers to report. One in the searched namespace shows that the namespace is right: then the
 * others do not matter.
 */
function worthTelling(tillers: readonly TillerSettings[], { namespace }: Asked): readonly TillerSettings[] {
  const own = tillers.filter((tiller) => tiller.namespace === namespace);
  return own.length > 0 ? own : tillers;
}

/**
 * Returns the sentence about a Tiller; empty when its settings are those of the search, or when its place was
 * already named.
 */
function tillerLine(tiller: TillerSettings, asked: Asked, told: ReadonlySet<string>): string[] {
  const { namespace, storage, historyMax } = tiller;
  const inObjects = storage === "configmap" || storage === "secret";
  const isKnown = inObjects && told.has(placeInWords({ storage, namespace }));
  const flags = isKnown || !inObjects ? [] : flagsTo({ storage, namespace }, asked);
  if (historyMax > 0 && asked.historyMax === 0) flags.push(`--history-max ${historyMax}`);
  if (flags.length === 0 && inObjects) return [];
  const settings = [
    ...storage === "configmap" ? [] : [`--storage=${storage}`],
    ...historyMax === 0 ? [] : [`--history-max=${historyMax}`],
  ];
  const started = settings.length === 0 ? "" : `, started with ${settings.join(" and ")}`;
  const absent = inObjects
    ? ""
    : storage === "sql"
    ? "; its records are in a database: use --storage sql and set $SKEG_SQL_CONNECTION_STRING"
    : "; its records are not objects of the cluster";
  const use = flags.length === 0 ? "" : `: use ${flags.join(" ")}`;
  return [`A Tiller belongs to namespace ${JSON.stringify(namespace)}${started}${absent}${use}.`];
}

/** Returns the flags that select another place than the searched one. */
function flagsTo(place: Pick<RecordPlace, "storage" | "namespace">, asked: Asked): string[] {
  return [
    ...place.storage === asked.storage ? [] : [`--storage ${place.storage}`],
    ...place.namespace === asked.namespace ? [] : [`--tiller-namespace ${place.namespace}`],
  ];
}
