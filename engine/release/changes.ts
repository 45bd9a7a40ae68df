/**
 * The changes that an operation has made in the cluster so far, for the description of a failed revision.
 *
 * @module
 */
import { type KubeProgress, POD_RECREATED } from "../kube/mod.ts";
import { NOTHING_CHANGED } from "./was_deployed.ts";

/** The most objects that a description names; the rest are only counted. */
const NAMED_MAX = 5;

const WORDS: Partial<Record<KubeProgress["verb"], string>> = {
  create: "created",
  update: "changed",
  replace: "replaced",
  delete: "deleted",
  unclear: "perhaps changed",
};

/** Changes of objects, in the order they happened. */
export class Changes {
  readonly #changed = new Map<string, string>();
  #restored = 0;
  #pods = 0;

  /** Adds one reported call to the changes. */
  note({ verb, object, namespace, detail }: KubeProgress): void {
    if (verb === "delete" && detail === POD_RECREATED) {
      this.#pods++;
      return;
    }
    const key = `${namespace}/${object}`;
    const word = WORDS[verb];
    if (verb === "restore") {
      this.#changed.delete(key);
      this.#restored++;
    } else if (verb === "delete" && this.#changed.get(key)?.endsWith("created")) this.#changed.delete(key);
    // A replaced object is deleted and created: one change.
    else if (word !== undefined && !this.#changed.has(key)) this.#changed.set(key, `${object} ${word}`);
  }

  /** True if no object differs from before. Deleted pods do not count: their controllers create them again. */
  get isEmpty(): boolean {
    return this.#changed.size === 0;
  }

  /**
   * Returns the changes as text to append to an error's message: `; nothing was changed`, `; done before:
   * Service/web changed`.
   */
  summary(): string {
    const pods = this.#pods === 0 ? "" : this.#pods === 1 ? "; 1 pod was deleted" : `; ${this.#pods} pods were deleted`;
    if (this.isEmpty) {
      return (this.#restored > 0 ? "; all changes were reverted" : "") + pods || NOTHING_CHANGED;
    }
    const words = [...this.#changed.values()];
    const more = words.length - NAMED_MAX;
    return `; done before: ${words.slice(0, NAMED_MAX).join(", ")}${more > 0 ? ` and ${more} more` : ""}${pods}`;
  }
}
