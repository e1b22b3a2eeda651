import type { SpanEdit } from "../../model/rewriting.js";
import { parseParams, parseUri, splitSpans } from "../../protocols/uri/index.js";
import type { ActionContext } from "../actions/types.js";
import { type HeaderSection, type Row, rowsNamed, sectionOf } from "./headers.js";

/** Headers whose addresses may say isfocus: of SIP, and of CPIM. */
export const FOCUS_PLACES = ["contact", "from", "to", "p-asserted-identity", "referred-by", "cpim-from", "cpim-to", "cpim-cc"] as const;
export type FocusPlace = (typeof FOCUS_PLACES)[number];

/** Ways to write it, by what the parameter or its surroundings look like; F1 to F15 of the positions in which isfocus occurs. */
export const FOCUS_FORMS = {
	uri: "<sip:x@h;isfocus>: parameter of the URI",
	header: "<sip:x@h>;isfocus: parameter of the header, in CPIM misplaced",
	bare: "sip:x@h;isfocus: without brackets, so a parameter of the header (SIP only)",
	"mixed-case": "<sip:x@h;IsFocus>",
	escaped: "<sip:x@h;%69sfocus>",
	empty: "<sip:x@h;isfocus=>",
	true: "<sip:x@h;isfocus=true>",
	false: "<sip:x@h;isfocus=false>",
	negated: '<sip:x@h>;isfocus="!TRUE": the media feature denied',
	twice: "<sip:x@h;isfocus;isfocus>",
	"cpim-escaped": "<sip:x@h\\u003bisfocus>: an escape that only CPIM knows",
	before: "From:;isfocus <sip:x@h>: a parameter of a CPIM header (CPIM only)",
	user: "<sip:x;isfocus@h>: part of the user, no parameter at all",
	headers: "<sip:x@h?isfocus=1>: a header of the URI, no parameter",
	longer: "<sip:x@h;isfocused>: another parameter",
	name: '"x;isfocus" <sip:x@h>: part of the name',
} as const;
export type FocusForm = keyof typeof FOCUS_FORMS;

export const isCpimPlace = (place: string): boolean => place.startsWith("cpim-");

type Message = Pick<ActionContext, "octets" | "sip" | "msrp" | "whole" | "protocol">;

/** One address of a header, as octets one a character. */
interface Spot {
	place: FocusPlace;
	/** offset in the message of text[0] */
	at: number;
	text: string;
	/** between the colon and the value: parameters of a CPIM header */
	before: { at: number; text: string };
}

/** Where isfocus is taken from: inside of URIs, outside of them, or both. Decoys (parts of the user, of a name, of other words) stay. */
export function stripFocus(message: Message, places: readonly FocusPlace[], form: "any" | "uri" | "header"): SpanEdit[] {
	return spotsOf(message, places).flatMap((spot) => {
		const { open, close, uriEnd } = shapeOf(spot);
		const found: [number, number][] = [];
		if (form !== "header") found.push(...uriParameters(spot.text, open, uriEnd, isCpimPlace(spot.place)));
		if (form !== "uri") {
			found.push(...parameters(spot.text, close, spot.text.length));
			if (isCpimPlace(spot.place)) {
				const shift = spot.before.at - spot.at;
				for (const [start, end] of parameters(spot.before.text, 0, spot.before.text.length)) found.push([start + shift, end + shift]);
			}
		}
		return found.sort((a, b) => a[0] - b[0]).map(([start, end]) => edit(spot, start, end, "", `isfocus taken out of ${spot.place}`));
	});
}

/** Writes isfocus in that form; nothing where it is there in that form already or the form has no sense there. */
export function addFocus(message: Message, places: readonly FocusPlace[], form: FocusForm): SpanEdit[] {
	return spotsOf(message, places).flatMap((spot) => focusEdits(spot, form));
}

function focusEdits(spot: Spot, form: FocusForm): SpanEdit[] {
	const cpim = isCpimPlace(spot.place);
	if ((form === "bare" && cpim) || ((form === "before" || form === "cpim-escaped") && !cpim)) return [];
	const { open, close, uriEnd, bracketed } = shapeOf(spot);
	const why = `isfocus put into ${spot.place}`;
	const put = (at: number, text: string): SpanEdit => edit(spot, at, at, text, why);
	const inUri = (text: string): SpanEdit[] => {
		const query = spot.text.indexOf("?", open);
		const at = query >= 0 && query < uriEnd ? query : uriEnd;
		return bracketed || cpim
			? [put(at, text)]
			: [put(open, "<"), put(at, at === uriEnd ? `${text}>` : text), ...(at === uriEnd ? [] : [put(uriEnd, ">")])];
	};
	const has = {
		uri: uriParameters(spot.text, open, uriEnd, cpim).length > 0,
		header: parameters(spot.text, close, spot.text.length).length > 0,
	};
	switch (form) {
		case "uri":
			return has.uri ? [] : inUri(";isfocus");
		case "header":
			return has.header ? [] : [put(close, ";isfocus")];
		case "negated":
			return has.header ? [] : [put(close, ';isfocus="!TRUE"')];
		case "bare": {
			const rest = spot.text.slice(close).trimStart();
			return has.header ? [] : [edit(spot, 0, spot.text.length, `${spot.text.slice(open, uriEnd)};isfocus${rest}`, why)];
		}
		case "mixed-case":
			return inUri(";IsFocus");
		case "escaped":
			return inUri(";%69sfocus");
		case "empty":
			return inUri(";isfocus=");
		case "true":
		case "false":
			return inUri(`;isfocus=${form}`);
		case "twice":
			return inUri(";isfocus;isfocus");
		case "longer":
			return inUri(";isfocused");
		case "cpim-escaped":
			return inUri("\\u003bisfocus");
		case "before":
			return [{ start: spot.before.at, end: spot.before.at, octets: Buffer.from(";isfocus"), part: `CPIM ${nameOf(spot)}`, why }];
		case "user": {
			const host = spot.text.lastIndexOf("@", uriEnd);
			return host < open ? [] : [put(host, ";isfocus")];
		}
		case "headers":
			return [edit(spot, uriEnd, uriEnd, spot.text.slice(open, uriEnd).includes("?") ? "&isfocus=1" : "?isfocus=1", why)];
		case "name":
			return bracketed ? [edit(spot, 0, open - 1, '"x;isfocus" ', why)] : [];
	}
}

/** The addresses of these headers, lists taken apart. */
function spotsOf(message: Message, places: readonly FocusPlace[]): Spot[] {
	const spots = FOCUS_PLACES.filter((place) => places.includes(place)).flatMap((place): Spot[] => {
		const section = sectionOf(message, isCpimPlace(place) ? "cpim" : "sip");
		if (section === undefined) return [];
		return rowsOf(section, place).flatMap((row) => spotsOfRow(message.octets, place, row));
	});
	return spots.sort((a, b) => a.at - b.at);
}

function rowsOf(section: HeaderSection, place: FocusPlace): Row[] {
	if (!isCpimPlace(place)) return rowsNamed(section, place);
	const name = place === "cpim-cc" ? "cc" : place === "cpim-from" ? "From" : "To";
	return section.rows.filter((row) => row.key === name || row.key.endsWith(`.${name}`));
}

function spotsOfRow(octets: Buffer, place: FocusPlace, row: Row): Spot[] {
	const text = octets.toString("latin1", row.valueStart, row.valueEnd);
	const colon = octets.indexOf(58, row.start) + 1;
	const before = { at: colon, text: octets.toString("latin1", colon, Math.max(colon, row.valueStart)).trimEnd() };
	if (isCpimPlace(place)) return [{ place, at: row.valueStart, text, before }];
	return splitSpans(text)
		.filter(({ start, end }) => end > start && text.slice(start, end) !== "*")
		.map(({ start, end }) => ({ place, at: row.valueStart + start, text: text.slice(start, end), before }));
}

/** Where the URI begins and ends, and what is behind it begins; offsets in the text. */
function shapeOf({ text, place }: Spot): { open: number; uriEnd: number; close: number; bracketed: boolean } {
	const from = text.startsWith('"') ? afterQuote(text) : 0;
	const bracket = text.indexOf("<", from);
	if (bracket >= 0) {
		const end = text.indexOf(">", bracket);
		return { open: bracket + 1, uriEnd: end < 0 ? text.length : end, close: end < 0 ? text.length : end + 1, bracketed: true };
	}
	const semicolon = text.indexOf(";");
	// RFC 3261 §20: without brackets what follows the first semicolon belongs to the header. CPIM knows no such rule.
	const end = isCpimPlace(place) || semicolon < 0 ? text.length : semicolon;
	return { open: 0, uriEnd: end, close: isCpimPlace(place) ? text.length : end, bracketed: false };
}

function afterQuote(text: string): number {
	for (let i = 1; i < text.length; i++) {
		if (text[i] === "\\") i++;
		else if (text[i] === '"') return i + 1;
	}
	return text.length;
}

/** Spans of isfocus among the URI's parameters, their semicolons included: any case, escaped, valued, repeated. */
function uriParameters(text: string, open: number, uriEnd: number, cpim: boolean): [number, number][] {
	const uri = text.slice(open, uriEnd);
	const found = parseUri(uri)
		.params.filter(({ name }) => isFocus(name))
		.map(({ span }): [number, number] => [open + uri.lastIndexOf(";", span.start), open + span.end]);
	if (!cpim) return found;
	for (const match of uri.matchAll(/\\u003[bB]([A-Za-z%0-9]+)(?:=[^;>\\?]*)?(?=[;>\\?]|$)/g)) {
		if (isFocus(match[1]!)) found.push([open + match.index, open + match.index + match[0].length]);
	}
	return found;
}

function parameters(text: string, from: number, to: number): [number, number][] {
	if (from >= to || !text.includes(";", from)) return [];
	const first = text.indexOf(";", from);
	return parseParams(text, first, to)
		.filter(({ name }) => isFocus(name))
		.map(({ span }): [number, number] => [text.lastIndexOf(";", span.start), span.end]);
}

function isFocus(name: string): boolean {
	const plain = name.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return plain.toLowerCase() === "isfocus";
}

function nameOf({ place }: Spot): string {
	const name = place.replace(/^cpim-/, "");
	return name === "cc" ? name : name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase());
}

function edit(spot: Spot, start: number, end: number, text: string, why: string): SpanEdit {
	const part = `${isCpimPlace(spot.place) ? "CPIM " : ""}${nameOf(spot)}`;
	return { start: spot.at + start, end: spot.at + end, octets: Buffer.from(text, "latin1"), part, why };
}
