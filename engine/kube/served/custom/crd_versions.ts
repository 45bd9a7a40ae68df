import { mapsAt } from "../places.ts";
import { at, copyOf, fieldOf, isEmpty, isMap, type JsonMap, listAt, shapeOf } from "../plain.ts";
import { firstProblem } from "../schema/first_problem.ts";
import { type Work, wrongShape } from "../work.ts";

/** The schema that accepts everything, as no schema did. */
export const PERMISSIVE: JsonMap = {
  openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
};

/** Fields that were beside the versions, and their names within each version. */
const PER_VERSION: readonly (readonly [string, string])[] = [
  ["validation", "schema"],
  ["subresources", "subresources"],
  ["additionalPrinterColumns", "additionalPrinterColumns"],
];

/**
 * Turns `version` into a list of versions, and moves the fields beside them into every version.
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
 * Keeps live schemas. An object created through v1 has a structural schema in every version, and a patch
 * replaces its list of versions whole. A version without a structural schema would be refused, so it gets the
 * live one.
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
