import { latin1 } from "../bytes/latin1.js";
import type { Payload } from "../model/entry.js";
import { DEFAULT_LIMITS, type Limits } from "../model/limits.js";
import type { Problem } from "../model/problem.js";
import { decodeConferenceInfo } from "./conference-info/index.js";
import { decodeImdn } from "./imdn/index.js";
import { decodeIsComposing } from "./iscomposing/index.js";
import { headerValue, type MimePart, parseHeaderBlock, parseMediaType, parseMultipart, parseParameterized } from "./mime/index.js";
import { decodeResourceLists } from "./resource-lists/index.js";
import { parseXml, unsigned, type XmlElement } from "./xml/index.js";

/** Octets of a text that are decoded; the rest is left out. */
const TEXT_OCTETS = 64 << 10;

export interface DecodedPayload {
	payload: Payload;
	/** offsets count from the first octet of the content */
	problems: Problem[];
}

type PayloadLimits = Pick<Limits, "xml" | "mimeDepth">;
type XmlDecoder = (root: XmlElement) => Payload | string;

const COMPOSING = "application/im-iscomposing+xml";
/** Octets of a document that may be one of those that are sent again and again. */
const REPEATED = 512;
const REPEATED_DOCUMENTS = 64;
let repeated = new Map<string, DecodedPayload>();

const XML_DECODERS: ReadonlyMap<string, XmlDecoder> = new Map<string, XmlDecoder>([
	["message/imdn+xml", decodeImdn],
	[COMPOSING, decodeIsComposing],
	["application/conference-info+xml", conferenceInfo],
	["application/resource-lists+xml", decodeResourceLists],
]);

/**
 * The meaning of the content buf[start, end). What is not understood is of kind "other"; broken XML is that too, with a
 * problem. Of a multipart the first part with a meaning counts, a notification only when nothing else is in there, a list
 * of former recipients never (disposition recipient-list-history, RFC 5365). Nothing external is fetched. Never throws.
 *
 * @param contentType lower-case type/subtype without parameters; "" when the content has none
 * @param params parameters of the Content-Type, lower-case names
 * @param disposition value of Content-Disposition; undefined when absent
 */
export function decodePayload(
	contentType: string,
	params: ReadonlyMap<string, string>,
	disposition: string | undefined,
	buf: Buffer,
	start: number,
	end: number,
	limits: PayloadLimits = DEFAULT_LIMITS,
): DecodedPayload {
	const xml = XML_DECODERS.get(contentType);
	if (xml !== undefined) return decodeXml(xml, contentType, buf, start, end, limits);
	if (contentType.startsWith("text/")) {
		return { payload: { kind: "text", text: decodeText(buf, start, end, params.get("charset")) }, problems: [] };
	}
	if (contentType === "message/external-body") return decodeExternal(params, buf, start, end);
	const boundary = contentType.startsWith("multipart/") ? params.get("boundary") : undefined;
	if (boundary !== undefined && dispositionType(disposition) !== "recipient-list-history") {
		const chosen = chooseLeaf(parseMultipart(buf, start, end, boundary, limits), buf, start, limits);
		if (chosen !== undefined) return chosen;
	}
	return { payload: { kind: "other", contentType }, problems: [] };
}

function decodeXml(
	decode: XmlDecoder,
	contentType: string,
	buf: Buffer,
	start: number,
	end: number,
	limits: PayloadLimits,
): DecodedPayload {
	if (contentType !== COMPOSING || end - start > Math.min(REPEATED, limits.xml))
		return decodeDocument(decode, contentType, buf, start, end, limits);
	// Clients send the same few octets each time that somebody types.
	const text = latin1(buf, start, end);
	let known = repeated.get(text);
	if (known === undefined) {
		known = decodeDocument(decode, contentType, buf, start, end, limits);
		if (repeated.size >= REPEATED_DOCUMENTS) repeated = new Map();
		repeated.set(text, known);
	}
	return { payload: { ...known.payload }, problems: [...known.problems] };
}

function decodeDocument(
	decode: XmlDecoder,
	contentType: string,
	buf: Buffer,
	start: number,
	end: number,
	limits: PayloadLimits,
): DecodedPayload {
	const { root, error } = parseXml(buf, start, end, limits.xml);
	const decoded = root === undefined ? undefined : decode(root);
	const fault = error ?? (typeof decoded === "string" ? decoded : undefined);
	const id = contentType === "message/imdn+xml" ? "imdn.bad-xml" : "xml.bad-payload";
	const problems: Problem[] = fault === undefined ? [] : [{ id, offset: 0, length: end - start, detail: `${contentType}: ${fault}` }];
	const payload: Payload = decoded === undefined || typeof decoded === "string" ? { kind: "other", contentType } : decoded;
	return { payload, problems };
}

function conferenceInfo(root: XmlElement): Payload | string {
	const info = decodeConferenceInfo(root);
	return typeof info === "string" ? info : { kind: "conference-info", info };
}

/** RFC 4483 §5, RFC 2017 §3: the reference stands in the parameters, the headers inside describe what it leads to. */
function decodeExternal(params: ReadonlyMap<string, string>, buf: Buffer, start: number, end: number): DecodedPayload {
	const url = params.get("access-type")?.toLowerCase() === "url" ? params.get("url") : undefined;
	if (url === undefined || url === "") return { payload: { kind: "other", contentType: "message/external-body" }, problems: [] };
	// RFC 2017 §3.1: white space in the URL is there to fold it and means nothing.
	const payload: Payload = { kind: "external", url: url.replace(/\s+/g, "") };
	const size = unsigned(params.get("size"));
	if (size !== undefined) payload.size = size;
	const expiration = params.get("expiration");
	if (expiration !== undefined) payload.expiration = expiration;
	const head = buf.toString("latin1", start, Math.min(end, start + TEXT_OCTETS));
	const type = headerValue(parseHeaderBlock(head, 0, head.length).headers, "content-type");
	if (type !== undefined) payload.contentType = parseMediaType(type).type;
	return { payload, problems: [] };
}

/** The part that says most, with the findings of all parts; offsets count from `base`. Undefined when there are no parts to choose from. */
function chooseLeaf(parts: readonly MimePart[], buf: Buffer, base: number, limits: PayloadLimits): DecodedPayload | undefined {
	const problems: Problem[] = [];
	let chosen: Payload | undefined;
	for (const part of parts) {
		if (dispositionType(part.contentDisposition) === "recipient-list-history") continue;
		const decoded = part.parts === undefined ? decodeLeaf(part, buf, base, limits) : chooseLeaf(part.parts, buf, base, limits);
		if (decoded === undefined) continue;
		problems.push(...decoded.problems);
		if (chosen === undefined || weight(decoded.payload) > weight(chosen)) chosen = decoded.payload;
	}
	return chosen === undefined ? undefined : { payload: chosen, problems };
}

function decodeLeaf(part: MimePart, buf: Buffer, base: number, limits: PayloadLimits): DecodedPayload {
	const { contentType } = part;
	// A multipart that was not opened lies deeper than the limit.
	if (contentType.startsWith("multipart/")) return { payload: { kind: "other", contentType }, problems: [] };
	const decoded = decodePayload(contentType, part.params, part.contentDisposition, buf, base + part.start, base + part.end, limits);
	for (const problem of decoded.problems) problem.offset += part.start;
	return decoded;
}

function weight(payload: Payload): number {
	return payload.kind === "other" ? 0 : payload.kind === "imdn" ? 1 : 2;
}

function dispositionType(disposition: string | undefined): string | undefined {
	return disposition === undefined ? undefined : parseParameterized(disposition).value;
}

/** UTF-8 and US-ASCII (of which it is a superset) and ISO-8859-1; of another charset only the ASCII part is kept. */
function decodeText(buf: Buffer, start: number, end: number, charset: string | undefined): string {
	let to = Math.min(end, start + TEXT_OCTETS);
	switch (charset?.trim().toLowerCase()) {
		case undefined:
		case "":
		case "utf-8":
		case "utf8":
		case "us-ascii":
		case "ascii":
			// A cut must not leave half a character.
			if (to < end) for (let back = 0; back < 3 && to > start && (buf[to]! & 0xc0) === 0x80; back++) to--;
			return buf.toString("utf8", start, to);
		case "iso-8859-1":
		case "latin1":
			return buf.toString("latin1", start, to);
		default:
			return buf.toString("latin1", start, to).replace(/[\x80-\xff]/g, "\ufffd");
	}
}
