import type { Entry, MsrpEntry, SipEntry } from "../../model/entry.js";
import { type FilterField, fieldsOn } from "./types.js";

type ContentEntry = SipEntry | MsrpEntry;
const ours = fieldsOn<ContentEntry>(["sip", "msrp"], "mitmsrp");

/** The body of the message: of a SIP message, of an MSRP message after this chunk, or of the chunk alone. */
function body(entry: ContentEntry): Buffer | undefined {
	if (entry.protocol === "sip") {
		const { bytes, start, bodyOffset, bodyKept } = entry.sip;
		return bodyKept > 0 ? bytes.subarray(start + bodyOffset, start + bodyOffset + bodyKept) : undefined;
	}
	const { bytes, start, bodyOffset, bodyKept } = entry.msrp;
	return bodyOffset >= 0 && bodyKept > 0 ? bytes.subarray(start + bodyOffset, start + bodyOffset + bodyKept) : undefined;
}

function statusOf(entry: ContentEntry): number | undefined {
	const { kind, status } = entry.protocol === "sip" ? entry.sip : entry.msrp;
	return kind === "response" ? status : undefined;
}

function methodOf(entry: ContentEntry): string | undefined {
	const { kind, method } = entry.protocol === "sip" ? entry.sip : entry.msrp;
	return kind === "request" ? method : undefined;
}

/** Words that SIP and MSRP messages share. */
export const CONTENT_FILTERS: readonly FilterField[] = [
	ours("method", "string", "method of a request, SIP or MSRP", methodOf),
	ours("status", "number", "status code of a response, SIP or MSRP", statusOf),
	ours("header", "string", 'each header row, SIP or MSRP, as "Name: value"', (entry) => {
		const { headers } = entry.protocol === "sip" ? entry.sip : entry.msrp;
		return headers.length === 0 ? undefined : headers.map(({ name, value }) => `${name}: ${value}`);
	}),
	ours("content_type", "string", "Content-Type, SIP or MSRP", (entry) =>
		entry.protocol === "sip" ? entry.sip.get("content-type") : entry.msrp.contentType,
	),
	ours("body", "bytes", "body of the message or chunk, as far as it was kept", body),
	ours("uri", "string", "Request-URI, To-Path and From-Path", (entry) => {
		if (entry.protocol === "sip") return entry.sip.kind === "request" ? entry.sip.requestUri : undefined;
		const uris = [...entry.msrp.toPath, ...entry.msrp.fromPath];
		return uris.length === 0 ? undefined : uris;
	}),
	ours("cpim", "presence", "the content is message/cpim", (entry) => entry.cpim !== undefined || undefined, "content"),
	ours("imdn", "presence", "the content is a disposition notification", (entry) => entry.payload?.kind === "imdn" || undefined, "content"),
	ours(
		"file",
		"presence",
		"a file, or where one is: what is neither text nor signalling",
		(entry) => isFile(entry) || undefined,
		"content",
	),
];

const FILE = /^(image|audio|video|font|model)\/|^application\/(octet-stream|pdf|zip|vnd\.gsma\.rcs-ft-http\+xml)\b/i;

function isFile(entry: ContentEntry): boolean {
	const type = entry.protocol === "sip" ? entry.sip.get("content-type") : entry.msrp.contentType;
	if (type !== undefined && FILE.test(type)) return true;
	if (entry.payload?.kind === "external") return true;
	const inner = entry.cpim?.contentType;
	if (inner !== undefined && FILE.test(inner)) return true;
	return entry.protocol === "sip" && entry.sdp?.media.some(({ msrp }) => msrp?.fileSelector !== undefined) === true;
}

/** Looks at an entry before it is tested: what later ones refer to. */
export function announcement(entry: Entry): boolean {
	return entry.protocol === "sip" && entry.sdp?.media.some(({ msrp }) => msrp !== undefined) === true;
}
