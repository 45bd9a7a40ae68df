import { deepEqual, equal, ok } from "node:assert/strict";
import { damagedText, fuzz } from "../../../tests/_lib/fuzz.ts";
import { configMaps, makeLive, putHistory, recordText, withDoctorStage } from "../../../tests/_lib/doctor_stage.ts";
import type { DoctorStage } from "../../../tests/_lib/doctor_stage.ts";
import { send } from "../../../tests/_lib/old_records.ts";
import { damageOf } from "./damage.ts";
import type { DoctorReport } from "./finding.ts";

const PATH = "/api/v1/namespaces/kube-system/configmaps/web.v2";

/** A healthy release, whose second record is replaced by damaged ones. */
async function withDamage(
  use: (stage: DoctorStage, examine: (text: string) => Promise<DoctorReport>) => Promise<void>,
) {
  await withDoctorStage(async (stage) => {
    await putHistory(stage, ["SUPERSEDED", "DEPLOYED"]);
    await makeLive(stage, { a: "2" });
    const object = await send(stage.cluster, "GET", PATH);
    const { resourceVersion: _, ...metadata } = object.metadata ?? {};
    await use(stage, async (release) => {
      await send(stage.cluster, "PUT", PATH, { ...object, metadata, data: { release } });
      return await stage.examine();
    });
  });
}

/** A damaged record is named, or it is equal in meaning; nothing else goes wrong. */
function checkReport({ unseen, findings }: DoctorReport, what: string): void {
  deepEqual(unseen, [], what);
  for (const { id, evidence, title } of findings) {
    ok(/^R\d+$/.test(id) && evidence.length > 0 && title !== "", what);
  }
}

Deno.test("examine() names a record that was cut off at any character", () =>
  withDamage(async (_, examine) => {
    const whole = recordText({ revision: 2, manifest: configMaps({ a: "2" }) });
    // Base64 has four characters for three bytes: every byte is cut at least once.
    for (let size = 0; size < whole.length; size++) {
      const report = await examine(whole.slice(0, size));
      checkReport(report, `${size} of ${whole.length}`);
      equal(report.findings.some(({ id }) => id === "R9"), true, `${size} of ${whole.length}`);
    }
  }));

Deno.test("examine() bears every flipped bit of a record", () =>
  withDamage(async (_, examine) => {
    const whole = Uint8Array.fromBase64(recordText({ revision: 2, manifest: configMaps({ a: "2" }) }));
    for (let at = 0; at < whole.length; at++) {
      const flipped = whole.slice();
      flipped[at] = (flipped[at] ?? 0) ^ (1 << at % 8);
      checkReport(await examine(flipped.toBase64()), `byte ${at}`);
    }
  }));

Deno.test("examine() bears random records", () =>
  withDamage(async (_, examine) => {
    const whole = recordText({ revision: 2, manifest: configMaps({ a: "2" }) });
    await fuzz({
      make: (dice) => damagedText(dice, whole),
      work: async (text) => checkReport(await examine(text), text),
    });
  }));

Deno.test("damageOf() bears random texts", async () => {
  const whole = recordText({ manifest: configMaps({ a: "1" }) });
  await fuzz({
    runs: 2000,
    make: (dice) => damagedText(dice, whole),
    work: (text) => {
      const { lines } = damageOf(text);
      ok(lines.length > 0 && lines.every((line) => line.length < 1000));
    },
  });
});
