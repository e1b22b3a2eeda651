import { timeout } from "../../toxics/kinds/timeout.js";
import { defineToxic, milliseconds } from "./toxic.js";

export const TIMEOUT = defineToxic(timeout, {
	options: {
		timeout: { type: "duration", default: 0, max: 86_400, doc: "until the connection is closed; 0: it stays open" },
	},
	main: "timeout",
	doc: "The message itself is lost, too.",
	example: `- name: goes silent after the invitation
  match: sip.Method == "ACK"
  actions:
    - timeout: 30s`,
	attributes: ({ timeout }) => ({ timeout: milliseconds(timeout) }),
});
