import type { LadderData, RowData } from "../core/report/data.js";
import { make, shape } from "./dom.js";
import { drawItem, type Extent, extentOf, itemLabel } from "./draw.js";
import { BAND_HEIGHT, type Folding, type Item, itemAt, layOut, ROW_HEIGHT } from "./items.js";

/** items drawn above and below what is in sight */
const MARGIN = 6;
const PRINTED = 3000;
const PRINTED_TOGETHER = 36;
/** pixels across paper that lanes share */
const PAPER = 640;

/** The ladder: a tree of sessions and messages of which only the visible part is drawn. */
export class LadderView {
	readonly #data: LadderData;
	readonly #root: HTMLElement;
	readonly #space = make("div", { class: "space", role: "none" });
	readonly #svg = shape("svg", { role: "none" });
	readonly #folding: Folding = { closed: new Set(), opened: new Set() };
	#extent: Extent = { view: 0, whole: 0 };
	readonly #chosen: (row: RowData | undefined) => void;
	readonly #entered: () => void;
	#test: (row: RowData) => boolean = () => true;
	#items: Item[] = [];
	#current = 0;
	#scheduled = false;

	/** `chosen` is told what message is current, `entered` that its details are asked for. */
	constructor(root: HTMLElement, data: LadderData, chosen: (row: RowData | undefined) => void, entered: () => void) {
		this.#root = root;
		this.#data = data;
		this.#chosen = chosen;
		this.#entered = entered;
		this.#space.append(this.#svg);
		root.append(this.#space);
		for (const [name, value] of [
			["role", "tree"],
			["aria-label", "Messages by session"],
			["tabindex", "0"],
		] as const)
			root.setAttribute(name, value);
		root.addEventListener("scroll", () => this.#later(), { passive: true });
		root.addEventListener("keydown", (event) => this.#key(event));
		root.addEventListener("click", (event) => this.#click(event));
		new ResizeObserver(() => this.#later()).observe(root);
		this.#layOut();
	}

	/** Messages that match the filter. */
	get shown(): number {
		return this.#data.rows.filter(this.#test).length;
	}

	filter(test: (row: RowData) => boolean): void {
		const kept = this.#items[this.#current]?.row;
		this.#test = test;
		this.#layOut();
		this.#root.scrollTop = 0;
		this.#current = Math.max(0, kept === undefined ? 0 : this.#items.findIndex(({ row }) => row === kept));
		this.#draw();
	}

	foldAll(fold: boolean): void {
		this.#folding.closed.clear();
		this.#folding.opened.clear();
		if (fold) for (const index of this.#data.sessions.keys()) this.#folding.closed.add(index);
		else for (const { i } of this.#data.rows) if (i !== undefined) this.#folding.opened.add(i);
		this.#layOut();
		this.#current = 0;
		this.#root.scrollTop = 0;
		this.#draw();
	}

	/** Makes a message current, in sight, unfolded. False when the ladder does not have it, or the filter hides it. */
	show(number: number): boolean {
		const row = this.#data.rows.find(({ n }) => n === number);
		if (row === undefined || !this.#test(row)) return false;
		this.#folding.closed.delete(row.s);
		if (row.i !== undefined) this.#folding.opened.add(row.i);
		this.#layOut();
		this.#go(this.#items.findIndex((item) => item.row === row));
		return true;
	}

	focus(): void {
		this.#root.focus({ preventScroll: true });
	}

	/** Everything, for paper, in pieces that need no page break inside. */
	printed(): HTMLElement {
		const sheets = make("div", { class: "sheets" });
		const items = this.#items.slice(0, PRINTED);
		const extent = extentOf(this.#data, PAPER);
		for (let from = 0; from < items.length; from += PRINTED_TOGETHER) {
			const piece = items.slice(from, from + PRINTED_TOGETHER);
			const top = piece[0]!.top;
			const height = piece.at(-1)!.top + piece.at(-1)!.height - top;
			const svg = shape("svg", { viewBox: `0 0 ${extent.whole} ${height}`, width: "100%" });
			for (const item of piece) svg.append(drawItem(this.#data, item, extent, item.top - top));
			sheets.append(svg);
		}
		if (this.#items.length > PRINTED) sheets.append(make("p", {}, `… ${this.#items.length - PRINTED} more lines`));
		return sheets;
	}

	#layOut(): void {
		this.#items = layOut(this.#data, this.#test, this.#folding);
		const last = this.#items.at(-1);
		this.#space.style.height = `${last === undefined ? 0 : last.top + last.height}px`;
		this.#later();
	}

	#later(): void {
		if (this.#scheduled) return;
		this.#scheduled = true;
		requestAnimationFrame(() => {
			this.#scheduled = false;
			this.#draw();
		});
	}

	#draw(): void {
		const { scrollTop, clientHeight } = this.#root;
		this.#extent = extentOf(this.#data, this.#root.clientWidth - 4);
		const { whole } = this.#extent;
		this.#space.style.width = `${whole}px`;
		const first = Math.max(0, itemAt(this.#items, scrollTop) - MARGIN);
		const last = Math.min(this.#items.length - 1, itemAt(this.#items, scrollTop + clientHeight) + MARGIN);
		const top = this.#items[first]?.top ?? 0;
		const end = this.#items[last];
		const height = end === undefined ? 40 : end.top + end.height - top;
		this.#svg.setAttribute("width", String(whole));
		this.#svg.setAttribute("height", String(height));
		this.#svg.style.top = `${top}px`;
		const drawn: Node[] = [];
		for (let index = first; index <= last; index++) drawn.push(this.#item(index, top));
		if (this.#items.length === 0) drawn.push(shape("text", { x: 12, y: 24 }, "No message matches the filter."));
		const sticky = this.#sticky(scrollTop, top);
		if (sticky !== undefined) drawn.push(sticky);
		this.#svg.replaceChildren(...drawn);
		const current = this.#items[this.#current];
		const inSight = current !== undefined && this.#current >= first && this.#current <= last;
		if (inSight) this.#root.setAttribute("aria-activedescendant", `item-${this.#current}`);
		else this.#root.removeAttribute("aria-activedescendant");
	}

	#item(index: number, top: number): SVGGElement {
		const item = this.#items[index]!;
		const group = drawItem(this.#data, item, this.#extent, item.top - top);
		group.id = `item-${index}`;
		group.dataset.index = String(index);
		group.setAttribute("role", "treeitem");
		group.setAttribute("aria-label", itemLabel(this.#data, item, group));
		group.setAttribute("aria-level", item.row === undefined ? "1" : item.inner ? "3" : "2");
		group.setAttribute("aria-selected", String(index === this.#current));
		if (item.row === undefined || item.folded > 0) group.setAttribute("aria-expanded", String(item.open));
		if (index === this.#current) group.classList.add("current");
		return group;
	}

	/** The band of the session whose own has been scrolled away; it only repeats what is there. */
	#sticky(scrollTop: number, top: number): SVGGElement | undefined {
		const index = itemAt(this.#items, scrollTop);
		const item = this.#items[index];
		if (item?.row === undefined) return undefined;
		const band = this.#items.findLast((one, at) => at < index && one.row === undefined);
		if (band === undefined) return undefined;
		const next = this.#items[itemAt(this.#items, scrollTop + BAND_HEIGHT)];
		const push = next !== undefined && next.row === undefined ? next.top - scrollTop - BAND_HEIGHT : 0;
		const group = drawItem(this.#data, band, this.#extent, scrollTop - top + Math.min(0, push));
		group.setAttribute("aria-hidden", "true");
		group.dataset.index = String(this.#items.indexOf(band));
		return group;
	}

	#go(index: number): void {
		if (this.#items.length === 0) return;
		this.#current = Math.min(Math.max(0, index), this.#items.length - 1);
		const { top, height, row } = this.#items[this.#current]!;
		const above = row === undefined ? 0 : BAND_HEIGHT;
		if (top < this.#root.scrollTop + above) this.#root.scrollTop = top - above;
		else if (top + height > this.#root.scrollTop + this.#root.clientHeight) this.#root.scrollTop = top + height - this.#root.clientHeight;
		this.#draw();
		this.#chosen(row);
	}

	#fold(open: boolean): void {
		const item = this.#items[this.#current];
		if (item === undefined) return;
		if (item.row === undefined) {
			if (open) this.#folding.closed.delete(item.session);
			else this.#folding.closed.add(item.session);
		} else if (item.folded > 0 && item.open !== open) {
			if (open) this.#folding.opened.add(item.row.n);
			else this.#folding.opened.delete(item.row.n);
		} else if (!open) {
			// As in any tree: a leaf leads to what it belongs to.
			const parent = this.#items.findLastIndex((one, at) => at < this.#current && (one.row === undefined || one.row.n === item.row!.i));
			this.#go(parent);
			return;
		}
		this.#layOut();
		this.#draw();
	}

	#click(event: MouseEvent): void {
		const index = (event.target as Element).closest<SVGGElement>("[data-index]")?.dataset.index;
		if (index === undefined) return;
		this.#go(Number(index));
		const item = this.#items[this.#current]!;
		if (item.row === undefined || item.folded > 0) this.#fold(!item.open);
	}

	#key(event: KeyboardEvent): void {
		if (event.altKey || event.ctrlKey || event.metaKey) return;
		const page = Math.max(1, Math.floor(this.#root.clientHeight / ROW_HEIGHT) - 3);
		switch (event.key) {
			case "ArrowDown":
				this.#go(this.#current + 1);
				break;
			case "ArrowUp":
				this.#go(this.#current - 1);
				break;
			case "PageDown":
				this.#go(this.#current + page);
				break;
			case "PageUp":
				this.#go(this.#current - page);
				break;
			case "Home":
				this.#go(0);
				break;
			case "End":
				this.#go(this.#items.length - 1);
				break;
			case "ArrowLeft":
				this.#fold(false);
				break;
			case "ArrowRight":
				this.#fold(true);
				break;
			case "Enter":
			case " ":
				if (this.#items[this.#current]?.row === undefined) this.#fold(this.#items[this.#current]?.open !== true);
				else {
					this.#go(this.#current);
					this.#entered();
				}
				break;
			default:
				return;
		}
		event.preventDefault();
	}
}
