import { defineAction } from "./types.js";
import { overWebSocket } from "./websocket.js";

/** A message has no more fragments than this. */
const MOST = 4096;

export const WS_FRAGMENT = defineAction({
	name: "ws-fragment",
	title: "The WebSocket message comes in several frames (RFC 6455 §5.4).",
	doc: "Legal, and many receivers were never tried with it.",
	protocols: ["sip", "msrp"],
	needs: "whole",
	options: {
		size: { type: "size", required: true, min: 1, doc: "octets a frame" },
	},
	main: "size",
	example: `- name: in pieces
  match: websocket
  actions:
    - ws-fragment: 100`,
	act({ size }, context) {
		const { octets } = context;
		if (!overWebSocket(context) || octets.length <= size) return undefined;
		const count = Math.min(MOST, Math.ceil(octets.length / size)) - 1;
		return { carriage: { fragments: Array.from({ length: count }, () => size) }, did: `in frames of ${size} octets` };
	},
});
