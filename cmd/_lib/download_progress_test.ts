import { equal } from "node:assert/strict";
import { downloadProgress } from "./download_progress.ts";
import { memoryPrinter } from "./print.ts";

const MIB = 1024 * 1024;

Deno.test("downloadProgress() shows nothing where nobody watches", () => {
  equal(downloadProgress(memoryPrinter()), undefined);
});

Deno.test("downloadProgress() shows how far a long download is, on one line that is gone in the end", () => {
  let now = 0;
  const print = memoryPrinter({ watched: true, columns: 60 });
  const progress = downloadProgress(print, () => now);
  const url = "https://charts.example.com/web-1.0.0.tgz";
  progress?.(url, { bytes: MIB, bytesTotal: 4 * MIB });
  equal(print.stderr, "", "a short download shows nothing");
  now = 1000;
  progress?.(url, { bytes: 2 * MIB, bytesTotal: 4 * MIB });
  equal(print.stderr, "downloading web-1.0.0.tgz: 2.0 MiB of 4.0 MiB");
  now = 1100;
  progress?.(url, { bytes: 2.1 * MIB, bytesTotal: 4 * MIB });
  now = 1300;
  progress?.(url, { bytes: 3 * MIB, bytesTotal: undefined });
  progress?.(url, undefined);
  progress?.(url, undefined);
  const wipe = "\r\u001b[K";
  equal(
    print.stderr,
    `downloading web-1.0.0.tgz: 2.0 MiB of 4.0 MiB${wipe}downloading web-1.0.0.tgz: 3.0 MiB${wipe}`,
  );
  equal(print.stdout, "");
});

Deno.test("downloadProgress() sums up downloads that run side by side, and leaves room for what is said of one", () => {
  let now = 0;
  const print = memoryPrinter({ watched: true, columns: 60 });
  const progress = downloadProgress(print, () => now);
  progress?.("http://a/index.yaml", { bytes: MIB, bytesTotal: 2 * MIB });
  now = 1000;
  progress?.("http://b/index.yaml", { bytes: MIB, bytesTotal: 2 * MIB });
  equal(print.stderr, "downloading 2 files: 2.0 MiB of 4.0 MiB");
  progress?.("http://a/index.yaml", undefined);
  const before = print.stderr;
  progress?.("http://b/index.yaml", { bytes: 1.5 * MIB, bytesTotal: 2 * MIB });
  equal(print.stderr, before);
});
