/**
 * Data that pages show: read when a page needs it, remembered while the tab is open, with its age.
 *
 * @module
 */
import { signal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";
import { ApiError, ask } from "./api.js";
import { keep } from "./keep.js";

/** The most paths whose data is kept. */
const KEPT = 40;
/** Data younger than this is not read again when a page is opened, in milliseconds. */
const FRESH_MS = 2000;

/**
 * One answer of the program.
 *
 * @template T
 */
export class Data {
  #path;
  #asking;
  #users = 0;
  /** @type {AbortController | undefined} */
  #reading;

  /**
   * @param {string} path From `apiPath`.
   * @param {import("./api.js").Asking} [asking] For requests that are not a plain GET.
   */
  constructor(path, asking = {}) {
    this.#path = path;
    this.#asking = asking;
    /** @type {import("@preact/signals").Signal<T | undefined>} */
    this.data = signal(undefined);
    /** @type {import("@preact/signals").Signal<ApiError | undefined>} */
    this.error = signal(undefined);
    /** True while it is read. */
    this.loading = signal(false);
    /** When it was read, in milliseconds since 1970. */
    this.at = signal(0);
  }

  /** Reads it again. @param {{ fresh?: boolean }} [how] `fresh`: the program must ask the cluster, whatever it knows. */
  async reload({ fresh = false } = {}) {
    this.#reading?.abort();
    const reading = this.#reading = new AbortController();
    this.loading.value = true;
    try {
      const data = /** @type {T} */ (await ask(this.#path, {
        ...this.#asking,
        fresh,
        signal: reading.signal,
      }));
      if (this.#reading !== reading) return;
      this.take(data);
    } catch (error) {
      if (this.#reading !== reading || reading.signal.aborted) return;
      this.error.value = error instanceof ApiError ? error : new ApiError(String(error));
    } finally {
      if (this.#reading === reading) {
        this.#reading = undefined;
        this.loading.value = false;
      }
    }
  }

  /** Takes data that is new, or that is still right when it is `undefined`. @param {T} [data] */
  take(data = this.data.peek()) {
    this.data.value = data;
    this.error.value = undefined;
    this.at.value = Date.now();
  }

  /** Counts a user, and reads the data unless it is fresh. Returns the end of the use. */
  use() {
    this.#users++;
    if (!this.loading.peek() && Date.now() - this.at.peek() > FRESH_MS) this.reload();
    return () => {
      this.#users--;
      if (this.#users > 0) return;
      // A page that was left must not keep the cluster busy.
      this.#reading?.abort();
      this.#reading = undefined;
      this.loading.value = false;
    };
  }
}

/** @type {Map<string, Data<any>>} */
const kept = new Map();
/** @type {Data<any>} */
const NOTHING = new Data("");

/**
 * Returns the data of a path, and reads it while the component is there.
 *
 * @template T
 * @param {string | undefined} path `undefined`: there is nothing to read yet.
 * @returns {Data<T>}
 */
export function useData(path) {
  const data = path === undefined ? NOTHING : dataOf(path);
  // Before the page is painted: the answer is on its way a frame or two sooner.
  useLayoutEffect(() => path === undefined ? undefined : data.use(), [data]);
  return data;
}

/**
 * Returns the data of a path without reading it.
 *
 * @param {string} path
 * @returns {Data<any>}
 */
export function dataOf(path) {
  return keep(kept, path, kept.get(path) ?? new Data(path), KEPT);
}
