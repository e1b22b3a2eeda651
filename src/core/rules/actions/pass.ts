import { defineAction } from "./types.js";

export const PASS = defineAction({
	name: "pass",
	title: "The message goes on as it is now: no later action and no later rule sees it.",
	doc: "An exception to the rules below it.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {},
	example: `- name: emergency calls are left alone
  match: sip.r-uri.user == "112"
  actions: [pass]`,
	act: () => ({ stop: true, did: "left alone" }),
});
