import { defineAction } from "./types.js";

export const STALL = defineAction({
	name: "stall",
	title: "The direction stands still in the middle of the message, with the connection open.",
	protocols: ["sip", "msrp"],
	needs: ({ after }) => (after > 0 ? "whole" : "nothing"),
	options: {
		time: { type: "duration", default: "1h", min: 0, max: 86_400, doc: "how long" },
		after: { type: "size", default: 0, doc: "octets of the message that go first" },
	},
	main: "time",
	example: `- name: silence in the middle of a picture
  match: msrp.content.type contains "image"
  times: 1
  actions:
    - stall: {after: 500, time: 40s}`,
	act({ time, after }, { octets }) {
		if (after === 0) return { delay: time, did: `nothing goes on for ${time} s` };
		return after < octets.length
			? { pieces: { sizes: [after], pause: time }, did: `nothing goes on for ${time} s after ${after} octets` }
			: undefined;
	},
});
