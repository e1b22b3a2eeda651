import type { BlockData, DetailData, LadderData, PartData, RowData, SegmentData } from "../core/report/data.js";
import { make, readData } from "./dom.js";

/** Shows everything about one message. The data of messages are read in blocks, when one of them is asked for. */
export class DetailsPanel {
	readonly #root: HTMLElement;
	readonly #data: LadderData;
	readonly #blocks = new Map<number, Map<number, DetailData>>();
	#words: BlockData[] | undefined;

	constructor(root: HTMLElement, data: LadderData) {
		this.#root = root;
		this.#data = data;
	}

	show(row: RowData): void {
		const detail = this.#detail(row);
		if (detail === undefined) return;
		this.#root.replaceChildren(
			make("h3", {}, `#${row.n} ${detail.h}`),
			make("p", { class: "dim" }, detail.w),
			make("p", { class: "wire" }, row.x),
			...this.#sections(detail),
		);
		this.#root.scrollTop = 0;
	}

	focus(): void {
		this.#root.focus();
	}

	#detail(row: RowData): DetailData | undefined {
		const block = Math.floor(this.#data.rows.indexOf(row) / this.#data.blockSize);
		let found = this.#blocks.get(block);
		if (found === undefined) {
			found = new Map((readData<DetailData[]>(`details-${block}`) ?? []).map((detail) => [detail.n, detail]));
			this.#blocks.set(block, found);
		}
		return found.get(row.n);
	}

	#sections(detail: DetailData): HTMLElement[] {
		const parts: HTMLElement[] = [];
		if (detail.r !== undefined) parts.push(make("p", {}, ...detail.r.flatMap(([what, entry]) => [`${what} `, entryAnchor(entry), " "])));
		this.#words ??= readData<BlockData[]>("words") ?? [];
		for (const [title, ...blocks] of detail.x ?? [])
			parts.push(make("h4", {}, title), ...blockNodes(blocks.map((index) => this.#words![index]!)));
		if (detail.c !== undefined)
			parts.push(make("h4", {}, "The content that was judged; marked is what decided"), octetsBox(detail.c), reasons(detail.c));
		if (detail.e !== undefined) {
			const items = detail.e.map(({ by, part, before, after, why }) =>
				make("li", {}, `${by}, ${part}: `, changed("del", before), " → ", changed("ins", after), why === "" ? "" : ` (${why})`),
			);
			parts.push(make("h4", {}, "Changed on the way"), make("ul", {}, ...items));
		}
		if (detail.f !== undefined) {
			const items = detail.f.map(([severity, id, text]) =>
				make("li", {}, make("span", { class: `code ${severity}` }, id), ` ${severity}: ${text}`),
			);
			parts.push(make("h4", {}, "Findings"), make("ul", {}, ...items));
		}
		if (detail.o !== undefined) parts.push(make("h4", {}, "As on the wire"), octetsBox(detail.o));
		return parts;
	}
}

function changed(tag: "del" | "ins", text: string): HTMLElement {
	return text === "" ? make("span", { class: "dim" }, "nothing") : make(tag, { class: "wire" }, text);
}

function entryAnchor(entry: number | string): HTMLElement {
	return make("a", { href: `#m${entry}` }, `#${entry}`);
}

/** Sentences and points as lists, octets as boxes. */
function blockNodes(blocks: readonly BlockData[]): HTMLElement[] {
	const nodes: HTMLElement[] = [];
	let list: HTMLUListElement | undefined;
	for (const block of blocks) {
		if (block.k === "octets") {
			list = undefined;
			const [before, marked, after] = block.p;
			nodes.push(make("pre", {}, before, make("mark", {}, marked), after));
			continue;
		}
		if (list === undefined) {
			list = make("ul");
			nodes.push(list);
		}
		const severity = block.k === "sentence" ? block.g : undefined;
		const start =
			severity === undefined ? [] : [make("span", { class: `code ${severity}` }, severity === "warn" ? "warning" : severity), " "];
		list.append(make("li", block.k === "point" ? { class: "point" } : {}, ...start, ...block.p.flatMap(partNodes)));
	}
	return nodes;
}

/** Numbers of entries in our own words become links; what came over the wire stays text. */
function partNodes(part: PartData): (Node | string)[] {
	if (typeof part !== "string") return [make("code", {}, part.w)];
	return part.split(/(#\d+)/).map((piece) => (/^#\d+$/.test(piece) ? entryAnchor(piece.slice(1)) : piece));
}

/** What is marked and why, for whoever cannot point at it. */
function reasons(segments: readonly SegmentData[]): HTMLElement {
	const items = segments.flatMap((piece) =>
		typeof piece === "string" ? [] : [make("li", {}, make("code", {}, piece[0].trim()), ` – ${piece[1]}`)],
	);
	return make("ul", {}, ...items);
}

function octetsBox(segments: readonly SegmentData[]): HTMLElement {
	return make("pre", {}, ...segments.map((piece) => (typeof piece === "string" ? piece : make("mark", { title: piece[1] }, piece[0]))));
}
