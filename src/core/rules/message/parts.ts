import { DEFAULT_LIMITS } from "../../model/limits.js";
import { parseCpim } from "../../protocols/cpim/index.js";
import type { CpimMessage } from "../../protocols/cpim/types.js";
import { parseHeaderBlock, parseMediaType, parseMultipart } from "../../protocols/mime/index.js";
import type { ActionContext } from "../actions/types.js";

/** Octets [start, end) of the message. */
export interface Span {
	start: number;
	end: number;
}

type Message = Pick<ActionContext, "octets" | "sip" | "msrp" | "whole">;

/** The body of a SIP message or of a whole MSRP frame; undefined where there is none or it is not there yet. Empty bodies have a span of no octets. */
export function bodyOf({ octets, sip, msrp, whole }: Message): Span | undefined {
	if (sip !== undefined) return { start: sip.bodyOffset, end: octets.length };
	if (msrp === undefined || msrp.bodyOffset < 0 || !whole) return undefined;
	const hyphens = octets.lastIndexOf(`-------${msrp.transactionId}`, octets.length, "latin1");
	if (hyphens <= msrp.bodyOffset) return { start: msrp.bodyOffset, end: octets.length };
	const lineEnd = octets[hyphens - 2] === 13 && octets[hyphens - 1] === 10 ? 2 : octets[hyphens - 1] === 10 ? 1 : 0;
	return { start: msrp.bodyOffset, end: Math.max(msrp.bodyOffset, hyphens - lineEnd) };
}

/** A content of the message: the body, or the first part of a multipart that is of a wanted type. */
export interface ContentSpan extends Span {
	/** lower case, without parameters; "" where nothing says it */
	type: string;
}

/**
 * The first content of one of these media types, in the body itself or in a multipart; without types the body. Of an MSRP
 * message in several chunks only the first has the beginning of the content; the others give undefined.
 */
export function contentOf(message: Message, ...types: readonly string[]): ContentSpan | undefined {
	const body = bodyOf(message);
	if (body === undefined) return undefined;
	const { msrp, sip, octets } = message;
	if (types.length > 0 && msrp?.byteRange != null && Number(msrp.byteRange.start) !== 1) return undefined;
	const { type, params } = parseMediaType((sip ?? msrp)?.get("content-type") ?? "");
	if (types.length === 0 || types.includes(type)) return { ...body, type };
	const boundary = params.get("boundary");
	if (!type.startsWith("multipart/") || boundary === undefined) return undefined;
	const parts = parseMultipart(octets, body.start, body.end, boundary, DEFAULT_LIMITS);
	for (const part of parts.flatMap((one) => [one, ...(one.parts ?? [])])) {
		if (types.includes(part.contentType)) return { start: body.start + part.start, end: body.start + part.end, type: part.contentType };
	}
	return undefined;
}

/** The CPIM content of the message; its offsets count from `at`. */
export interface CpimContent {
	cpim: CpimMessage;
	at: number;
	end: number;
}

/** The message/cpim of the message with all of its header section in this frame; undefined where there is none. */
export function cpimOf(message: Message): CpimContent | undefined {
	const content = contentOf(message, "message/cpim");
	if (content === undefined) return undefined;
	const cpim = parseCpim(message.octets, content.start, content.end, true);
	return cpim.headers.length === 0 ? undefined : { cpim, at: content.start, end: content.end };
}

/** What the CPIM wraps, or else the body: what a person typed, an IMDN, a picture. */
export function innerContentOf(message: Message): ContentSpan | undefined {
	const wrapped = cpimOf(message);
	if (wrapped === undefined) return contentOf(message);
	const { cpim, at } = wrapped;
	return { start: at + cpim.contentStart, end: at + cpim.contentEnd, type: cpim.contentType ?? "" };
}

/** Header rows of the encapsulated part of a CPIM, with offsets in the message; `end`: where a further row would go. */
export function cpimMimeOf(
	message: Message,
): { rows: { name: string; value: string; start: number; end: number }[]; end: number } | undefined {
	const wrapped = cpimOf(message);
	if (wrapped === undefined) return undefined;
	const { cpim, at } = wrapped;
	const from = at + (cpim.headers.at(-1)?.end ?? 0);
	const text = message.octets.toString("latin1", from, at + cpim.contentStart);
	const blank = /^(?:\r?\n)+/.exec(text)?.[0].length ?? 0;
	const { headers } = parseHeaderBlock(text, blank, text.length);
	const rows = headers.map(({ name, value, start, end }) => ({ name, value, start: from + start, end: from + end }));
	return { rows, end: rows.at(-1)?.end ?? from + blank };
}
