import { DEFAULT_LIMITS } from "../../core/model/limits.js";
import { parseMediaType, parseMultipart } from "../../core/protocols/mime/index.js";
import { decodePayload } from "../../core/protocols/payload.js";
import { parseSdp } from "../../core/protocols/sdp/index.js";
import type { Sdp, SdpMedia } from "../../core/protocols/sdp/types.js";
import type { SipMessage } from "../../core/protocols/sip/types.js";

export interface Part {
	/** lower-case type/subtype */
	type: string;
	params: ReadonlyMap<string, string>;
	octets: Buffer;
}

/** The parts of a body: one, or those of a multipart, however deep. */
export function bodyParts(message: SipMessage): Part[] {
	const type = message.get("content-type");
	if (type === undefined || message.bodyKept === 0) return [];
	const start = message.start + message.bodyOffset;
	const octets = message.bytes.subarray(start, start + message.bodyKept);
	const media = parseMediaType(type);
	const boundary = media.params.get("boundary");
	if (!media.type.startsWith("multipart/") || boundary === undefined) return [{ type: media.type, params: media.params, octets }];
	const found: Part[] = [];
	const walk = (parts: ReturnType<typeof parseMultipart>): void => {
		for (const part of parts) {
			if (part.parts !== undefined) walk(part.parts);
			else found.push({ type: part.contentType, params: part.params, octets: octets.subarray(part.start, part.end) });
		}
	};
	walk(parseMultipart(octets, 0, octets.length, boundary, DEFAULT_LIMITS));
	return found;
}

/** The session description of a message and its first MSRP line that is not refused. */
export function offered(message: SipMessage): { sdp: Sdp; octets: Buffer; media: SdpMedia | undefined } | undefined {
	const part = bodyParts(message).find(({ type }) => type === "application/sdp");
	if (part === undefined) return undefined;
	const sdp = parseSdp(part.octets, 0, part.octets.length);
	return { sdp, octets: part.octets, media: sdp.media.find(({ msrp, port }) => msrp !== undefined && msrp.path.length > 0 && port > 0) };
}

/** URIs of the recipient list (RFC 5366). */
export function recipients(message: SipMessage): string[] {
	for (const { type, params, octets } of bodyParts(message)) {
		const { payload } = decodePayload(type, params, undefined, octets, 0, octets.length);
		if (payload.kind === "resource-list") return payload.entries.map(({ uri }) => uri);
	}
	return [];
}
