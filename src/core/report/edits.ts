import { excerpt } from "../export/content-summary.js";
import { escapeTerminal } from "../export/escape.js";
import { rewritingChanges } from "../export/rewriting.js";
import type { Entry, SipEntry } from "../model/entry.js";
import { FifoMap } from "../session/bounded.js";
import type { EditData } from "./data.js";

const LONGEST = 400;
const MOST = 50;
/** SIP messages whose lines are remembered for their copy on the other leg, and how much of each */
const REMEMBERED = 4096;
const HEAD = 8192;
/** What every hop adds or counts, and what says nothing about a box that rewrites. */
const ROUTINE = /^(?:via|v|max-forwards|content-length|l|record-route|route)$/i;

/**
 * What was changed of messages on their way: what the live proxy says it edited, and for a SIP message that was seen on two
 * legs the lines that differ. Memory is bounded.
 */
export class EditFinder {
	readonly #lines = new FifoMap<number, string[]>(REMEMBERED);

	/** Called once for each entry, in order. */
	of(entry: Entry): EditData[] {
		const { rewritten } = entry;
		const between = entry.protocol === "sip" ? this.#between(entry) : [];
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

	#between(entry: SipEntry): EditData[] {
		const { sip, links } = entry;
		const own = sip.bytes.toString("utf8", sip.start, Math.min(sip.end, sip.start + HEAD)).split(/\r?\n/);
		this.#lines.set(entry.number, own);
		const other = links.repeats === undefined ? undefined : this.#lines.get(links.repeats);
		if (other === undefined) return [];
		const edits: EditData[] = [];
		const [before, after] = [byName(other), byName(own)];
		for (const [name, values] of before) {
			const now = after.get(name) ?? [];
			const gone = values.filter((value) => !now.includes(value));
			const come = now.filter((value) => !values.includes(value));
			for (let at = 0; at < Math.max(gone.length, come.length); at++)
				edits.push(edit(name, gone[at] ?? "", come[at] ?? "", links.repeats!));
		}
		for (const [name, values] of after)
			if (!before.has(name)) for (const value of values) edits.push(edit(name, "", value, links.repeats!));
		return edits.slice(0, MOST);
	}
}

function edit(name: string, before: string, after: string, entry: number): EditData {
	return { by: `since #${entry}`, part: escapeTerminal(name), before: short(before), after: short(after), why: "" };
}

/** Lines by header name, or by letter of SDP; the start line has no name. */
function byName(lines: readonly string[]): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const [index, line] of lines.entries()) {
		const split = /^([A-Za-z][A-Za-z0-9-]*)\s*[:=]\s*(.*)$/s.exec(line);
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
