/**
 * The route that shows one secret. Exists only with `--allow-secrets`.
 *
 * @module
 */
import { SkegError } from "../../../errors.ts";
import { isObject, type JsonObject } from "../../../engine/base/mod.ts";
import { coalesceValues, parseValues } from "../../../engine/chart/values/mod.ts";
import { valueIn } from "../../../engine/chart/why/mod.ts";
import type { KubeObject, Release } from "../../../engine/model/mod.ts";
import type { RouteAnswer, UiCall, UiRoute } from "../call.ts";
import { flagIn, neededText, numberIn, textIn } from "../fields.ts";
import { recordedObject } from "../recorded_objects.ts";
import type { RevealAnswer } from "../types.ts";

/** `/secrets/reveal`. */
export const REVEAL_ROUTES: readonly UiRoute[] = [{ method: "POST", path: "/secrets/reveal", answer: reveal }];

async function reveal(call: UiCall): Promise<RouteAnswer> {
  const { ui, signal } = call;
  const body = await call.body();
  const { skeg, name: ctx } = ui.clusters.get(neededText(body, "ctx"));
  const name = neededText(body, "release");
  const release = await skeg.get(name, { revision: numberIn(body, "revision", 1), signal });
  const path = textIn(body, "value");
  let value: string | undefined;
  let what: string;
  if (path !== undefined) {
    what = `value ${path}`;
    value = valueOf(release, path);
  } else {
    const [secret, key] = [neededText(body, "secret"), neededText(body, "key")];
    const namespace = textIn(body, "namespace") || release.namespace;
    what = `key ${key} of Secret/${secret}`;
    const object = flagIn(body, "live")
      ? await skeg.object({ apiVersion: "v1", kind: "Secret", namespace, name: secret }, { signal })
      : recordedObject(release, { kind: "Secret", namespace, name: secret });
    value = keyOf(object, key);
  }
  if (value === undefined) throw new SkegError("not-found", `there is no ${what}`);
  ui.options.say(`skeg ui: showed ${what} of ${name} in ${ctx}`);
  ui.activity.add({ kind: "operation", ctx, text: `showed ${what} of ${name}` });
  const json: RevealAnswer = { value };
  return { json };
}

function valueOf({ chart, config }: Release, path: string): string | undefined {
  const values = chart === undefined
    ? parseValues(config?.raw ?? "")
    : coalesceValues(chart, config?.raw, () => {}, "read");
  const value = valueIn(values, path.replaceAll(/\[(\d+)\]/g, ".$1").replaceAll(/\\(.)/g, "$1"));
  return value === undefined || typeof value === "object" && value !== null ? undefined : String(value);
}

function keyOf(secret: KubeObject | undefined, key: string): string | undefined {
  const [plain, encoded] = [secret?.stringData, secret?.data].map((fields) =>
    isObject(fields) && Object.hasOwn(fields, key) ? (fields as JsonObject)[key] : undefined
  );
  if (typeof plain === "string") return plain;
  if (typeof encoded !== "string") return undefined;
  try {
    return new TextDecoder().decode(Uint8Array.fromBase64(encoded));
  } catch {
    return encoded;
  }
}
