import { defineAction } from "./types.js";

export const CLOSE = defineAction({
	name: "close",
	title: "The connection ends in order, in both directions, when the message has gone.",
	doc: "With drop or truncate the message does not go, or not all of it.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {},
	example: `- name: leaves after the invitation
  match: sip.Status-Code == 200 && sip.CSeq.method == "INVITE"
  actions: [close]`,
	act(_options, { connection, dir }) {
		connection.end(dir === 0 ? 1 : 0, "fin");
		return { close: "fin", did: "ends the connection" };
	},
});
