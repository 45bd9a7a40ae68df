import { mapsAt } from "../places.ts";
import { at, copyOf, fieldOf, isEmpty, isMap, type JsonMap, listAt, shapeOf } from "../plain.ts";
import { firstProblem } from "../schema/first_problem.ts";
import { type Work, wrongShape } from "../work.ts";

/** The schema that accepts everything, as an absent one did. */
export const PERMISSIVE: JsonMap = {
  openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
};

/** Fields that stood beside the versions, and what they are called in each version. */
const PER_VERSION: readonly (readonly [string, string])[] = [
  ["validation", "schema"],
  ["subresources", "subresources"],
  ["additionalPrinterColumns", "additionalPrinterColumns"],
];

/**
 * One `version` becomes a list of versions; what stood beside them goes into every version.
 *
 * Source: Kubernetes, `apiextensions-apiserver/pkg/apis/apiextensions/v1/conversion.go`.
 */
export function crdVersions(work: Work, path: string): void {
  for (const { map: spec, path: place } of mapsAt(work, path)) {
    const versions = versionsOf(work, spec, place);
    if (Object.hasOwn(spec, "version")) {
      delete spec.version;
      work.changes.push(`${place}.version becomes ${place}.versions`);
    }
    for (const [old, key] of PER_VERSION) {
      const value = fieldOf(spec, old);
      delete spec[old];
      if (value === undefined) continue;
      for (const version of versions) version[key] = copyOf(value);
      work.changes.push(`${place}.${old} becomes ${place}.versions[*].${key}`);
    }
    keepLiveSchemas(work, spec, versions, place);
  }
}

/**
 * A live object that was made through v1 has a structural schema in every version, and its list of versions is replaced
 * whole by a patch: a version without schema, or with one that is not structural, keeps the one that is live, as the
 * server would refuse it.
 */
function keepLiveSchemas(
  { options: { live }, changes }: Work,
  spec: JsonMap,
  versions: JsonMap[],
  place: string,
): void {
  if (live === undefined || at(live, "spec", "preserveUnknownFields") === true) return;
  if (spec.preserveUnknownFields === true) {
    delete spec.preserveUnknownFields;
    changes.push(`${place}.preserveUnknownFields is dropped, as it is false in the live object`);
  }
  const schemas = new Map(
    listAt(live, "spec", "versions").map((version) => [at(version, "name"), at(version, "schema")] as const),
  );
  for (const [index, version] of versions.entries()) {
    const own = at(version, "schema", "openAPIV3Schema");
    const path = `${place}.versions[${index}].schema`;
    const problem = isMap(own) && !isEmpty(own) ? firstProblem(own, `${path}.openAPIV3Schema`) : "it is missing";
    if (problem === undefined) continue;
    const kept = schemas.get(fieldOf(version, "name"));
    version.schema = copyOf(kept ?? PERMISSIVE);
    changes.push(`${path} is written, ${kept ? "as the live object has it" : "accepting everything"}: ${problem}`);
  }
}

function versionsOf(work: Work, spec: JsonMap, place: string): JsonMap[] {
  const given = fieldOf(spec, "versions");
  if (isEmpty(given)) {
    const name = fieldOf(spec, "version");
    if (isEmpty(name)) return [];
    const only: JsonMap = { name, served: true, storage: true };
    spec.versions = [only];
    return [only];
  }
  if (!Array.isArray(given)) throw wrongShape(work.object, work.from, `${place}.versions`, shapeOf(given), "a list");
  return given.map((version: unknown, index) => {
    if (isMap(version)) return version;
    throw wrongShape(work.object, work.from, `${place}.versions[${index}]`, shapeOf(version), "a map");
  });
}
