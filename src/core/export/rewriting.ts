import type { Headline } from "../classify/types.js";
import type { Entry } from "../model/entry.js";
import type { Rewriting, SpanEdit } from "../model/rewriting.js";
import { excerpt } from "./content-summary.js";
import { escapeTerminal } from "./escape.js";
import type { Palette } from "./palette.js";

/** Edits that are shown of one message. */
const MOST = 50;
/** Characters that are shown of what an edit took out and put in. */
const LONGEST = 400;

/** " [A2: Contact URI]": what the live proxy changed, for the line of a message; "" where it changed nothing. */
export function rewritingTag({ rewritten }: Entry): string {
	if (rewritten === undefined) return "";
	const stages = rewritten.stages.map(({ by, edits, did }) => {
		const parts = [...new Set([...edits.flatMap(({ part }) => part ?? []), ...(did === undefined ? [] : [did])])];
		return parts.length === 0 ? by : `${by}: ${parts.join(", ")}`;
	});
	return ` [${stages.join("; ")}]`;
}

/** The lines that `-v` shows about what was changed, and what that did to how clients take the message. */
export function rewritingDetail(lines: string[], entry: Entry, palette: Palette): void {
	const { rewritten } = entry;
	if (rewritten === undefined) return;
	for (const { by, did } of rewritten.stages) {
		if (did !== undefined) lines.push(`${palette.dim(`${escapeTerminal(by)}:`)} ${escapeTerminal(did)}`);
	}
	const found = rewritingChanges(rewritten);
	for (const { by, edit, before } of found.slice(0, MOST)) {
		const why = edit.why === undefined ? "" : ` (${edit.why})`;
		const text = `${edit.part ?? `octets ${edit.start} to ${edit.end}`}: "${short(before)}" became "${short(edit.octets)}"${why}`;
		lines.push(`${palette.dim(`${escapeTerminal(by)}:`)} ${escapeTerminal(text)}`);
	}
	if (found.length > MOST) lines.push(palette.dim(`… ${found.length - MOST} more changes`));
	const classes = classChange(entry);
	if (classes !== undefined) lines.push(`${palette.dim("class by the change:")} ${classes.before} became ${classes.after}`);
}

/** The value of "rewritten" in JSON; undefined where nothing was changed. */
export function rewritingJson(entry: Entry): object | undefined {
	const { rewritten } = entry;
	if (rewritten === undefined) return undefined;
	const edits = rewritingChanges(rewritten).map(({ by, edit, before }) => ({
		by,
		...(edit.part === undefined ? {} : { part: edit.part }),
		offset: edit.start,
		before: before.toString("utf8"),
		after: edit.octets.toString("utf8"),
		...(edit.why === undefined ? {} : { why: edit.why }),
	}));
	const did = rewritten.stages.flatMap(({ by, did }) => (did === undefined ? [] : [{ by, what: did }]));
	const classes = classChange(entry);
	return {
		...(rewritten.received === undefined ? {} : { received: rewritten.received }),
		edits,
		...(did.length === 0 ? {} : { did }),
		...(classes === undefined ? {} : { "class.before": classes.before, "class.after": classes.after }),
	};
}

/** Schema of `rewritingJson`. */
export const REWRITING_SCHEMA = {
	type: "object",
	description: "what the live proxy changed in the message, on the entry of the leg that it went out on",
	required: ["edits"],
	properties: {
		received: { type: "integer", minimum: 1, description: "entry about the message as it came" },
		edits: {
			type: "array",
			items: {
				type: "object",
				required: ["by", "offset", "before", "after"],
				properties: {
					by: { type: "string", description: "ALG profile or rule; mitmsrp where it mended a length" },
					part: { type: "string" },
					offset: { type: "integer", minimum: 0, description: "octets from the start of what this author was given" },
					before: { type: "string" },
					after: { type: "string" },
					why: { type: "string" },
				},
				additionalProperties: false,
			},
		},
		did: {
			type: "array",
			description: "what was done beside edits: waiting, splitting, marks",
			items: {
				type: "object",
				required: ["by", "what"],
				properties: { by: { type: "string", description: "rule" }, what: { type: "string" } },
				additionalProperties: false,
			},
		},
		"class.before": { type: "string", description: "class of the message as it came" },
		"class.after": { type: "string" },
	},
	additionalProperties: false,
};

/** One edit with what stood there before. */
export interface RewritingChange {
	by: string;
	edit: SpanEdit;
	before: Buffer;
}

/** All edits in order, with what stood there: each stage's spans count in what the stages before it left. */
export function rewritingChanges(rewritten: Rewriting): RewritingChange[] {
	const found: RewritingChange[] = [];
	let octets = rewritten.before;
	for (const { by, edits } of rewritten.stages) {
		for (const edit of edits) found.push({ by, edit, before: octets.subarray(edit.start, edit.end) });
		octets = replay(octets, edits);
	}
	return found;
}

function replay(octets: Buffer, edits: readonly SpanEdit[]): Buffer {
	const parts: Buffer[] = [];
	let at = 0;
	for (const { start, end, octets: replacement } of edits) {
		parts.push(octets.subarray(at, Math.max(at, start)), replacement);
		at = end;
	}
	parts.push(octets.subarray(at));
	return Buffer.concat(parts);
}

function classChange(entry: Entry): { before: Headline; after: Headline } | undefined {
	const before = entry.rewritten?.verdict?.headline;
	const after = entry.verdict?.headline;
	return before === undefined || after === undefined || before === after ? undefined : { before, after };
}

function short(octets: Buffer): string {
	return excerpt(octets.toString("utf8"), LONGEST);
}
