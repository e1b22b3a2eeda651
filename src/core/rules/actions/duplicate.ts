import { defineAction } from "./types.js";

export const DUPLICATE = defineAction({
	name: "duplicate",
	title: "The message is sent more than once, octet for octet.",
	doc: "Copies have the same transaction, so their receiver may answer each; answers go through as they come.",
	protocols: ["sip", "msrp"],
	needs: "whole",
	options: {
		copies: { type: "integer", default: 1, min: 1, max: 100, doc: "how many beside the message itself" },
		delay: { type: "duration", default: 0, min: 0, max: 3600, doc: "time from one to the next" },
	},
	main: "copies",
	example: `- name: doubled notifications
  match: sip.Method == "NOTIFY"
  actions: [duplicate]`,
	act({ copies, delay }, { octets }) {
		const copy = Buffer.from(octets);
		return {
			inject: Array.from({ length: copies }, (_, n) => ({
				to: "on" as const,
				when: "after" as const,
				octets: copy,
				delay: (n + 1) * delay,
			})),
			did: `sent ${copies + 1} times`,
		};
	},
});
