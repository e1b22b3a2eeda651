import type { Unit } from "./types.js";
import { readUnit } from "./unit.js";

/** Octets [start, end) give way to latin1 text. */
export interface Edit {
	start: number;
	end: number;
	text: string;
}

/** The message with its edits, Content-Length (SIP) and the range of a whole MSRP body following what they change. */
export function withBodyLengths(unit: Unit, edits: readonly Edit[]): Buffer {
	const view = unit.protocol === "sip" ? unit.sip : unit.msrp;
	const body = view.bodyOffset;
	let grown = 0;
	const close = unit.protocol === "msrp" ? unit.octets.lastIndexOf("-------") : unit.octets.length;
	for (const { start, end, text } of edits) if (body >= 0 && start >= body && start < close) grown += text.length - (end - start);
	const all = [...edits];
	if (grown !== 0) {
		const row = unit.protocol === "sip" ? unit.sip.row("content-length") : unit.msrp.row("byte-range");
		const value = row === undefined ? undefined : follow(unit.protocol, row.value, grown);
		if (row !== undefined && value !== undefined) all.push({ start: row.valueStart, end: row.valueEnd, text: value });
	}
	return apply(unit.octets, all);
}

/** Content-Length, or "1-n/n": a chunk among others keeps its range, because the others say what they said. */
function follow(protocol: "sip" | "msrp", value: string, grown: number): string | undefined {
	if (protocol === "sip") return /^\d{1,9}$/.test(value) ? String(Number(value) + grown) : undefined;
	const range = /^1-(\d{1,15}|\*)\/(\d{1,15})$/.exec(value);
	if (range === null || (range[1] !== "*" && range[1] !== range[2])) return undefined;
	const total = Number(range[2]) + grown;
	return `1-${range[1] === "*" ? "*" : total}/${total}`;
}

function apply(octets: Buffer, edits: readonly Edit[]): Buffer {
	const ordered = [...edits].sort((one, other) => one.start - other.start || one.end - other.end);
	const parts: Buffer[] = [];
	let at = 0;
	for (const { start, end, text } of ordered) {
		if (start < at) continue;
		parts.push(octets.subarray(at, start), Buffer.from(text, "latin1"));
		at = end;
	}
	parts.push(octets.subarray(at));
	return Buffer.concat(parts);
}

/** Replaces words everywhere in a message (--map); lengths follow. */
export function spliced(octets: Buffer, protocol: "sip" | "msrp", replacements: readonly (readonly [string, string])[]): Buffer {
	const unit = readUnit(protocol, octets);
	if (unit === undefined) return octets;
	const text = octets.toString("latin1");
	const edits: Edit[] = [];
	for (const [old, next] of replacements) {
		if (old === "") continue;
		for (let at = text.indexOf(old); at >= 0; at = text.indexOf(old, at + old.length)) {
			const end = at + old.length;
			if (edits.every((edit) => edit.end <= at || edit.start >= end)) edits.push({ start: at, end, text: next });
		}
	}
	return withBodyLengths(unit, edits);
}
