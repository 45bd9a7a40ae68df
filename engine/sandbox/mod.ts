/**
 * An API server in our own process: for `--sandbox` on any command, and for tests.
 *
 * It answers as a current kube-apiserver does, keeps its objects in SQLite, and runs controllers
 * for the common kinds. It is for trying, testing and rehearsing: no container ever runs.
 *
 * @module
 */
export type { Cluster, KubeRequest, Transport } from "../kube/mod.ts";
export type { ObjectProblem } from "./field_check.ts";
export { type ObjectChecker, openObjectChecker, SANDBOX_RELEASE } from "./object_check.ts";
export { openSandbox, type Sandbox, type SandboxOptions } from "./sandbox.ts";
export { type ServedSandbox, type ServeOptions, serveSandbox } from "./http.ts";
export { type PlaceEnv, resetSandbox, sandboxFile } from "./place.ts";
export { isDatabase } from "./store_fault.ts";
