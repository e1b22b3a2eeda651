import { defineAction } from "./types.js";
import { overWebSocket } from "./websocket.js";

export const WS_MASK_FAULT = defineAction({
	name: "ws-mask-fault",
	title: "The frame is masked where it must not be, and not masked where it must be.",
	doc: "RFC 6455 §5.1: to a server everything is masked, to a client nothing; whoever sees it otherwise closes the connection.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {},
	example: `- name: a server that masks
  match: websocket && sip.Status-Code
  times: 1
  actions: [ws-mask-fault]`,
	act: (_options, context) => (overWebSocket(context) ? { carriage: { wrongMask: true }, did: "wrongly masked" } : undefined),
});
