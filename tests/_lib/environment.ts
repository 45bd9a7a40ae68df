/** An Environment for tests: a fake cluster, records in memory, a clock that advances with each reading, and fixed random numbers. */
import type { Environment, ReleaseEvent } from "../../engine/release/mod.ts";
import type { Chart, ChartMetadata, Release } from "../../engine/model/mod.ts";
import { type Driver, memoryDriver, type MemoryStore } from "../../storage/mod.ts";
import { type FakeKube, fakeKube } from "./fake_kube.ts";

/** An environment, and functions to inspect it. */
export interface TestEnvironment {
  readonly env: Environment;
  readonly kube: FakeKube;
  readonly store: MemoryStore;
  readonly events: ReleaseEvent[];
  /** Returns `status description` of each revision of a release, oldest first. */
  readonly recorded: (name: string) => string[];
  /** Returns the record of a revision. */
  readonly record: (key: string) => Release;
}

/** Options of {@linkcode testEnvironment}. */
export interface TestEnvironmentOptions {
  readonly kube?: FakeKube;
  readonly store?: MemoryStore;
  readonly driver?: (plain: Driver) => Driver;
  readonly historyMax?: number;
  readonly signal?: AbortSignal;
}

/** Makes an environment. Two with the same `kube` and `store` act like two processes. */
export function testEnvironment(options: TestEnvironmentOptions = {}): TestEnvironment {
  const kube = options.kube ?? fakeKube();
  const store: MemoryStore = options.store ?? new Map();
  const events: ReleaseEvent[] = [];
  let seconds = 1_600_000_000;
  const plain = memoryDriver(store);
  const env: Environment = {
    kube: kube.client,
    driver: options.driver?.(plain) ?? plain,
    clock: () => ({ seconds: seconds++, nanos: 0 }),
    random: () => 0,
    report: (event) => events.push(event),
    historyMax: options.historyMax ?? 0,
    signal: options.signal,
  };
  const recorded = (name: string): string[] =>
    [...store.values()].filter((release) => release.name === name).sort((a, b) => a.revision - b.revision)
      .map((release) => `${release.info.status.code} ${release.info.description}`);
  const record = (key: string): Release => {
    const release = store.get(key);
    if (release === undefined) throw new Error(`no record ${key}`);
    return release;
  };
  return { env, kube, store, events, recorded, record };
}

/** A chart with the given templates, by file name. */
export function someChart(templates: Record<string, string>, more: Partial<ChartMetadata> = {}): Chart {
  const encoder = new TextEncoder();
  return {
    metadata: { name: "site", version: "0.1.0", ...more },
    templates: Object.entries(templates).map(([name, text]) => ({
      path: `templates/${name}`,
      data: encoder.encode(text),
    })),
    dependencies: [],
    files: [],
  };
}

/** A ConfigMap's template. */
export function configMap(name: string, data = "one", annotations: Record<string, string> = {}): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  annotations: ${
    JSON.stringify(annotations)
  }\ndata: {text: ${data}}\n`;
}

/** A Job hook's template. */
export function hookJob(name: string, events: string, more: Record<string, string> = {}): string {
  const annotations = JSON.stringify({ "helm.sh/hook": events, ...more });
  return `apiVersion: batch/v1\nkind: Job\nmetadata:\n  name: ${name}\n  annotations: ${annotations}\n`;
}
