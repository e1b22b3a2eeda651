import type { Entry } from "../../../../core/model/entry.js";

export interface Stretch {
	readonly start: number;
	readonly end: number;
}

/** Stretches of the message's octets that its verdict rests on, counted from the frame's first octet, in order, none overlapping. */
export function evidenceIn(entry: Entry): Stretch[] {
	if ((entry.protocol !== "sip" && entry.protocol !== "msrp") || entry.verdict === undefined) return [];
	const base = contentOffset(entry);
	if (base === undefined) return [];
	const found = stretches(entry);
	return found.map(({ start, end }) => ({ start: start + base, end: end + base }));
}

/** The same, counted from the first octet of the CPIM content. */
export function stretches({ verdict }: Entry): Stretch[] {
	const found: { start: number; end: number }[] = [];
	for (const { evidence } of verdict?.firings ?? []) {
		for (const { start, end } of evidence) if (start !== undefined && end !== undefined && end > start) found.push({ start, end });
	}
	found.sort((a, b) => a.start - b.start || b.end - a.end);
	const merged: { start: number; end: number }[] = [];
	for (const one of found) {
		const last = merged.at(-1);
		if (last !== undefined && one.start <= last.end) last.end = Math.max(last.end, one.end);
		else merged.push({ ...one });
	}
	return merged;
}

/** Where the CPIM content begins in the frame; undefined where it is not (only) there. */
function contentOffset(entry: Entry & { protocol: "sip" | "msrp" }): number | undefined {
	const { cpimBytes } = entry;
	if (cpimBytes === undefined || cpimBytes.length === 0) return undefined;
	const { bytes, start, end } = entry.protocol === "sip" ? entry.sip : entry.msrp;
	const at = bytes.subarray(start, end).indexOf(cpimBytes);
	return at < 0 ? undefined : at;
}
