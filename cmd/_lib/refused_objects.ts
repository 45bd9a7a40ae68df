/**
 * Says which object an error is about, and which lines of templates made it. Loaded only after an error.
 *
 * @module
 */
import { counted } from "../../engine/base/mod.ts";
import { isObject, KubeManifest, type KubeObject, type ManifestEntry, unknownKinds } from "../../engine/kube/mod.ts";
import type { Capabilities, Release } from "../../engine/model/mod.ts";
import { type TemplateLine, type TemplateLines, templateLines } from "../../app/template_lines.ts";
import type { RefusedObject } from "./server_words.ts";
import { fieldsOf, wrongType } from "./refused_fields.ts";

/** A document of a release that an error is about. */
interface Suspect {
  /** The template; empty if the record does not say. */
  readonly source: string;
  readonly text: string;
  /** Absent for a document that is not an object. */
  readonly object?: KubeObject;
  /** Fields that the error names. */
  readonly fields: readonly string[];
  /** A sentence on how to correct it. */
  readonly remedy?: string | undefined;
}

/** More are counted. */
const SHOWN_MAX = 5;

/**
 * Returns sentences about the objects that an error names: kind, name, template, lines; `undefined` when it names none.
 *
 * @param refused What the server refused, the newest last.
 * @param capabilities Those of the cluster, for rendering the chart once more.
 */
export async function refusalDetails(
  error: Error,
  release: Release,
  refused: readonly RefusedObject[],
  capabilities: () => Promise<Capabilities>,
): Promise<string | undefined> {
  const suspects = suspectsOf(error, release, refused);
  if (suspects.length === 0) return undefined;
  const lines = await capabilities().then((known) => templateLines(release, known)).catch(() => undefined);
  const shown = suspects.slice(0, SHOWN_MAX).map((suspect) => sentence(suspect, lines));
  const more = suspects.length - shown.length;
  return [...shown, ...more > 0 ? [`${counted(more, "more object is", "more objects are")} like these.`] : []].join(
    "\n",
  );
}

function suspectsOf(error: Error, release: Release, refused: readonly RefusedObject[]): Suspect[] {
  const documents = documentsOf(release);
  // The error quotes the server; the operation may have failed for another reason since.
  const last = refused.findLast(({ message }) => message !== "" && error.message.includes(message));
  if (last !== undefined) return [refusedSuspect(last, documents)];
  const kinds = unknownKinds(error);
  const unknown = kinds.flatMap(({ object, hint }) =>
    documents.flatMap(({ source, text, objects }) =>
      objects.filter((each) => isSame(each, object)).map((each) => ({
        source,
        text,
        object: each,
        fields: ["kind"],
        // The hint of a single one is that of the error itself.
        remedy: kinds.length > 1 ? hint : undefined,
      }))
    )
  );
  if (unknown.length > 0) return unknown;
  return documents.flatMap(({ source, text, problem }) =>
    problem !== undefined && error.message.includes(problem) ? [{ source, text, fields: [] }] : []
  );
}

/** A document of the manifest or of a hook. */
interface ReleaseDocument {
  readonly source: string;
  readonly text: string;
  /** The object, or the items of a list. */
  readonly objects: readonly KubeObject[];
  /** The reason why it is not an object. */
  readonly problem: string | undefined;
}

function documentsOf({ manifest, hooks }: Release): ReleaseDocument[] {
  const texts = [manifest, ...hooks.map(({ path, manifest }) => `# Source: ${path}\n${manifest}`)];
  return texts.flatMap((text) =>
    new KubeManifest(text).documents.map((document) => {
      const { entry, text } = document;
      return {
        source: /^# Source: (.+)$/m.exec(text)?.[1]?.trim() ?? "",
        text,
        objects: entry === undefined || entry instanceof Error ? [] : objectsOf(entry),
        problem: entry instanceof Error ? entry.message : undefined,
      };
    })
  );
}

function objectsOf({ object }: ManifestEntry): KubeObject[] {
  const { items } = object;
  return Array.isArray(items) ? items.filter(isObject) : [object];
}

function isSame(a: KubeObject, b: KubeObject): boolean {
  return a.kind === b.kind && a.apiVersion === b.apiVersion && a.metadata?.name === b.metadata?.name;
}

function refusedSuspect({ kind, name, message }: RefusedObject, documents: readonly ReleaseDocument[]): Suspect {
  for (const { source, text, objects } of documents) {
    const object = objects.find((each) => isNamed(each, kind, name));
    if (object === undefined) continue;
    const type = wrongType(message, object);
    return { source, text, object, fields: type?.fields ?? fieldsOf(message), remedy: type?.remedy };
  }
  return { source: "", text: "", object: { kind, metadata: { name } }, fields: [], remedy: wrongType(message)?.remedy };
}

/** True for an object with a name and a kind; a patch's request names the resource, such as `networkpolicies`. */
function isNamed(object: KubeObject, kind: string, name: string): boolean {
  if (object.metadata?.name !== name) return false;
  const [has, wanted] = [`${object.kind ?? ""}`.toLowerCase(), kind.toLowerCase()];
  return [has, `${has}s`, `${has}es`, has.replace(/y$/, "ies")].includes(wanted);
}

/** Returns what is known of a suspect, such as `The object is Pod a of web/templates/a.yaml, line 3 (spec.x).` */
function sentence({ source, text, object, fields, remedy }: Suspect, lines: TemplateLines | undefined): string {
  const more = remedy === undefined ? "" : ` ${remedy}`;
  if (object === undefined) {
    const place = source === "" ? undefined : lines?.document(source, text);
    return `The document is in ${source}${place === undefined ? "" : `, from line ${place.line}`}.${more}`;
  }
  const { kind = "", metadata: { name = "" } = {} } = object;
  const places = (fields.length === 0 ? [""] : fields).map((field) => ({
    field,
    place: lines?.field(`${kind}`, name, field),
  }));
  const found = places.flatMap(({ field, place }) => place === undefined ? [] : [{ field, ...place }]);
  const where = found.length === 0 ? source : placesText(found);
  return `The object is ${[kind, name].filter(Boolean).join(" ")}${where === "" ? "" : ` of ${where}`}.${more}`;
}

/** Returns `web/templates/a.yaml, line 3 (spec.x), line 5 (spec.y)`. */
function placesText(found: readonly (TemplateLine & { readonly field: string })[]): string {
  const lines = Map.groupBy(found, ({ template, line }) => `${template}, line ${line}`);
  let file = "";
  return [...lines].map(([place, [first, ...more]]) => {
    const { template = "", line = 0, field = "" } = first ?? {};
    const fields = [field, ...more.map((each) => each.field)].filter((each) => each !== "");
    const named = template === file ? `line ${line}` : place;
    file = template;
    return fields.length === 0 ? named : `${named} (${fields.join(", ")})`;
  }).join(", ");
}
