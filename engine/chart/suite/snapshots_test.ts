import { deepEqual, equal } from "node:assert/strict";
import { decodeCurrentYaml } from "../../lang/yaml/mod.ts";
import { SnapshotFile } from "./snapshots.ts";

const POD = decodeCurrentYaml("kind: Pod\nspec: { ports: [80] }\n");
const STORED = "is stored:\n  1: |\n    kind: Pod\n    spec:\n      ports:\n        - 80\n";
/** As the YAML writer of helm-unittest 0.2 wrote it. */
const OLD = "is stored:\n  1: |\n    kind: Pod\n    spec:\n      ports:\n      - 80\n";

Deno.test("SnapshotFile stores a new text, and is content with the same one", () => {
  const first = new SnapshotFile(undefined);
  equal(first.compare("is stored", 1, POD).passed, true);
  deepEqual(first.counts(), { total: 1, failed: 0, created: 1, vanished: 0 });
  equal(first.result(), STORED);
  const second = new SnapshotFile(STORED);
  equal(second.compare("is stored", 1, POD).passed, true);
  equal(second.result(), undefined);
});

Deno.test("SnapshotFile passes a text that reads the same, and rewrites it only when updating", () => {
  const plain = new SnapshotFile(OLD);
  equal(plain.compare("is stored", 1, POD).passed, true);
  equal(plain.result(), undefined);
  const updating = new SnapshotFile(OLD, { update: true });
  updating.compare("is stored", 1, POD);
  equal(updating.result(), STORED);
});

Deno.test("SnapshotFile fails for other data, and replaces it when updating", () => {
  const other = STORED.replace("80", "81");
  const plain = new SnapshotFile(other);
  equal(plain.compare("is stored", 1, POD).passed, false);
  deepEqual(plain.counts(), { total: 1, failed: 1, created: 0, vanished: 0 });
  equal(plain.result(), undefined);
  const updating = new SnapshotFile(other, { update: true });
  equal(updating.compare("is stored", 1, POD).passed, true);
  equal(updating.result(), STORED);
});

Deno.test("SnapshotFile removes obsolete texts only when updating, and not after a partial run", () => {
  const text = `${STORED}is gone:\n  1: |\n    a: 1\n`;
  const compared = (mode: { update?: boolean }) => {
    const file = new SnapshotFile(text, mode);
    file.compare("is stored", 1, POD);
    return file;
  };
  equal(compared({}).result(), undefined);
  equal(compared({}).counts().vanished, 1);
  equal(compared({ update: true }).result(true), undefined);
  equal(compared({ update: true }).result(), STORED);
  const growing = compared({});
  growing.compare("is new", 1, "text");
  equal(growing.result(), `is gone:\n  1: |\n    a: 1\nis new:\n  1: |\n    text\n${STORED}`);
});

Deno.test("SnapshotFile fails for a missing text with ci, and writes nothing", () => {
  const file = new SnapshotFile(undefined, { ci: true });
  const { passed, message } = file.compare("is new", 1, POD);
  equal(passed, false);
  equal(message, " to match snapshot 1, which is not stored, and --ci writes none");
  equal(file.result(), undefined);
});

Deno.test("SnapshotFile compares by patterns instead of the whole text", () => {
  const file = new SnapshotFile(STORED.replace("80", "81"));
  equal(file.compare("is stored", 1, POD, { matches: "kind: P" }).passed, true);
  equal(file.compare("is stored", 1, POD, { matches: "kind: X" }).message, " pattern 'kind: X' not found in snapshot");
  equal(
    file.compare("is stored", 1, POD, { notMatches: "Pod" }).message,
    " pattern 'Pod' should not be in snapshot",
  );
});
