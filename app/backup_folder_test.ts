import { throws } from "node:assert/strict";
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../tests/_lib/folder.ts";
import { readArchiveFile } from "./backup_folder.ts";

Deno.test("readArchiveFile() refuses a file above 512 MiB before it reads it", () =>
  inFolder({}, (folder) => {
    const path = join(folder, "large.tar.gz");
    writeFileSync(path, "");
    truncateSync(path, 512 * 1024 * 1024 + 1); // a file with a hole: it takes no space
    throws(() => readArchiveFile(path), {
      kind: "io",
      message: /the file has 536870913 bytes; an archive has 536870912 at most$/,
    });
    return Promise.resolve();
  }));
