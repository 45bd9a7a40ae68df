/**
 * Runs the end-to-end suite in the sandbox. When `KUBEBUILDER_ASSETS` names a
 * folder with the programs, it runs on a real control plane, which is started
 * for it. Arguments are passed to `deno test`.
 *
 * @module
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { missingPrograms, startControlPlane } from "../_lib/control_plane.ts";

const PERMISSIONS = ["-R", "-W", "-N", "-E", "-S", "--allow-run"];

/** Races run in the sandbox with all other tests, and on a control plane here. */
const RACES = join(import.meta.dirname ?? "tests/e2e", "../resilience/races_test.ts");

async function suite(env: Record<string, string>, more: readonly string[] = []): Promise<number> {
  const here = import.meta.dirname ?? "tests/e2e";
  const args = ["test", ...PERMISSIONS, "--no-check", "--parallel", here, ...more, ...Deno.args];
  return (await new Deno.Command(Deno.execPath(), { args, env }).spawn().status).code;
}

async function onControlPlane(programs: string): Promise<number> {
  const missing = missingPrograms(programs);
  if (missing.length > 0) throw new Error(`KUBEBUILDER_ASSETS: ${programs} has no ${missing.join(", ")}`);
  const folder = mkdtempSync(join(tmpdir(), "skeg-e2e-"));
  const plane = await startControlPlane(programs, folder);
  try {
    return await suite({ SKEG_E2E_KUBECONFIG: plane.kubeconfig }, [RACES]);
  } finally {
    await plane.stop();
    rmSync(folder, { recursive: true });
  }
}

const programs = Deno.env.get("KUBEBUILDER_ASSETS") ?? "";
Deno.exit(programs === "" ? await suite({}) : await onControlPlane(programs));
