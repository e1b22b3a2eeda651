import { chunksOf, MOST_CHUNKS } from "../message/chunks.js";
import { bodyOf } from "../message/parts.js";
import { type Act, type ActionContext, defineAction } from "./types.js";

export const SPLIT = defineAction({
	name: "split",
	title: "An MSRP message becomes several chunks; octets of any message are written in several segments.",
	doc: "Chunks have the right Byte-Range, the flag + but for the last, and transaction ids of their own (RFC 4975 §5.1); the sender sees the response to the first one. Segments are what TCP makes of a message; datagrams and WebSocket messages come apart by it. A pause keeps the network from joining them again.",
	protocols: ["sip", "msrp"],
	needs: "whole",
	options: {
		size: { type: "size", required: true, min: 1, doc: "octets of body a chunk, or octets a segment" },
		into: {
			type: "choice",
			values: ["chunks", "segments"],
			doc: "default: chunks of MSRP requests with a body, segments of anything else",
		},
		pause: { type: "duration", default: 0, min: 0, max: 3600, doc: "time between them" },
	},
	main: "size",
	example: `- name: small chunks
  match: msrp.method == "SEND"
  actions:
    - split: 2048`,
	act({ size, into, pause }, context) {
		const { msrp, octets, random } = context;
		const body = msrp?.kind === "request" ? bodyOf(context) : undefined;
		if (into === "segments" || (into === undefined && body === undefined)) return segments(context, size, pause);
		if (msrp === undefined || body === undefined || msrp.byteRange === null) return undefined;
		const made = chunksOf({ ...messageOf(context), msrp }, body, size, () => random.hex(8));
		if (made === undefined) return undefined;
		const inject = made.rest.map((chunk, n) => ({
			to: "on" as const,
			when: "after" as const,
			octets: chunk,
			delay: (n + 1) * pause,
			own: true,
		}));
		return {
			edits: made.edits,
			fix: false,
			inject,
			did: `${made.rest.length + 1} chunks of ${body.end - body.start} octets in ${octets.length}`,
		};
	},
});

function segments({ octets }: ActionContext, size: number, pause: number): Act | undefined {
	const count = Math.ceil(octets.length / size) - 1;
	if (count < 1) return undefined;
	const sizes = Array.from({ length: Math.min(count, MOST_CHUNKS) }, () => size);
	return { pieces: { sizes, pause }, did: `in segments of ${size} octets` };
}

function messageOf({ octets, sip, whole, protocol }: ActionContext): Pick<ActionContext, "octets" | "sip" | "whole" | "protocol"> {
	return { octets, sip, whole, protocol };
}
