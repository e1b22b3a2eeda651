import { defineAction } from "./types.js";

export const HALF_CLOSE = defineAction({
	name: "half-close",
	title: "The direction of the message ends when it has gone; the other one stays open.",
	doc: "WebSocket and TLS know no half-close: there the connection ends.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {},
	example: `- name: says its last word
  match: sip.Method == "BYE"
  actions: [half-close]`,
	act: () => ({ close: "fin", did: "ends its direction" }),
});
