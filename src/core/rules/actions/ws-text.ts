import { defineAction } from "./types.js";
import { overWebSocket } from "./websocket.js";

export const WS_TEXT = defineAction({
	name: "ws-text",
	title: "The WebSocket message is sent as text, whatever it is.",
	doc: "Both kinds are legal for SIP and MSRP (RFC 7118 §5, RFC 7977 §5.1); what is no UTF-8 must not be text (RFC 6455 §8.1).",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {},
	example: `- name: pictures as text
  match: websocket && msrp.content.type contains "image"
  actions: [ws-text]`,
	act: (_options, context) => (overWebSocket(context) ? { carriage: { text: true }, did: "sent as text" } : undefined),
});
