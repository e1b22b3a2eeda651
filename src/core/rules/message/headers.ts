import type { SpanEdit } from "../../model/rewriting.js";
import { IMDN_NAMESPACE } from "../../protocols/cpim/index.js";
import { headerKey } from "../../protocols/sip/index.js";
import type { ActionContext } from "../actions/types.js";
import { imdnSection } from "./imdn-section.js";
import { cpimMimeOf, cpimOf } from "./parts.js";
import { sdpSection } from "./sdp-section.js";

/**
 * Whose header section is meant. "content": the MIME headers of what a CPIM wraps; "sdp": its lines, attributes as "a=setup";
 * "imdn-xml": elements of a notification.
 */
export const SCOPES = ["sip", "msrp", "cpim", "imdn", "content", "sdp", "imdn-xml"] as const;
/** What to say of scopes where one is to be chosen. */
export const SCOPE_DOC =
	"whose header: of the message itself (default), of the CPIM in it, of CPIM in the IMDN namespace (RFC 5438), of what the CPIM wraps, a line of the SDP (as c or a=setup), or an element of a notification (as status)";
export type Scope = (typeof SCOPES)[number];

/** One header row: octets [start, end) with its line end, the value alone in [valueStart, valueEnd). */
export interface Row {
	name: string;
	/** what names are compared by in this scope */
	key: string;
	value: string;
	start: number;
	end: number;
	valueStart: number;
	valueEnd: number;
}

/** A header section of a message. */
export interface HeaderSection {
	scope: Scope;
	rows: Row[];
	/** the line end that the message uses */
	eol: string;
	/** where a new row of that name goes */
	place(name: string): number;
	/** the name as it has to be written for a new row; of IMDN with its prefix */
	spelling(name: string): string;
	/** rows that a new row of that scope needs before it */
	before: string;
	/** how a row is written, where not as name, colon, value, line end */
	write?(name: string, value: string): string;
	/** where a row has its name, where not at its beginning only */
	names?(row: Row): { start: number; end: number }[];
	/** the value as it has to be written */
	valued?(row: Row, value: string): string;
}

type Message = Pick<ActionContext, "octets" | "sip" | "msrp" | "whole" | "protocol">;

/** The key by which that scope compares names: SIP knows short forms, MSRP and MIME ignore case, CPIM does not (RFC 3862 §4). */
export function keyIn(scope: Scope, name: string): string {
	if (scope === "sip") return headerKey(name.trim());
	return scope === "cpim" || scope === "imdn" || scope === "imdn-xml" ? name.trim() : name.trim().toLowerCase();
}

/** The section of that scope; undefined where the message has none. Without a scope: SIP's or MSRP's own. */
export function sectionOf(message: Message, scope: Scope = message.protocol): HeaderSection | undefined {
	if (scope === "sip" || scope === "msrp") return scope === "sip" ? sipSection(message) : msrpSection(message);
	if (scope === "sdp") return sdpSection(message);
	if (scope === "imdn-xml") return imdnSection(message);
	return scope === "content" ? contentSection(message) : cpimSection(message, scope);
}

/** The rows of that name. */
export function rowsNamed({ scope, rows }: HeaderSection, name: string): Row[] {
	const key = keyIn(scope, name);
	return rows.filter((row) => row.key === key || (scope === "imdn" && row.name === key));
}

/** Replaces the value of a row, in its own spelling. */
export function valueEdit({ scope, valued }: HeaderSection, row: Row, value: string): SpanEdit | undefined {
	const text = valued?.(row, oneLine(value)) ?? oneLine(value);
	if (text === row.value) return undefined;
	return { start: row.valueStart, end: row.valueEnd, octets: Buffer.from(text, "utf8"), part: partName(scope, row.name) };
}

/** Adds a row behind the others. */
export function addEdit(section: HeaderSection, name: string, value: string): SpanEdit {
	const at = section.place(name);
	const row = section.write?.(name, oneLine(value)) ?? `${section.spelling(name)}: ${oneLine(value)}${section.eol}`;
	const text = `${section.before}${row}`;
	return { start: at, end: at, octets: Buffer.from(text, "utf8"), part: partName(section.scope, name) };
}

/** Takes a row out, line end and all. */
export function removeEdit({ scope }: HeaderSection, row: Row): SpanEdit {
	return { start: row.start, end: row.end, octets: Buffer.alloc(0), part: partName(scope, row.name) };
}

/** Gives a row another name. */
export function renameEdits(section: HeaderSection, row: Row, name: string): SpanEdit[] {
	const places = section.names?.(row) ?? [{ start: row.start, end: row.start + Buffer.byteLength(row.name) }];
	const octets = Buffer.from(oneLine(name), "utf8");
	return places.map((place) => ({ ...place, octets, part: partName(section.scope, row.name), why: `is called ${oneLine(name)} now` }));
}

/** A value fits on its line: what a message says must not become further headers. */
export function oneLine(text: string): string {
	return text.replace(/[\r\n]+/g, " ");
}

export function partName(scope: Scope, name: string): string {
	return scope === "sip" || scope === "msrp" ? name : `${SHOWN[scope]} ${name}`;
}

function sipSection({ sip, octets }: Message): HeaderSection | undefined {
	if (sip === undefined) return undefined;
	const startLine = octets.indexOf(10) + 1;
	const rows = sip.headers.map((row) => ({ ...row }));
	const end = rows.at(-1)?.end ?? startLine;
	return plain("sip", rows, octets, () => end);
}

const SHOWN = { cpim: "CPIM", imdn: "CPIM", content: "content", sdp: "SDP", "imdn-xml": "IMDN" } as const;

/** RFC 4975 §9: Content-Type stands last, with the other Content- headers before it. */
function msrpSection({ msrp, octets }: Message): HeaderSection | undefined {
	if (msrp === undefined) return undefined;
	const rows = msrp.headers.map((row) => ({ ...row }));
	const end = rows.at(-1)?.end ?? octets.indexOf(10) + 1;
	const content = rows.find(({ key }) => key.startsWith("content-"))?.start ?? end;
	const type = rows.find(({ key }) => key === "content-type")?.start ?? end;
	return plain("msrp", rows, octets, (name) => {
		const key = name.toLowerCase();
		return key === "content-type" ? end : key.startsWith("content-") ? type : content;
	});
}

function plain(scope: Scope, rows: Row[], octets: Buffer, place: (name: string) => number): HeaderSection {
	const first = octets.indexOf(10);
	const eol = first > 0 && octets[first - 1] === 13 ? "\r\n" : "\n";
	return { scope, rows, eol, place, spelling: (name) => name, before: "" };
}

function cpimSection(message: Message, scope: "cpim" | "imdn"): HeaderSection | undefined {
	const content = cpimOf(message);
	if (content === undefined) return undefined;
	const { cpim, at } = content;
	const all = cpim.headers.map((header) => ({
		name: header.name,
		key: scope === "imdn" ? header.local : header.name,
		value: header.value,
		start: at + header.start,
		end: at + header.end,
		valueStart: at + header.valueStart,
		valueEnd: at + header.valueEnd,
	}));
	const rows = scope === "imdn" ? all.filter((_, index) => cpim.headers[index]!.namespace === IMDN_NAMESPACE) : all;
	const end = all.at(-1)!.end;
	const eol = message.octets[end - 2] === 13 ? "\r\n" : "\n";
	const declared = /^\s*([^\s<]*)\s*<urn:ietf:params:imdn>/;
	const prefix = cpim.headers
		.map(({ name, value }) => (name === "NS" ? declared.exec(value)?.[1] : undefined))
		.find((one) => one !== undefined);
	const before = scope === "imdn" && prefix === undefined ? `NS: imdn <${IMDN_NAMESPACE}>${eol}` : "";
	const spelling = (name: string): string =>
		scope === "cpim" || name.includes(".") || prefix === "" ? name : `${prefix ?? "imdn"}.${name}`;
	return { scope, rows, eol, place: () => end, spelling, before };
}

function contentSection(message: Message): HeaderSection | undefined {
	const found = cpimMimeOf(message);
	if (found === undefined) return undefined;
	const rows = found.rows.map((row) => {
		const text = message.octets.toString("latin1", row.start, row.end);
		const colon = text.indexOf(":") + 1;
		const rest = text.slice(colon);
		const valueStart = row.start + colon + (rest.length - rest.trimStart().length);
		return { ...row, key: row.name.toLowerCase(), valueStart, valueEnd: Math.max(valueStart, row.start + text.trimEnd().length) };
	});
	return plain("content", rows, message.octets, () => found.end);
}
