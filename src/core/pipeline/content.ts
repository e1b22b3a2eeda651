import { checkCpim } from "../checks/cpim/index.js";
import { checkImdn } from "../checks/imdn/index.js";
import { checkSdp } from "../checks/sdp/index.js";
import type { MsrpEntry, SipEntry } from "../model/entry.js";
import type { Limits } from "../model/limits.js";
import type { Problem } from "../model/problem.js";
import { parseCpim } from "../protocols/cpim/index.js";
import { decodeContentEncoding, headerValue, parseMediaType, parseMultipart } from "../protocols/mime/index.js";
import { decodePayload } from "../protocols/payload.js";
import { parseSdp } from "../protocols/sdp/index.js";

/** A content with its description, wherever it came from. Octets are buf[start, end). */
export interface Content {
	type: string;
	disposition: string | undefined;
	/** Content-Encoding, when there is one */
	encoding: string | undefined;
	buf: Buffer;
	start: number;
	end: number;
	/** the content's offset in the frame, so that findings point into the frame; -1 when it is not in there (reassembled) */
	frameOffset: number;
	/** all of it has been kept */
	whole: boolean;
}

/** Decodes what we understand of a content and hangs it on the entry: SDP, CPIM, and the innermost payload. */
export function decodeContent(entry: SipEntry | MsrpEntry, given: Content, limits: Limits, depth = 0): void {
	const content = given.encoding === undefined ? given : unpacked(given, limits);
	const media = parseMediaType(content.type);
	switch (media.type) {
		case "application/sdp":
			if (entry.protocol === "sip" && entry.sdp === undefined) {
				entry.sdp = parseSdp(content.buf, content.start, content.end);
				add(entry, entry.sdp.problems, content.frameOffset);
				add(entry, checkSdp(entry.sdp), content.frameOffset);
			}
			return;
		case "message/cpim":
			decodeCpim(entry, content, limits);
			return;
	}
	if (media.type.startsWith("multipart/") && depth < limits.mimeDepth && entry.protocol === "sip") {
		const boundary = media.params.get("boundary");
		if (boundary !== undefined) {
			for (const part of parseMultipart(content.buf, content.start, content.end, boundary, limits)) {
				decodeContent(
					entry,
					{
						...content,
						type: headerValue(part.headers, "content-type") ?? part.contentType,
						encoding: headerValue(part.headers, "content-encoding"),
						disposition: part.contentDisposition,
						start: content.start + part.start,
						end: content.start + part.end,
						frameOffset: content.frameOffset < 0 ? -1 : content.frameOffset + part.start,
					},
					limits,
					depth + 1,
				);
			}
			return;
		}
	}
	if (entry.payload === undefined) setPayload(entry, content, limits);
}

/** Undoes gzip or deflate; what cannot be undone is taken as it is. The octets are then in no frame. */
function unpacked(content: Content, limits: Limits): Content {
	const whole =
		content.encoding === undefined
			? undefined
			: decodeContentEncoding(content.encoding, content.buf, content.start, content.end, limits.inspect);
	if (whole === undefined) return { ...content, encoding: undefined };
	return { ...content, encoding: undefined, buf: whole, start: 0, end: whole.length, frameOffset: -1 };
}

function decodeCpim(entry: SipEntry | MsrpEntry, content: Content, limits: Limits): void {
	const cpim = parseCpim(content.buf, content.start, content.end, content.whole);
	entry.cpim = cpim;
	entry.cpimBytes = content.buf.subarray(content.start, content.end);
	add(entry, cpim.problems, content.frameOffset);
	add(entry, checkCpim(cpim, entry.to.address), content.frameOffset);
	add(entry, checkImdn(cpim), content.frameOffset);
	if (!cpim.mimeComplete || cpim.contentType === undefined) return;
	const start = content.start + cpim.contentStart;
	const frameOffset = content.frameOffset < 0 ? -1 : content.frameOffset + cpim.contentStart;
	const type = cpim.mime.find((header) => header.key === "content-type")?.value ?? cpim.contentType;
	setPayload(
		entry,
		{ ...content, type, disposition: cpim.contentDisposition, start, end: content.start + cpim.contentEnd, frameOffset },
		limits,
	);
}

function setPayload(entry: SipEntry | MsrpEntry, content: Content, limits: Limits): void {
	const { type, params } = parseMediaType(content.type);
	const { payload, problems } = decodePayload(type, params, content.disposition, content.buf, content.start, content.end, limits);
	entry.payload = payload;
	add(entry, problems, content.frameOffset);
}

function add(entry: SipEntry | MsrpEntry, problems: Problem[] | null | undefined, frameOffset: number): void {
	if (problems === null || problems === undefined) return;
	for (const problem of problems) {
		// In a reassembled content the octets stand in several frames: the finding keeps its length but points at no octet of this one.
		entry.problems.push(frameOffset < 0 ? { ...problem, offset: 0, length: 0 } : { ...problem, offset: problem.offset + frameOffset });
	}
}
