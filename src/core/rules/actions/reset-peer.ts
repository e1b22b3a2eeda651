import { resetPeer } from "../../toxics/kinds/reset-peer.js";
import { defineToxic, milliseconds } from "./toxic.js";

export const RESET_PEER = defineToxic(resetPeer, {
	options: {
		timeout: { type: "duration", default: 0, max: 86_400, doc: "until the reset, from the first octets on; 0: at once" },
	},
	main: "timeout",
	doc: "What comes until then is lost; with the action reset the message still goes.",
	example: `- name: breaks off in the middle of a chat
  match: msrp.method == "SEND"
  after: 10
  actions:
    - reset_peer: 500ms`,
	attributes: ({ timeout }) => ({ timeout: milliseconds(timeout) }),
});
