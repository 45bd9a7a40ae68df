import { deepEqual, equal, match } from "node:assert/strict";
import { pruningNotes } from "./pruning.ts";

Deno.test("pruningNotes() counts what Helm 3 deletes, and says how long that takes when it takes long", () => {
  deepEqual(pruningNotes(9), []);
  deepEqual(pruningNotes(10), [
    "Helm 3 keeps 10 revisions: its first upgrade deletes 1 of these, unless --history-max says otherwise",
  ]);
  equal(pruningNotes(133).length, 1);
  match(pruningNotes(134)[1] ?? "", /about 30 seconds\. --max 9 migrates only those that it keeps/);
  match(pruningNotes(1000)[0] ?? "", /deletes 991 of these/);
  match(pruningNotes(1000)[1] ?? "", /^it deletes them one by one, 150 in a minute: that takes about 6 minutes\./);
});
