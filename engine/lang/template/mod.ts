/**
 * Go templates: text in, text out. This room knows nothing of charts, files or clusters.
 *
 * @module
 */
export { inFileOrder, Program, type ProgramOptions, type RunOptions, type TemplateFile } from "./program.ts";
export type { MapMethod } from "./machine.ts";
export { viewAs } from "./convert.ts";
export { functions, needs } from "./funcs/mod.ts";
import type { FuncTable } from "./funcs/func.ts";

/** Returns the functions of Helm 3 that can be given here, those of Helm 2 among them. Loaded late: only chart tests need them. */
export async function loadHelm3Functions(): Promise<FuncTable> {
  return (await import("./funcs/helm3.ts")).helm3Functions;
}
export {
  CURRENT_GO,
  type Execution,
  type Func,
  type FuncContext,
  FuncError,
  type FuncNeeds,
  type FuncTable,
  type GoTypeName,
} from "./funcs/func.ts";
export { executeText, goFunctions, nameFunctions, type TextOptions } from "./text.ts";
export type { Span } from "./trace.ts";
export { positionOf } from "./machine.ts";
export type { Source } from "./nodes.ts";
export { Cover } from "./cover.ts";
export { leavesNeverRead, readsWithoutValue } from "./coverage.ts";
export type {
  BranchCoverage,
  BranchKind,
  CallCoverage,
  Coverage,
  DefineCoverage,
  FileCoverage,
  LineCoverage,
  ValueRead,
  WayCoverage,
} from "./coverage.ts";
