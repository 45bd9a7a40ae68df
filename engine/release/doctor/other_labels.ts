/**
 * R11: labels or the name of a record's object differ from its content, or the label OWNER is missing, so that the record
 * is not found, or is found under another name.
 *
 * @module
 */
import type { RecordFacts } from "./contents.ts";
import { readEntry } from "./contents.ts";
import type { DoctorCheck, Examination, ExaminedRelease, PlacedFinding } from "./examination.ts";
import type { FindingDetails, FindingFact } from "./finding.ts";
import type { RecordEntry, RecordStore } from "./inventory.ts";
import { propose } from "./repairs.ts";

/** Value of the label OWNER of records that a repair put aside. */
const QUARANTINE = "TILLER-QUARANTINE";
/** Objects without the label that are read in one place, to see if they hold a record. */
const OPENED_MAX = 20;

/** R11, for records that have the label OWNER. */
export const otherLabels: DoctorCheck = {
  id: "R11",
  name: "other-labels",
  scope: "release",
  look: (_, release) => Promise.resolve(release.records.flatMap((record) => wrongLabels(release, record))),
};

/** R11, for objects without the label OWNER, or whose name is not that of a record. */
export const unlabelledRecords: DoctorCheck = {
  id: "R11",
  name: "other-labels",
  scope: "store",
  look: lookForStrays,
};

function wrongLabels({ store, name }: ExaminedRelease, { entry, content }: RecordFacts): FindingDetails[] {
  const { key, revision, labels } = entry;
  // The key is the name under which a record is read; its content was read for some records only.
  const [ownName, ownRevision] = [content?.name ?? name, content?.revision ?? revision];
  const facts: FindingFact[] = [];
  if (content !== undefined && content.key !== key) {
    facts.push({ source: `content of ${key}`, text: `it is revision ${content.revision} of release ${content.name}` });
  }
  if (labels.NAME !== ownName) facts.push(labelFact(key, "NAME", labels.NAME, ownName));
  if (labels.VERSION !== `${ownRevision}`) facts.push(labelFact(key, "VERSION", labels.VERSION, `${ownRevision}`));
  if (facts.length === 0) return [];
  return [{
    severity: "broken",
    title: `the labels or the name of ${key} differ from what it holds`,
    revision,
    evidence: facts,
    consequence: "Tiller does not find this revision, or finds it under another name",
    repairs: relabel(store, name, key),
  }];
}

function labelFact(key: string, label: string, found: string | undefined, expected: string): FindingFact {
  return { source: `labels of ${key}`, text: `${label} is ${found ?? "missing"}, and should be ${expected}` };
}

function relabel(store: RecordStore, release: string, key: string) {
  return propose(store, {
    fix: "relabel",
    release,
    flags: "--truth content",
    effect: "makes labels and name follow the content; a record with a wrong name is written anew under the right one",
    byHand: `set the labels OWNER, NAME, VERSION and STATUS of ${key} as its content demands`,
  });
}

async function lookForStrays({ env, options }: Examination, store: RecordStore): Promise<readonly PlacedFinding[]> {
  const isWanted = ({ name, labels }: RecordEntry): boolean =>
    options.release === undefined || name === options.release || labels.NAME === options.release;
  const candidates = [...store.misnamed, ...store.strays].filter(isWanted)
    .filter(({ labels }) => labels.OWNER !== QUARANTINE)
    .toSorted((a, b) => likelihood(b, store) - likelihood(a, store))
    .slice(0, OPENED_MAX);
  const findings: PlacedFinding[] = [];
  for (const entry of candidates) {
    const record = await readEntry(env, store, entry);
    const { content } = record ?? {};
    if (content === undefined) continue; // not a record
    const { OWNER } = entry.labels;
    findings.push({
      severity: "broken",
      title: OWNER === "TILLER"
        ? `${entry.key} holds revision ${content.revision} under a name that no record has`
        : `${entry.key} is a record without the label OWNER=TILLER`,
      release: content.name,
      revision: content.revision,
      evidence: [
        { source: `labels of ${entry.key}`, text: `OWNER is ${OWNER ?? "missing"}` },
        {
          source: `content of ${entry.key}`,
          text: `revision ${content.revision} of release ${content.name}, ${content.info.status.code}`,
        },
      ],
      consequence: "Tiller does not see this revision: lists and upgrades leave it out, and its number is in use",
      repairs: relabel(store, content.name, entry.key),
    });
  }
  return findings;
}

/** Other labels of a record, and a release of that name, make it likely that the object is a record. */
function likelihood({ labels, name }: RecordEntry, { entries }: RecordStore): number {
  const known = ["NAME", "VERSION", "STATUS", "OWNER"].filter((label) => labels[label] !== undefined).length;
  return known + (entries.some((entry) => entry.name === name) ? 1 : 0);
}
