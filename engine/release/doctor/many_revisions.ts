/**
 * R15: a history that grows without a limit.
 *
 * @module
 */
import type { DoctorCheck, ExaminedRelease } from "./examination.ts";
import { propose } from "./repairs.ts";

/** From this number of revisions on, a history is long. Tiller's own default keeps all. */
const MANY = 50;
const VERY_MANY = 200;
/** Revisions that are proposed to be kept. */
const KEPT = 10;
const MONTH_SECONDS = 30 * 86_400;

/** R15. */
export const manyRevisions: DoctorCheck = {
  id: "R15",
  name: "many-revisions",
  scope: "release",
  look(_, release) {
    const { records, store, name } = release;
    if (records.length < MANY) return Promise.resolve([]);
    return Promise.resolve([{
      severity: records.length >= VERY_MANY ? "warning" : "note",
      title: `the history has ${records.length} revisions`,
      evidence: [{ source: "history", text: [sizeText(release), growthText(release)].filter(Boolean).join("; ") }],
      consequence: "lists are slow, and the records take memory of Tiller and the API server, and space in etcd",
      repairs: propose(store, {
        fix: "prune",
        release: name,
        flags: `--keep ${KEPT}`,
        effect: `deletes the oldest revisions, and keeps ${KEPT} and every DEPLOYED one`,
        byHand: `the next upgrade with --history-max ${KEPT} deletes the oldest revisions`,
      }),
    }]);
  },
};

/** The size of all records, estimated from those that were read. */
function sizeText({ records }: ExaminedRelease): string {
  const sizes = records.flatMap(({ textBytes }) => textBytes ?? []);
  if (sizes.length === 0) return "";
  const total = sizes.reduce((sum, size) => sum + size, 0) / sizes.length * records.length;
  const about = sizes.length === records.length ? "" : "about ";
  return `${about}${Math.max(1, Math.round(total / 1024))} kB in all`;
}

function growthText({ records }: ExaminedRelease): string {
  const times = records.map(({ entry }) => Date.parse(entry.createdAt ?? "") / 1000).filter(Number.isFinite);
  const seconds = Math.max(...times) - Math.min(...times);
  if (times.length < 2 || seconds < MONTH_SECONDS) return "";
  return `about ${Math.round((times.length - 1) / seconds * MONTH_SECONDS)} new revisions a month`;
}
