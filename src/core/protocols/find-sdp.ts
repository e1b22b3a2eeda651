import { DEFAULT_LIMITS } from "../model/limits.js";
import { parseMediaType, parseMultipart } from "./mime/index.js";
import type { MimePart } from "./mime/types.js";
import { parseSdp } from "./sdp/index.js";
import type { Sdp } from "./sdp/types.js";
import type { SipMessage } from "./sip/index.js";

/** The session description of a message: the body or the first such part of it; `start` is where its offsets count from in `octets`. */
export function findSdp(sip: SipMessage, octets: Buffer): { sdp: Sdp; start: number } | undefined {
	const type = sip.get("content-type");
	if (type === undefined || sip.bodyLength === 0 || sip.get("content-encoding") !== undefined) return undefined;
	const media = parseMediaType(type);
	const from = sip.bodyOffset;
	if (media.type === "application/sdp") return { sdp: parseSdp(octets, from, octets.length), start: from };
	const boundary = media.type.startsWith("multipart/") ? media.params.get("boundary") : undefined;
	if (boundary === undefined) return undefined;
	const part = first(parseMultipart(octets, from, octets.length, boundary, DEFAULT_LIMITS));
	return part === undefined ? undefined : { sdp: parseSdp(octets, from + part.start, from + part.end), start: from + part.start };
}

function first(parts: readonly MimePart[]): MimePart | undefined {
	for (const part of parts) {
		if (part.contentType === "application/sdp") return part;
		const inner = part.parts === undefined ? undefined : first(part.parts);
		if (inner !== undefined) return inner;
	}
	return undefined;
}
