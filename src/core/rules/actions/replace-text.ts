import { isUtf8 } from "node:buffer";
import type { SpanEdit } from "../../model/rewriting.js";
import { compileSearch } from "../filter/pattern.js";
import { bodyOf, contentOf, cpimOf, innerContentOf, type Span } from "../message/parts.js";
import { type ActionContext, defineAction } from "./types.js";

/** One message has no more replacements than this. */
const MOST = 10_000;

export const REPLACE_TEXT = defineAction({
	name: "replace-text",
	title: "Searches the message and replaces what it finds.",
	doc: "As plain text, or as a regular expression in RE2's syntax, whose time is linear in the length of the text; $1 to $9 in the replacement are its groups, $& all of it.",
	protocols: ["sip", "msrp"],
	needs: ({ in: where }) => (where === "head" ? "head" : "whole"),
	edits: true,
	options: {
		search: { type: "text", required: true, doc: "what is searched" },
		with: { type: "template", required: true, doc: "what stands there afterwards" },
		in: {
			type: "choice",
			values: ["content", "body", "cpim", "sdp", "head", "message"],
			default: "content",
			doc: "where: in what the CPIM wraps or else in the body, in the body, in the whole CPIM, in the SDP, in the head, everywhere",
		},
		pattern: { type: "boolean", default: false, doc: "the search is a regular expression" },
		times: { type: "integer", default: 0, min: 0, max: MOST, doc: "so many at most; 0: all" },
	},
	check({ search, pattern }) {
		if (search === "") return "search for something";
		if (!pattern) return undefined;
		try {
			compileSearch(search);
			return undefined;
		} catch (error) {
			return `search: ${error instanceof Error ? error.message : String(error)}`;
		}
	},
	example: `- name: names are left out
  match: cpim
  actions:
    - replace-text: {search: '[A-Z][a-z]+ Smith', with: somebody, pattern: true}`,
	act({ search, with: replacement, in: where, pattern, times }, context) {
		const span = spanOf(where, context);
		if (span === undefined) return undefined;
		const most = times === 0 ? MOST : times;
		const text = context.expand(replacement);
		return { edits: pattern ? byPattern(context.octets, span, search, text, most) : byText(context.octets, span, search, text, most) };
	},
});

function spanOf(where: string, context: ActionContext): Span | undefined {
	const { octets, sip, msrp } = context;
	if (where === "message") return { start: 0, end: octets.length };
	if (where === "content") return innerContentOf(context);
	if (where === "body") return bodyOf(context);
	if (where === "sdp") return contentOf(context, "application/sdp");
	if (where === "cpim") {
		const cpim = cpimOf(context);
		return cpim === undefined ? undefined : { start: cpim.at, end: cpim.end };
	}
	const offset = (sip ?? msrp)?.bodyOffset ?? -1;
	return { start: 0, end: offset < 0 ? octets.length : offset };
}

function byText(octets: Buffer, span: Span, search: string, replacement: string, most: number): SpanEdit[] {
	const wanted = Buffer.from(search, "utf8");
	const written = Buffer.from(replacement, "utf8");
	const edits: SpanEdit[] = [];
	for (
		let at = octets.indexOf(wanted, span.start);
		at >= 0 && at + wanted.length <= span.end;
		at = octets.indexOf(wanted, at + wanted.length)
	) {
		edits.push({ start: at, end: at + wanted.length, octets: written, part: "text" });
		if (edits.length === most) break;
	}
	return edits;
}

function byPattern(octets: Buffer, span: Span, search: string, replacement: string, most: number): SpanEdit[] {
	const part = octets.subarray(span.start, span.end);
	const encoding = isUtf8(part) ? "utf8" : "latin1";
	const text = part.toString(encoding);
	const edits: SpanEdit[] = [];
	let at = span.start;
	let before = 0;
	for (const { start, end, groups } of compileSearch(search)(text, most)) {
		at += Buffer.byteLength(text.slice(before, start), encoding);
		const length = Buffer.byteLength(text.slice(start, end), encoding);
		const written = replacement.replace(/\$([1-9&])/g, (_, which: string) =>
			which === "&" ? text.slice(start, end) : (groups[Number(which)] ?? ""),
		);
		edits.push({ start: at, end: at + length, octets: Buffer.from(written, encoding), part: "text" });
		at += length;
		before = end;
	}
	return edits;
}
