import { defineAction } from "./types.js";

export const RESET = defineAction({
	name: "reset",
	title: "The connection is broken off when the message has gone: both peers see a reset.",
	doc: "With drop or truncate the message does not go, or not all of it.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {},
	example: `- name: breaks with the first message
  match: msrp.method == "SEND"
  actions: [drop, reset]`,
	act: () => ({ close: "rst", did: "breaks the connection off" }),
});
