import { excerpt } from "../export/content-summary.js";
import { escapeTerminal } from "../export/escape.js";
import { rewritingChanges } from "../export/rewriting.js";
import type { Entry, MsrpEntry, SipEntry } from "../model/entry.js";
import { FifoMap } from "../session/bounded.js";
import type { EditData } from "./data.js";

const LONGEST = 400;
const MOST = 50;
/** messages whose beginning is remembered for their copy on the other leg, and how many octets of each */
const REMEMBERED = 2048;
const HEAD = 8192;
/** What every hop adds or counts, and what says nothing about a box that rewrites. */
const ROUTINE = /^(?:via|v|max-forwards|content-length|l|record-route|route|to-path|from-path)$/i;

/**
 * What was changed of messages on their way: what the live proxy says it edited, else, for a message that was seen on two legs,
 * the lines that differ. Memory is bounded.
 */
export class EditFinder {
	readonly #heads = new FifoMap<number, Buffer>(REMEMBERED);

	/** Called once for each entry, in order; `copyOf` is the entry of the same message on the leg that it came from. */
	of(entry: Entry, copyOf: number | undefined): EditData[] {
		const { rewritten } = entry;
		const between = entry.protocol === "sip" || entry.protocol === "msrp" ? this.#between(entry, copyOf) : [];
		if (rewritten === undefined) return between;
		return rewritingChanges(rewritten)
			.slice(0, MOST)
			.map(({ by, edit, before }) => ({
				by: escapeTerminal(by),
				part: escapeTerminal(edit.part ?? `octets ${edit.start} to ${edit.end}`),
				before: short(before.toString("utf8")),
				after: short(edit.octets.toString("utf8")),
				why: escapeTerminal(edit.why ?? ""),
			}));
	}

	#between(entry: SipEntry | MsrpEntry, copyOf: number | undefined): EditData[] {
		const frame = entry.protocol === "sip" ? entry.sip : entry.msrp;
		const own = Buffer.from(frame.bytes.subarray(frame.start, Math.min(frame.end, frame.start + HEAD)));
		this.#heads.set(entry.number, own);
		const other = copyOf === undefined ? undefined : this.#heads.get(copyOf);
		return other === undefined || other.equals(own) ? [] : differences(linesOf(other), linesOf(own), copyOf!);
	}
}

function differences(before: readonly string[], after: readonly string[], copyOf: number): EditData[] {
	const edits: EditData[] = [];
	const [old, now] = [byName(before), byName(after)];
	for (const [name, values] of old) {
		const others = now.get(name) ?? [];
		const gone = without(values, others);
		const come = without(others, values);
		for (let at = 0; at < Math.max(gone.length, come.length); at++) edits.push(edit(name, gone[at] ?? "", come[at] ?? "", copyOf));
	}
	for (const [name, values] of now) if (!old.has(name)) for (const value of values) edits.push(edit(name, "", value, copyOf));
	return edits.slice(0, MOST);
}

function linesOf(head: Buffer): string[] {
	return head.toString("utf8").split(/\r?\n/);
}

function without(values: readonly string[], others: readonly string[]): string[] {
	const known = new Set(others);
	return values.filter((value) => !known.has(value));
}

function edit(name: string, before: string, after: string, copyOf: number): EditData {
	return { by: `since #${copyOf}`, part: escapeTerminal(name), before: short(before), after: short(after), why: "" };
}

/** Lines by header name, or by letter of SDP; the start line has no name. */
function byName(lines: readonly string[]): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const [index, line] of lines.entries()) {
		const split = /^([A-Za-z][A-Za-z0-9.-]*)\s*[:=]\s*(.*)$/s.exec(line);
		const name = index === 0 ? "first line" : (split?.[1] ?? "body");
		if (line === "" || ROUTINE.test(name)) continue;
		const value = index === 0 || split === null ? line : split[2]!;
		const known = found.get(name);
		if (known === undefined) found.set(name, [value]);
		else known.push(value);
	}
	return found;
}

function short(text: string): string {
	return escapeTerminal(excerpt(text, LONGEST));
}
