/**
 * Notes of `list --all` about records with wrong labels.
 *
 * @module
 */
import type { LabelDifference, MislabelledRecord } from "../../engine/release/mod.ts";
import type { ClusterPlace } from "../../storage/mod.ts";
import { quote } from "../../engine/base/mod.ts";

/**
 * Returns one line: the record, the differences, their effect, and how to correct the labels. Only a person
 * can decide which of two statuses is right.
 */
export function labelNote({ key, differences }: MislabelledRecord, place: ClusterPlace | undefined): string {
  const where = place === undefined
    ? `Record ${quote(key)}`
    : `${place.storage === "secret" ? "Secret" : "ConfigMap"} ${quote(key)} of namespace ${quote(place.namespace)}`;
  return `Note: ${where}: ${differences.map(differenceText).join("; ")}. ${adviceOn(key, differences, place)}`;
}

function differenceText({ label, found, expected }: LabelDifference): string {
  if (label === "KEY") return `its content is that of ${quote(expected)}`;
  const demanded = `its content says ${expected}`;
  if (found === undefined) return label === "OWNER" ? "it has no label OWNER" : `it has no label ${label}, ${demanded}`;
  return label === "OWNER" ? `its label OWNER is ${found}` : `its label ${label} is ${found}, ${demanded}`;
}

function adviceOn(key: string, differences: readonly LabelDifference[], place: ClusterPlace | undefined): string {
  if (differences.some(({ label }) => label === "KEY")) {
    return "Other commands find a record by its name and labels, not by its content.";
  }
  const plain = differences.filter(({ label, found }) => label !== "STATUS" || found === undefined);
  if (plain.length === 0 || place === undefined) {
    return "'list' uses the content; 'upgrade' and 'rollback' use the label DEPLOYED.";
  }
  const labels = plain.map(({ label, expected }) => `${label}=${expected}`).join(" ");
  return "Other commands do not find it, or mistake it for another; to correct it: " +
    `kubectl label --overwrite -n ${place.namespace} ${place.storage} ${key} ${labels}`;
}
