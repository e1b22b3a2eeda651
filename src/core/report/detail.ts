import type { Verdict } from "../classify/classifier.js";
import { explain } from "../explain/explain.js";
import type { Block, Part } from "../explain/types.js";
import { escapeTerminal } from "../export/escape.js";
import { severityOf } from "../export/severity.js";
import { formatDifference } from "../export/time-format.js";
import { hostPort } from "../fields/addresses.js";
import { DIAGNOSTICS } from "../model/diagnostics/index.js";
import type { MsrpEntry, SipEntry } from "../model/entry.js";
import type { Problem } from "../model/problem.js";
import type { BlockData, DetailData, EditData, PartData, SegmentData } from "./data.js";
import { type Mark, segments } from "./octets.js";
import type { SectionContext } from "./types.js";

/** Octets of messages that one page shows, and messages that it explains. */
const OCTETS = 24 << 20;
const EXPLAINED = 5000;
const DIVERGING = 5000;

/** Makes the details of messages. Blocks of explanations are mostly the same for many messages: each is kept once. */
export class DetailMaker {
	readonly words: BlockData[] = [];
	readonly #indexes = new Map<string, number>();
	readonly #context: SectionContext;
	#octets = 0;
	#explained = 0;
	#diverging = 0;

	constructor(context: SectionContext) {
		this.#context = context;
	}

	detail(entry: SipEntry | MsrpEntry, copyOf: number | undefined, edits: readonly EditData[]): DetailData {
		const { links, problems } = entry;
		const frame = entry.protocol === "sip" ? entry.sip : entry.msrp;
		const what = frame.kind === "request" ? frame.method : `${frame.status}`;
		const session = links.session === undefined ? "" : `session ${links.session} · `;
		const ends = `${hostPort(entry.from.address, entry.from.port)} → ${hostPort(entry.to.address, entry.to.port)}`;
		const detail: DetailData = {
			n: entry.number,
			h: `${entry.protocol.toUpperCase()} ${escapeTerminal(what)}`,
			w: `${session}${formatDifference(entry.at, this.#context.zero)} s · ${ends} over ${entry.over}`,
		};
		if (entry.verdict !== undefined) this.#explain(detail, entry, entry.verdict);
		if (this.#octets < OCTETS) {
			this.#octets += frame.end - frame.start;
			const octets = frame.bytes.subarray(frame.start, frame.end);
			detail.o = segments(octets, problems.flatMap(problemMark), frame.length);
			if (entry.cpim !== undefined && entry.cpimBytes !== undefined) detail.c = judged(entry, entry.verdict);
		}
		if (problems.length > 0) detail.f = problems.slice(0, 50).map(problemData);
		if (edits.length > 0) detail.e = [...edits];
		const others: [string, number][] = [];
		if (links.answers !== undefined) others.push(["answers", links.answers]);
		if (links.repeats !== undefined) others.push(["repeats", links.repeats]);
		if (copyOf !== undefined) others.push(["on the other leg:", copyOf]);
		if (others.length > 0) detail.r = others;
		return detail;
	}

	#explain(detail: DetailData, entry: SipEntry | MsrpEntry, verdict: Verdict): void {
		const { classify, zero } = this.#context;
		if (classify === undefined) return;
		if (verdict.divergences.length > 0 ? this.#diverging++ >= DIVERGING : this.#explained++ >= EXPLAINED) return;
		const { sections } = explain(entry, verdict, { classify: { level: classify.level, rules: classify.rules }, zero });
		detail.x = sections.map(({ title, blocks }) => [title, ...blocks.map((block) => this.#index(block))]);
	}

	#index(block: Block): number {
		const data = blockData(block);
		const key = JSON.stringify(data);
		let index = this.#indexes.get(key);
		if (index === undefined) {
			index = this.words.push(data) - 1;
			this.#indexes.set(key, index);
		}
		return index;
	}
}

export function problemData(problem: Problem): [severity: string, id: string, text: string] {
	const { summary, clause } = DIAGNOSTICS[problem.id];
	const detail = problem.detail === undefined || problem.detail === "" ? "" : ` (${problem.detail.slice(0, 400)})`;
	return [severityOf(problem), problem.id, escapeTerminal(`${summary}${detail}${clause === "" ? "" : ` – ${clause}`}`)];
}

function problemMark({ id, offset, length }: Problem): Mark[] {
	return length === 0 ? [] : [{ start: offset, end: offset + length, why: id }];
}

/** The CPIM content with the addresses that clients compared, and whatever else a rule rests on. */
function judged(entry: SipEntry | MsrpEntry, verdict: Verdict | undefined): SegmentData[] {
	const { cpim, cpimBytes } = entry;
	const marks: Mark[] = [...cpim!.from, ...cpim!.to, ...cpim!.cc].map(({ header, uriStart, uriEnd }) =>
		uriEnd > uriStart
			? { start: uriStart, end: uriEnd, why: `${header.local}: what clients compare` }
			: { start: header.valueStart, end: header.valueEnd, why: header.local },
	);
	for (const { rule, clause, evidence } of verdict?.firings ?? []) {
		for (const { what, start, end } of evidence) {
			if (start === undefined || end === undefined || end <= start) continue;
			const why = `${rule}${clause === "" ? "" : `, ${clause}`}`;
			// The evidence is the whole header line; what was looked at in it is the address.
			const inside = marks.filter((mark) => mark.start >= start && mark.end <= end);
			for (const mark of inside) mark.why += `; ${why}`;
			if (inside.length === 0) marks.push({ start, end, why: `${what}: ${why}` });
		}
	}
	return segments(cpimBytes!, marks);
}

function blockData(block: Block): BlockData {
	if (block.kind === "octets")
		return { k: "octets", p: [escapeTerminal(block.before), escapeTerminal(block.marked), escapeTerminal(block.after)] };
	const p = block.parts.map(partData);
	if (block.kind === "point") return { k: "point", p };
	return block.severity === undefined ? { k: "sentence", p } : { k: "sentence", p, g: block.severity };
}

function partData(part: Part): PartData {
	return typeof part === "string" ? part : { w: escapeTerminal(part.wire) };
}
