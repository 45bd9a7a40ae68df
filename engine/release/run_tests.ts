/**
 * Runs a release's tests: hooks of the events test-success and test-failure.
 *
 * Source: Helm 2.17.0, `pkg/tiller/release_testing.go`, `pkg/releasetesting`.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import type { Hook, Release, TestRun, TestStatus } from "../model/mod.ts";
import { lastRelease } from "../../storage/mod.ts";
import { type Head, readHead, splitDocuments } from "../chart/render/mod.ts";
import { KubeManifest, type ResourceInfo } from "../kube/mod.ts";
import { callOptions, recordOptions, waitCalls } from "./_calls.ts";
import type { Environment } from "./environment.ts";
import { compareHooks, deleteByPolicy } from "./hooks.ts";
import { checkExistingName } from "./names.ts";
import { messageOf } from "../base/mod.ts";

/** Options of {@linkcode runTests}. */
export interface TestOptions {
  /** The release. */
  readonly name: string;
  /** Time limit of each test; 0 means no limit. Default 300. */
  readonly timeoutSeconds?: number | undefined;
  /** If true, deletes the pods when all tests are done. */
  readonly cleanup?: boolean | undefined;
  /** If true, runs tests concurrently. */
  readonly parallel?: boolean | undefined;
  /** The most concurrent tests; 0 or absent: 20. */
  readonly maxParallel?: number | undefined;
  /** If true, fetches the logs of the pods when all tests are done. */
  readonly logs?: boolean | undefined;
  /**
   * If true, treats tests like other hooks: runs them by weight, then by name (with `parallel`, those of one
   * weight concurrently), and obeys their delete policies. Helm 2 does neither.
   */
  readonly asHooks?: boolean | undefined;
  /** Called with every message when it occurs. */
  readonly onMessage?: ((message: TestMessage) => void) | undefined;
}

/** Something that happened during a test run; Helm counts those with status FAILURE. */
export interface TestMessage {
  /** In Tiller's words. */
  readonly text: string;
  /** Status of the test that it reports. */
  readonly status: TestStatus;
}

/** Result of {@linkcode runTests}. */
export interface TestResult {
  /** The release as recorded after the tests. */
  readonly release: Release;
  /** In order of occurrence. */
  readonly messages: readonly TestMessage[];
  /** Number of messages with the status FAILURE. */
  readonly failures: number;
}

/** One document to run as a test. */
interface Test {
  /** Its hook, with this document only. */
  readonly hook: Hook;
  readonly name: string;
  readonly manifest: KubeManifest;
  /** False if the pod is expected to fail. */
  readonly expectSuccess: boolean;
}

/**
 * Runs a release's tests and records the results. A failing test is not an error.
 *
 * Helm 2: tests run in the order of the record, without regard to weights and delete policies; `asHooks`
 * changes that.
 *
 * @throws SkegError when there is no such release, or a test is not a pod.
 */
export async function runTests(env: Environment, options: TestOptions): Promise<TestResult> {
  checkExistingName(options.name);
  const release = await lastRelease(env.driver, options.name, recordOptions(env));
  const hooks = release.hooks.filter(isTest);
  const ordered = options.asHooks === true ? hooks.sort(compareHooks) : hooks;
  const parts = ordered.flatMap((hook) => splitDocuments(hook.manifest).map((text) => ({ hook, text })));
  const documents = parts.map(({ text }) => new KubeManifest(text));
  const suite = new SuiteRun(env, release, options);
  const startedAt = env.clock();
  if (documents.length === 0) suite.say("No Tests Found", "UNKNOWN");
  const tests = parts.map(({ hook, text }, index) => testOf(hook, text, documents[index]));
  const results: TestRun[] = [];
  for (const group of options.asHooks === true ? byWeight(tests) : [tests]) results.push(...await suite.runAll(group));
  const completedAt = env.clock();
  if (options.logs === true) await suite.fetchLogs(documents);
  if (options.asHooks === true) await suite.deleteByPolicies(tests, results);
  if (options.cleanup === true) await suite.deletePods(documents);
  const { info } = release;
  const tested: Release = {
    ...release,
    info: { ...info, status: { ...info.status, lastTestSuiteRun: { startedAt, completedAt, results } } },
  };
  try {
    await env.driver.update(tested, { ...recordOptions(env), version: release.recordVersion });
    env.report({ type: "record", release: tested, verb: "update" });
  } catch (error) {
    env.report({ type: "warning", text: `the results could not be recorded: ${messageOf(error)}` });
  }
  const { messages } = suite;
  return { release: tested, messages, failures: messages.filter((message) => message.status === "FAILURE").length };
}

/** Helm 2 runs a hook with both events twice, and the second time fails: the pod exists. We run it once. */
function isTest(hook: Hook): boolean {
  return hook.events.includes("test-success") || hook.events.includes("test-failure");
}

/** Groups tests by weight; they must be sorted by weight. */
function byWeight(tests: readonly Test[]): Test[][] {
  const groups: Test[][] = [];
  for (const test of tests) {
    const group = groups.at(-1);
    if (group?.[0]?.hook.weight === test.hook.weight) group.push(test);
    else groups.push([test]);
  }
  return groups;
}

function testOf(hook: Hook, text: string, manifest = new KubeManifest(text)): Test {
  const head = readHead(text);
  if (head.kind !== "Pod") throw new SkegError("release", `${head.name} is not a pod`);
  return {
    hook: { ...hook, manifest: text },
    name: head.name.replace(/,$/, ""),
    manifest,
    expectSuccess: expectsSuccess(head),
  };
}

function expectsSuccess(head: Head): boolean {
  for (const event of (head.annotations["helm.sh/hook"] ?? "").split(",")) {
    const name = event.trim().toLowerCase();
    if (name === "test-success") return true;
    if (name === "test-failure") return false;
  }
  throw new SkegError("release", "No test-success or test-failure hook found");
}

class SuiteRun {
  readonly messages: TestMessage[] = [];
  /** Tests whose pod this run created. */
  readonly #created = new Set<Test>();
  readonly #env: Environment;
  readonly #release: Release;
  readonly #options: TestOptions;

  constructor(env: Environment, release: Release, options: TestOptions) {
    this.#env = env;
    this.#release = release;
    this.#options = options;
  }

  say(text: string, status: TestStatus): void {
    const message = { text, status };
    this.messages.push(message);
    this.#options.onMessage?.(message);
    this.#env.report({ type: "test", text });
  }

  /** Runs all tests; returns results in the order of the tests. */
  async runAll(tests: readonly Test[]): Promise<TestRun[]> {
    const results: TestRun[] = [];
    const width = this.#options.parallel === true ? this.#options.maxParallel || 20 : 1;
    const left = tests.entries();
    const lane = async (): Promise<void> => {
      for (const [index, test] of left) results[index] = await this.#run(test);
    };
    await Promise.all(Array.from({ length: Math.min(width, tests.length) }, lane));
    return results;
  }

  async fetchLogs(documents: readonly KubeManifest[]): Promise<void> {
    const { namespace } = this.#release;
    const options = callOptions(this.#env);
    for (const document of documents) {
      try {
        const [pod] = await this.#env.kube.resolve(namespace, document, options);
        if (pod === undefined) {
          this.say("ERROR: Pod manifest is invalid. Unable to obtain the logs", "FAILURE");
          continue;
        }
        const log = await this.#env.kube.podLog(namespace, pod.name, options);
        this.say(`\nPOD LOGS: ${pod.name}\n${log}`, "RUNNING");
      } catch (error) {
        this.#sayError(error);
      }
    }
  }

  /** Deletes pods according to the tests' delete policies, after all are done and their logs were read. */
  async deleteByPolicies(tests: readonly Test[], results: readonly TestRun[]): Promise<void> {
    for (const [index, test] of tests.entries()) {
      if (!this.#created.has(test)) continue;
      const policy = results[index]?.status === "SUCCESS" ? "hook-succeeded" : "hook-failed";
      try {
        await deleteByPolicy(this.#env, this.#release, test, policy);
      } catch (error) {
        this.#sayError(error);
      }
    }
  }

  async deletePods(documents: readonly KubeManifest[]): Promise<void> {
    for (const document of documents) {
      try {
        const options = callOptions(this.#env);
        await this.#env.kube.delete(await this.#env.kube.resolve(this.#release.namespace, document, options), options);
      } catch (error) {
        this.#sayError(error);
      }
    }
  }

  async #run(test: Test): Promise<TestRun> {
    const startedAt = this.#env.clock();
    const { name, manifest } = test;
    const { namespace } = this.#release;
    const timeoutSeconds = this.#options.timeoutSeconds ?? 300;
    this.say(`RUNNING: ${name}`, "RUNNING");
    const options = callOptions(this.#env);
    const ended = (status: TestStatus, info = ""): TestRun => ({
      name,
      status,
      info,
      startedAt,
      completedAt: this.#env.clock(),
    });
    const { kube } = this.#env;
    let infos: readonly ResourceInfo[];
    try {
      if (this.#options.asHooks === true) {
        await deleteByPolicy(this.#env, this.#release, test, "before-hook-creation");
      }
      await kube.ensureNamespace(namespace, options);
      infos = await kube.resolve(namespace, manifest, options);
      await kube.create(infos, options);
      this.#created.add(test);
    } catch (error) {
      return ended("FAILURE", this.#sayError(error));
    }
    let phase: string;
    try {
      phase = await kube.completedPodPhase(infos, timeoutSeconds, waitCalls(this.#env, this.#release));
    } catch (error) {
      return ended("UNKNOWN", this.#sayError(error));
    }
    const status = statusOf(phase, test.expectSuccess);
    this.#sayResult(name, status);
    if (status === "FAILURE" && phase === "Failed") await this.#explain(infos);
    return ended(status);
  }

  /** Says why a test's pod failed: its exit code and last lines. Helm 2 leaves that to `kubectl logs`. */
  async #explain(infos: readonly ResourceInfo[]): Promise<void> {
    const env = this.#env;
    try {
      const text = await env.kube.explain(infos, waitCalls(env, this.#release));
      if (text !== "") env.report({ type: "reason", text });
    } catch (error) {
      if (env.signal?.aborted) throw error;
    }
  }

  #sayResult(name: string, status: TestStatus): void {
    if (status === "SUCCESS") this.say(`PASSED: ${name}`, status);
    else if (status === "FAILURE") {
      const { namespace } = this.#release;
      this.say(`FAILED: ${name}, run \`kubectl logs ${name} --namespace ${namespace}\` for more info`, status);
    } else this.say(`UNKNOWN: ${name}: `, status);
  }

  #sayError(error: unknown): string {
    if (this.#env.signal?.aborted) throw error;
    const message = messageOf(error);
    this.say(`ERROR: ${message}`, "FAILURE");
    return message;
  }
}

function statusOf(phase: string, expectSuccess: boolean): TestStatus {
  if (phase === "Succeeded") return expectSuccess ? "SUCCESS" : "FAILURE";
  if (phase === "Failed") return expectSuccess ? "FAILURE" : "SUCCESS";
  return "UNKNOWN";
}
