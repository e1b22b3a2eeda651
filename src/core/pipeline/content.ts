import { checkCpim } from "../checks/cpim/index.js";
import { checkImdn } from "../checks/imdn/index.js";
import { checkSdp } from "../checks/sdp/index.js";
import type { Payload } from "../model/entry.js";
import type { Limits } from "../model/limits.js";
import type { Problem } from "../model/problem.js";
import { parseCpim } from "../protocols/cpim/index.js";
import type { CpimMessage } from "../protocols/cpim/types.js";
import { decodeContentEncoding, headerValue, parseMediaType, parseMultipart } from "../protocols/mime/index.js";
import { decodePayload } from "../protocols/payload.js";
import { parseSdp } from "../protocols/sdp/index.js";
import type { Sdp } from "../protocols/sdp/types.js";

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

/** What we understand of a content. */
export interface Decoded {
	sdp: Sdp | undefined;
	cpim: CpimMessage | undefined;
	/** where the octets are that `cpim` offsets count from */
	cpimAt: Content | undefined;
	/** the innermost content */
	payload: Payload | undefined;
	problems: Problem[];
}

/**
 * Decodes what we understand of a content: SDP, CPIM, and the innermost payload; of a multipart the first of each.
 *
 * @param peerAddress numeric address of the other end of the flow
 */
export function decodeContent(content: Content, peerAddress: string, limits: Limits): Decoded {
	const decoded: Decoded = { sdp: undefined, cpim: undefined, cpimAt: undefined, payload: undefined, problems: [] };
	decodeInto(decoded, content, peerAddress, limits, 0);
	return decoded;
}

/**
 * The octets that `cpim` offsets count from. Those that stand in the frame are looked up there each time: the frame may
 * have been retained since, which moves them into memory of its own.
 */
export function cpimOctets(decoded: Decoded | undefined, frame: { bytes: Buffer; start: number }): Buffer | undefined {
	const at = decoded?.cpimAt;
	if (at === undefined) return undefined;
	if (at.frameOffset < 0) return at.buf.subarray(at.start, at.end);
	const start = frame.start + at.frameOffset;
	return frame.bytes.subarray(start, start + at.end - at.start);
}

function decodeInto(decoded: Decoded, given: Content, peerAddress: string, limits: Limits, depth: number): void {
	const content = given.encoding === undefined ? given : unpacked(given, limits);
	const media = parseMediaType(content.type);
	if (media.type === "application/sdp") {
		if (decoded.sdp !== undefined) return;
		decoded.sdp = parseSdp(content.buf, content.start, content.end);
		add(decoded, decoded.sdp.problems, content.frameOffset);
		add(decoded, checkSdp(decoded.sdp), content.frameOffset);
	} else if (media.type === "message/cpim") {
		if (decoded.cpim === undefined) decodeCpim(decoded, content, peerAddress, limits);
	} else if (
		media.type.startsWith("multipart/") &&
		depth < limits.mimeDepth &&
		decodeParts(decoded, content, media.params, peerAddress, limits, depth)
	) {
		return;
	} else if (decoded.payload === undefined) setPayload(decoded, content, limits);
}

/** False when it cannot be taken apart. */
function decodeParts(
	decoded: Decoded,
	content: Content,
	params: ReadonlyMap<string, string>,
	peerAddress: string,
	limits: Limits,
	depth: number,
): boolean {
	const boundary = params.get("boundary");
	if (boundary === undefined) return false;
	for (const part of parseMultipart(content.buf, content.start, content.end, boundary, limits)) {
		const inner: Content = {
			...content,
			type: headerValue(part.headers, "content-type") ?? part.contentType,
			encoding: headerValue(part.headers, "content-encoding"),
			disposition: part.contentDisposition,
			start: content.start + part.start,
			end: content.start + part.end,
			frameOffset: content.frameOffset < 0 ? -1 : content.frameOffset + part.start,
		};
		decodeInto(decoded, inner, peerAddress, limits, depth + 1);
	}
	return true;
}

/** Undoes gzip or deflate; what cannot be undone is taken as it is. The octets are then in no frame. */
function unpacked(content: Content, limits: Limits): Content {
	const whole = decodeContentEncoding(content.encoding ?? "", content.buf, content.start, content.end, limits.inspect);
	if (whole === undefined) return { ...content, encoding: undefined };
	return { ...content, encoding: undefined, buf: whole, start: 0, end: whole.length, frameOffset: -1 };
}

function decodeCpim(decoded: Decoded, content: Content, peerAddress: string, limits: Limits): void {
	const cpim = parseCpim(content.buf, content.start, content.end, content.whole);
	decoded.cpim = cpim;
	decoded.cpimAt = content;
	add(decoded, cpim.problems, content.frameOffset);
	add(decoded, checkCpim(cpim, peerAddress), content.frameOffset);
	add(decoded, checkImdn(cpim), content.frameOffset);
	if (!cpim.mimeComplete || cpim.contentType === undefined) return;
	const start = content.start + cpim.contentStart;
	const frameOffset = content.frameOffset < 0 ? -1 : content.frameOffset + cpim.contentStart;
	const type = headerValue(cpim.mime, "content-type") ?? cpim.contentType;
	const end = content.start + cpim.contentEnd;
	setPayload(decoded, { ...content, type, disposition: cpim.contentDisposition, start, end, frameOffset }, limits);
}

function setPayload(decoded: Decoded, content: Content, limits: Limits): void {
	const { type, params } = parseMediaType(content.type);
	const { payload, problems } = decodePayload(type, params, content.disposition, content.buf, content.start, content.end, limits);
	decoded.payload = payload;
	add(decoded, problems, content.frameOffset);
}

function add(decoded: Decoded, problems: Problem[] | null | undefined, frameOffset: number): void {
	if (problems === null || problems === undefined) return;
	for (const problem of problems) {
		// In a reassembled content the octets stand in several frames: the finding points at no octet of this one.
		decoded.problems.push(frameOffset < 0 ? { ...problem, offset: 0, length: 0 } : { ...problem, offset: problem.offset + frameOffset });
	}
}
