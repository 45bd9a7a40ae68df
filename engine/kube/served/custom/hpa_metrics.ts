import { mapsAt } from "../places.ts";
import { at, fieldOf, isMap, type JsonMap, shapeOf } from "../plain.ts";
import { type Work, wrongShape } from "../work.ts";

/**
 * Turns each metric into `{metric, target}`: the measurement, and its target value.
 *
 * Source: Kubernetes, `pkg/apis/autoscaling/v2beta1/conversion.go`.
 */
export function hpaMetrics(work: Work, path: string): void {
  for (const { map, path: place } of mapsAt(work, path)) {
    for (const [key, convert] of SOURCES) {
      const source = fieldOf(map, key);
      if (source === undefined) continue;
      if (!isMap(source)) throw wrongShape(work.object, work.from, `${place}.${key}`, shapeOf(source), "a map");
      const given = take(source);
      // Metrics in the newer form, which the old version ignored, are not changed.
      if (at(source, "target", "type") !== undefined && !OLD_FIELDS.some(given.has)) continue;
      convert(source, given);
      work.changes.push(`${place}.${key}: ${given.taken().join(", ") || "nothing"} becomes ${NEW_FIELDS[key]}`);
    }
  }
}

const OLD_FIELDS = [
  "targetAverageUtilization",
  "targetAverageValue",
  "targetValue",
  "averageValue",
  "metricName",
  "metricSelector",
];

const NEW_FIELDS: Readonly<Record<string, string>> = {
  resource: "target",
  containerResource: "target",
  pods: "metric and target",
  object: "describedObject, metric and target",
  external: "metric and target",
};

/** Removes fields from a source, and remembers their names. */
interface Given {
  /** Returns a field's value and removes it; `undefined` when it is absent. */
  readonly take: (key: string) => unknown;
  /** True when the source has the field. */
  readonly has: (key: string) => boolean;
  /** Names of the fields that were taken. */
  readonly taken: () => readonly string[];
}

function take(source: JsonMap): Given {
  const names: string[] = [];
  return {
    has: (key) => Object.hasOwn(source, key),
    taken: () => names,
    take(key) {
      const value = fieldOf(source, key);
      if (Object.hasOwn(source, key)) names.push(key);
      delete source[key];
      return value;
    },
  };
}

/** Conversions by the field that holds the source; they change the source in place. */
const SOURCES: readonly (readonly [string, (source: JsonMap, given: Given) => void])[] = [
  ["resource", resource],
  ["containerResource", resource],
  ["pods", (source, { take }) => {
    source.metric = metric(take("metricName"), take("selector"));
    source.target = target("AverageValue", { averageValue: take("targetAverageValue") });
  }],
  ["object", (source, { take }) => {
    const averageValue = take("averageValue"), value = take("targetValue");
    const describedObject = take("target");
    if (describedObject !== undefined) source.describedObject = describedObject;
    source.metric = metric(take("metricName"), take("selector"));
    source.target = target(averageValue === undefined ? "Value" : "AverageValue", { value, averageValue });
  }],
  ["external", (source, { take }) => {
    const value = take("targetValue"), averageValue = take("targetAverageValue");
    source.metric = metric(take("metricName"), take("metricSelector"));
    source.target = target(value === undefined ? "AverageValue" : "Value", { value, averageValue });
  }],
];

function resource(source: JsonMap, { take }: Given): void {
  const averageUtilization = take("targetAverageUtilization"), averageValue = take("targetAverageValue");
  const type = averageUtilization === undefined ? "AverageValue" : "Utilization";
  source.target = target(type, { averageUtilization, averageValue });
}

function metric(name: unknown, selector: unknown): JsonMap {
  return withoutAbsent({ name, selector });
}

function target(type: string, values: JsonMap): JsonMap {
  return withoutAbsent({ type, ...values });
}

function withoutAbsent(map: JsonMap): JsonMap {
  return Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));
}
