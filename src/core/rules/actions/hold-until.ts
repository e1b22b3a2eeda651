import { defineAction } from "./types.js";

export const HOLD_UNTIL = defineAction({
	name: "hold-until",
	title: "The message waits until another one has come by, on any connection of the run.",
	doc: "What follows in its direction waits behind it, so what it waits for has to come the other way or on another connection. To wait for a time alone use delay.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {
		seen: { type: "filter", required: true, doc: "what the other message is like" },
		most: { type: "duration", default: "30s", min: 0, max: 3600, doc: "then it goes on all the same" },
	},
	main: "seen",
	example: `- name: roster before the first message
  match: msrp.method == "SEND"
  times: 1
  actions:
    - hold-until: {seen: 'sip.Method == "NOTIFY"', most: 10s}`,
	act({ seen, most }, context) {
		return { hold: context.until(seen, most), did: `waits for ${seen.source}` };
	},
});
