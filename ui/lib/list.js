/**
 * The one long list: only the rows on screen are in the document. Tables, texts, logs and differences are shown by it.
 *
 * All rows have the height that the style sheet gives as `--row`.
 *
 * @module
 */
import { computed, signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { classes, html } from "./h.js";
import { useKeys } from "./keys.js";

/**
 * @import { Signal } from "@preact/signals"
 * @import { Children } from "./h.js"
 */

/** Rows above and below the screen that are ready. */
const SPARE = 10;
/** The first row moves in steps, so that slow scrolling does not draw at every pixel. */
const STEP = 4;
/** The usual height of a row, until it is measured. */
const ROW_PIXELS = 32;

/**
 * @typedef {object} Column
 * @property {string} id Also the class of its cells.
 * @property {string} label
 * @property {boolean} [isHidden] True if only screen readers need the label.
 * @property {string} [hint] What the column shows, in a sentence.
 * @property {() => void} [sort] Called when the user clicks the label.
 * @property {"ascending" | "descending" | undefined} [sorted]
 */

/**
 * Lets a page move in its list.
 *
 * @typedef {object} Control
 * @property {(index: number) => void} [go] Makes a row the active one, and shows it.
 */

/**
 * @template T
 * @typedef {object} ListProps
 * @property {string} label The name of the list.
 * @property {readonly T[]} items
 * @property {(item: T, index: number) => Children} cells The cells of a row, each with `role="cell"`. Must stay the same function.
 * @property {string} [class] Of the list; its style sheet sets the columns.
 * @property {readonly Column[]} [columns] Absent: no header.
 * @property {(item: T, index: number) => string | false | undefined} [rowClass]
 * @property {Signal<number>} [active] The row that keys act on; -1: none.
 * @property {(item: T, index: number) => void} [open] Called for Enter and for a click on a row.
 * @property {(first: number, end: number) => void} [onShown] Called with the rows on screen, when they change.
 * @property {boolean} [follow] Stays at the end when items are added.
 * @property {string} [memory] Under this name, the position is remembered while the tab is open.
 * @property {Control} [control] Filled in by the list: how a page moves in it.
 * @property {(item: T) => boolean} [stops] True for rows that keys stop at; absent: all.
 * @property {boolean} [reuse] If true, elements of rows that leave the screen show rows that come. For cells without state of
 * their own.
 */

/** @type {Map<string, { top: number, active: number }>} */
const positions = new Map();

/** True while the page is printed: then all rows are in the document. */
const printing = signal(false);
addEventListener("beforeprint", () => printing.value = true);
addEventListener("afterprint", () => printing.value = false);
matchMedia("print").addEventListener("change", ({ matches }) => printing.value = matches);

/** Where a list is: what is on screen. */
class Window {
  /** The scrolling element. @type {HTMLElement | null} */
  scroller = null;
  /** An element of one row's height. @type {HTMLElement | null} */
  probe = null;
  /** @param {HTMLElement | null} element */
  takeScroller = (element) => void (this.scroller = element);
  /** @param {HTMLElement | null} element */
  takeProbe = (element) => void (this.probe = element);
  first = signal(0);
  // Before the first measure: about what is seen.
  end = signal(Math.ceil(innerHeight / ROW_PIXELS));
  rowPixels = signal(ROW_PIXELS);
  /** The most rows that are drawn at once. */
  slots = STEP;
  /** The row that has the focus; -1: none. */
  focused = -1;
  #pixels = 0;
  #spare = 0;
  /** @type {((first: number, end: number) => void) | undefined} */
  onShown;

  /** Rows that are wholly on screen. */
  get page() {
    return Math.max(1, Math.floor((this.#pixels - this.#head()) / this.rowPixels.peek()) - 1);
  }

  #head() {
    return this.scroller?.querySelector(":scope > .list-head")?.clientHeight ?? 0;
  }

  /** Draws rows beyond the screen too: the first look had only those on it. */
  addSpare() {
    this.#spare = SPARE;
    this.look();
  }

  /** Measures the list and its rows, and finds what is on screen. */
  measure() {
    const { scroller, probe } = this;
    if (scroller === null || probe === null) return;
    this.rowPixels.value = probe.getBoundingClientRect().height || ROW_PIXELS;
    this.#pixels = scroller.clientHeight;
    this.slots = Math.ceil(this.#pixels / this.rowPixels.peek()) + 2 * (SPARE + STEP);
    this.look();
  }

  /** Finds what is on screen. The sizes are those of the last measure: only the position is read anew. */
  look() {
    if (this.scroller === null) return;
    const row = this.rowPixels.peek();
    const top = Math.floor(this.scroller.scrollTop / row);
    const count = Math.ceil(this.#pixels / row);
    const first = top - this.#spare;
    this.first.value = Math.max(0, first - first % STEP);
    // Always the same number of rows, so that none is made anew while the list scrolls.
    this.end.value = this.#spare === 0 ? top + count + STEP : this.first.peek() + this.slots;
    this.onShown?.(top, top + count);
  }

  /** Scrolls as little as needed to show a row. @param {number} index */
  show(index) {
    const { scroller } = this;
    if (scroller === null || index < 0) return;
    const row = this.rowPixels.peek();
    const [top, bottom] = [index * row, (index + 1) * row + this.#head()];
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (bottom > scroller.scrollTop + scroller.clientHeight) scroller.scrollTop = bottom - scroller.clientHeight;
    this.look();
  }

  /** Takes the focus from an element that shows another row now. */
  dropFocus() {
    const { activeElement } = document;
    const row = activeElement?.closest("[data-index]");
    if (!(activeElement instanceof HTMLElement) || !this.scroller?.contains(row ?? null)) return;
    if (Number(row?.getAttribute("data-index")) !== this.focused) activeElement.blur();
  }
}

/**
 * A long list.
 *
 * @template T
 * @param {ListProps<T>} props
 */
export function List(props) {
  const { label, items, class: name, columns, open, onShown, follow = false, memory, reuse = false } = props;
  const own = useMemo(() => signal(-1), []);
  const active = props.active ?? own;
  const view = useMemo(() => new Window(), []);
  view.onShown = onShown;
  const last = useRef(props);
  last.current = props;
  useMeasuring(view, memory, active);
  useFollowing(view, follow, items.length);
  useLayoutEffect(() => view.look(), [items]);
  useKeys(useMemo(() => listKeys(view, active, last), []));

  const first = printing.value ? 0 : Math.min(view.first.value, Math.max(0, items.length - 1));
  const end = printing.value ? items.length : Math.min(view.end.value, items.length);
  const row = view.rowPixels.value;
  const header = columns === undefined ? 0 : 1;
  const slots = reuse && !printing.value ? view.slots : 0;
  useLayoutEffect(() => reuse ? view.dropFocus() : undefined, [first]);
  const drawn = useRef(/** @type {Map<number, DrawnRow>} */ (new Map()));
  const rows = [];
  /** @type {Map<number, DrawnRow>} */
  const next = new Map();
  for (let index = first; index < end; index++) {
    const row = drawnRow(drawn.current.get(index), index, { props, active, number: index + 1 + header, slots });
    next.set(index, row);
    rows.push(row.element);
  }
  drawn.current = next;
  /** @param {MouseEvent} event */
  const click = (event) => {
    const index = rowIndex(event.target);
    if (index < 0) return;
    active.value = index;
    const item = items[index];
    if (item !== undefined && !isControl(event)) open?.(item, index);
  };
  return html`
    <div class=${classes("list", name)} role="table" aria-label=${label} aria-rowcount=${items.length + header}
      tabindex="0" ref=${view.takeScroller} onFocusIn=${(/** @type {FocusEvent} */ { target }) =>
        view.focused = rowIndex(target)}>
        ${columns && html`<${Head} columns=${columns} />`}
        <div role="rowgroup" class="list-space" style=${{
          height: printing.value ? "auto" : `${items.length * row}px`,
        }} onClick=${click}>
          <div role="presentation" class="list-window" style=${{
            transform: `translateY(${first * row}px)`,
          }}>${rows}</div>
        </div>
        <div class="list-probe" aria-hidden="true" ref=${view.takeProbe}></div>
      </div>
  `;
}

/**
 * A row that was drawn, and what it was drawn from.
 *
 * @typedef {object} DrawnRow
 * @property {unknown} item
 * @property {unknown} cells
 * @property {string} name
 * @property {unknown} key
 * @property {import("./h.js").Element} element
 */

/**
 * Returns the element of a row: the known one if nothing about it has changed, so that it is not drawn again.
 *
 * @template T
 * @param {DrawnRow | undefined} known
 * @param {number} index
 * @param {{ props: ListProps<T>, active: Signal<number>, number: number, slots: number }} list `slots`: 0 if elements show one
 * row only.
 * @returns {DrawnRow}
 */
function drawnRow(known, index, { props: { items, cells, rowClass, open }, active, number, slots }) {
  const item = /** @type {T} */ (items[index]);
  const name = rowClass?.(item, index) || "";
  const key = slots === 0 ? index : `slot ${index % slots}`;
  if (known?.item === item && known.cells === cells && known.name === name && known.key === key) return known;
  const element = html`
    <${Row} key=${key} item=${item} index=${index} number=${number} cells=${cells} active=${active}
      class=${name}
      opens=${open !== undefined} />
  `;
  return { item, cells, name, key, element };
}

/** @param {{ columns: readonly Column[] }} props */
function Head({ columns }) {
  return html`
    <div role="rowgroup" class="list-head">
      <div role="row" class="row head" aria-rowindex="1">
        ${columns.map(({ id, label, isHidden, hint, sort, sorted }) =>
          html`<div key=${id} role="columnheader" class=${id} title=${hint} aria-sort=${
            sorted ?? (sort ? "none" : undefined)
          }>
        ${
            sort === undefined
              ? isHidden ? html`<span class="spoken">${label}</span>` : label
              : html`<button type="button" class="sort" onClick=${sort}>${label}<span class="arrow"
          aria-hidden="true">${sorted === undefined ? "" : sorted === "ascending" ? "↑" : "↓"}</span></button>`
          }
      </div>`
        )}
      </div>
    </div>
  `;
}

/**
 * @template T
 * @param {{ item: T, index: number, number: number, cells: (item: T, index: number) => Children, active: Signal<number>,
 *   class: string, opens: boolean }} props
 */
function Row({ item, index, number, cells, active, class: name, opens }) {
  const isActive = useMemo(() => computed(() => active.value === index), [active, index]);
  return html`
    <div role="row" class=${classes("row", name, opens && "opens", isActive.value && "active")}
      aria-rowindex=${number} tabindex="-1" data-index=${index}>${cells(item, index)}</div>
  `;
}

/**
 * Keeps the window right while the list is there, and remembers its position afterwards.
 *
 * @param {Window} view
 * @param {string | undefined} memory
 * @param {Signal<number>} active
 */
function useMeasuring(view, memory, active) {
  useLayoutEffect(() => {
    const { scroller } = view;
    if (scroller === null) return;
    const known = memory === undefined ? undefined : positions.get(memory);
    view.measure();
    if (known !== undefined) {
      active.value = known.active;
      scroller.scrollTop = known.top;
      view.look();
    } else if (active.peek() > 0) {
      // A row that the address names is shown with the rows before it.
      scroller.scrollTop = active.peek() * view.rowPixels.peek() - scroller.clientHeight / 3;
      view.look();
    }
    const observer = new ResizeObserver(() => view.measure());
    observer.observe(scroller);
    if (view.probe !== null) observer.observe(view.probe);
    let top = scroller.scrollTop;
    scroller.addEventListener("scroll", () => {
      top = scroller.scrollTop;
      view.look();
    }, { passive: true });
    const frame = requestAnimationFrame(() => view.addSpare());
    return () => {
      observer.disconnect();
      cancelAnimationFrame(frame);
      if (memory !== undefined) positions.set(memory, { top, active: active.peek() });
    };
  }, [memory]);
}

/**
 * Stays at the end while items are added, unless the user scrolled away from it.
 *
 * @param {Window} view
 * @param {boolean} follow
 * @param {number} count
 */
function useFollowing(view, follow, count) {
  useEffect(() => {
    const { scroller } = view;
    if (!follow || scroller === null) return;
    scroller.scrollTop = scroller.scrollHeight;
    view.look();
  }, [follow, count]);
}

/**
 * @template T
 * @param {Window} view
 * @param {Signal<number>} active
 * @param {{ current: ListProps<T> }} last The newest properties.
 * @returns {Record<string, import("./keys.js").Act>}
 */
function listKeys(view, active, last) {
  const count = () => last.current.items.length;
  /** @param {number} to @param {1 | -1} step Where to look on when keys do not stop there. */
  const move = (to, step) => {
    const { items, stops } = last.current;
    let index = Math.max(0, Math.min(count() - 1, to));
    while (stops !== undefined && items[index] !== undefined && !stops(/** @type {T} */ (items[index]))) index += step;
    if (items[index] === undefined) return;
    active.value = index;
    view.show(index);
    focusRow(view.scroller, index);
  };
  if (last.current.control !== undefined) last.current.control.go = (index) => move(index, 1);
  /** @param {() => void} act */
  const mine = (act) => () => isElsewhere(view) ? false : act();
  const down = () => move(active.peek() < 0 ? topRow(view) : active.peek() + 1, 1);
  const up = () => move(active.peek() < 0 ? topRow(view) : active.peek() - 1, -1);
  return {
    j: mine(down),
    k: mine(up),
    ArrowDown: mine(down),
    ArrowUp: mine(up),
    PageDown: mine(() => move(Math.max(active.peek(), 0) + view.page, 1)),
    PageUp: mine(() => move(active.peek() - view.page, -1)),
    Home: mine(() => move(0, 1)),
    End: mine(() => move(count() - 1, -1)),
    Enter: () => {
      const item = last.current.items[active.peek()];
      if (item === undefined || last.current.open === undefined || isElsewhere(view)) return false;
      last.current.open(item, active.peek());
    },
  };
}

/** True if the focus is in another list: then its keys are meant. @param {Window} view */
function isElsewhere({ scroller }) {
  const focused = document.activeElement?.closest(".list") ?? null;
  return focused !== null && focused !== scroller;
}

/** The first row on screen. @param {Window} view */
function topRow(view) {
  return Math.ceil((view.scroller?.scrollTop ?? 0) / view.rowPixels.peek());
}

/**
 * Puts the focus on a row, or on the link that it opens: at once, so that a quick Enter opens this row, or else once it is
 * in the document.
 *
 * @param {HTMLElement | null} scroller
 * @param {number} index
 */
function focusRow(scroller, index) {
  const focus = () => {
    const row = scroller?.querySelector(`[data-index="${index}"]`);
    const target = row?.querySelector("a[href]") ?? row;
    if (target instanceof HTMLElement) target.focus({ preventScroll: true });
  };
  focus();
  requestAnimationFrame(focus);
}

/** The row that an element is in; -1: none. @param {EventTarget | null} target */
function rowIndex(target) {
  const row = target instanceof globalThis.Element ? target.closest("[data-index]") : null;
  return row === null ? -1 : Number(row.getAttribute("data-index"));
}

/** True for a click that has another meaning: on a control, with a key held, or at the end of a selection. @param {MouseEvent} event */
function isControl({ target, metaKey, ctrlKey, shiftKey }) {
  if (metaKey || ctrlKey || shiftKey || (getSelection()?.toString() ?? "") !== "") return true;
  return target instanceof globalThis.Element && target.closest("a, button, input, label, select") !== null;
}
