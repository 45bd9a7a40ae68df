import { deepEqual, equal } from "node:assert/strict";
import { KEPT_LINES, LogBuffer } from "./log_lines.js";

const line = (text: string) => ({ time: "", text });

Deno.test("LogBuffer keeps the newest 10,000 lines and their numbers", () => {
  const log = new LogBuffer();
  for (let at = 0; at < 105; at++) {
    log.add(Array.from({ length: 100 }, (_, index) => line(`line ${at * 100 + index + 1}`)));
  }
  const kept = log.matching("");
  equal(KEPT_LINES, 10_000);
  equal(kept.length, 10_000);
  deepEqual([kept[0]?.text, kept[0]?.number], ["line 501", 501]);
  deepEqual([log.count, log.dropped], [10_500, 500]);
});

Deno.test("LogBuffer.matching() finds text in any case, and not in escape sequences", () => {
  const log = new LogBuffer();
  log.add([line("\u001b[31mFatal\u001b[0m error"), line("fine"), line("31 requests")]);
  deepEqual(log.matching("fatal ERROR").map(({ number }) => number), [1]);
  deepEqual(log.matching("31").map(({ number }) => number), [3]);
});

Deno.test("LogBuffer.clear() begins again at line 1", () => {
  const log = new LogBuffer();
  log.add([line("a")]);
  log.clear();
  log.add([line("b")]);
  deepEqual(log.matching("").map(({ number, text }) => `${number} ${text}`), ["1 b"]);
});
