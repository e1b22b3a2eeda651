import { defineAction } from "./types.js";

export const REORDER = defineAction({
	name: "reorder",
	title: "Later messages of the direction go first.",
	doc: "Chunks of an MSRP message may not change their order (RFC 4975 §7.3.1); datagrams of SIP may.",
	protocols: ["sip", "msrp"],
	needs: "whole",
	options: {
		behind: { type: "integer", default: 1, min: 1, max: 1000, doc: "messages that go first" },
		most: { type: "duration", default: "2s", min: 0, max: 3600, doc: "where so many do not come: how long it waits for them" },
	},
	main: "behind",
	example: `- name: NOTIFY overtakes
  match: sip.Status-Code == 200
  actions:
    - reorder: 1`,
	act: ({ behind, most }) => ({ aside: { messages: behind, seconds: most }, did: `lets ${behind} go first` }),
});
