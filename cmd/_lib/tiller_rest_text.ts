/**
 * The objects of a Tiller that `migrate helm3 finish` names, as text.
 *
 * @module
 */
import type { TillerPart, TillerRest } from "../../engine/release/mod.ts";
import type { Context } from "./command.ts";

/**
 * Returns the same objects, with command lines that can be typed: they name the cluster that this command was given.
 *
 * A deletion in the cluster of another context would be worse than none.
 *
 * @param typeable Of the command's context; it takes command lines in single quotes.
 */
export function typeableRest({ parts, unseen }: TillerRest, typeable: Context["typeable"]): TillerRest {
  const whole = (removal: string): string => removal === "" ? "" : typeable(`'${removal}'`).slice(1, -1);
  return { unseen, parts: parts.map((part) => ({ ...part, removal: whole(part.removal) })) };
}

/**
 * Returns lines that name the objects and what removes them.
 *
 * @param isDone False in a preview.
 */
export function tillerRestLines({ parts, unseen }: TillerRest, isDone: boolean): string[] {
  const removals = new Set(parts.map(({ removal }) => removal).filter((removal) => removal !== ""));
  const kept = parts.filter(({ removal }) => removal === "");
  return [
    `No record of Helm 2 ${isDone ? "is" : "would be"} left in this storage.${
      parts.length === 0 ? " Nothing of its Tiller was found." : " This belongs to its Tiller:"
    }`,
    ...parts.map((part) => `  ${wordsOf(part)}${part.detail === "" ? "" : `: ${part.detail}`}`),
    ...removals.size === 0 ? [] : ["To remove it, once nothing else needs it:"],
    ...[...removals].map((removal) => `  ${removal}`),
    ...kept.map((part) => `Look at ${wordsOf(part)} yourself: something else may need it.`),
    ...unseen.map((what) => `The ${what} could not be listed: there may be more.`),
  ];
}

function wordsOf({ kind, namespace, name }: TillerPart): string {
  return `${kind} ${JSON.stringify(name)}${namespace === "" ? "" : ` in namespace ${JSON.stringify(namespace)}`}`;
}
