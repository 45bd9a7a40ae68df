import { mapsAt } from "../places.ts";
import { copyOf, fieldOf, isEmpty, isMap, type JsonMap, shapeOf } from "../plain.ts";
import { type Work, wrongShape } from "../work.ts";

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
