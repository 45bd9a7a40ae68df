import { deepEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { type Answer, playStories, type Story } from "../../../tests/_lib/field_stories.ts";
import { openSandbox } from "../sandbox.ts";

const FOLDER = new URL("../../../testdata/managed_fields/", import.meta.url);

function read<T>(file: string): T {
  return JSON.parse(readFileSync(new URL(file, FOLDER), "utf8")) as T;
}

const stories = read<Story[]>("stories.json");
const recorded = read<Record<string, Answer[]>>("answers.json");

for (const story of stories) {
  Deno.test(`managed fields and dry runs as on Kubernetes 1.34: ${story.name}`, async () => {
    const sandbox = await openSandbox();
    try {
      const answers = await playStories(sandbox.transport, [story]);
      for (const [index, step] of story.steps.entries()) {
        const where = `${index}: ${step.method} ${step.path}`;
        deepEqual(answers[story.name]?.[index], recorded[story.name]?.[index], where);
      }
    } finally {
      await sandbox.close();
    }
  });
}
