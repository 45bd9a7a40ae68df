import { deepEqual } from "node:assert/strict";
import { takeNotes } from "./notes.ts";

const RENDERED = {
  "app/charts/a/templates/NOTES.txt": "from a\n",
  "app/templates/NOTES.txt": "from app\n",
  "app/templates/MY-NOTES.txt": "more\n",
  "app/templates/a.yaml": "kind: A",
};

Deno.test("takeNotes() keeps only the chart's own notes and removes all", () => {
  deepEqual(takeNotes(RENDERED, "app", false), { files: { "app/templates/a.yaml": "kind: A" }, notes: "from app\n" });
});

Deno.test("takeNotes() joins all notes when asked, the chart's own first", () => {
  deepEqual(takeNotes(RENDERED, "app", true).notes, "from app\n\nfrom a\n\nmore\n");
});

Deno.test("takeNotes() puts no line break after empty notes", () => {
  const rendered = { "app/templates/NOTES.txt": "", "app/charts/a/templates/NOTES.txt": "a" };
  deepEqual(takeNotes(rendered, "app", true).notes, "a");
});
