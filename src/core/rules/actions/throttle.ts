import { seconds } from "../../model/time.js";
import { defineAction } from "./types.js";

/** a message goes in no more pieces than this */
const MOST_PIECES = 1000;

export const THROTTLE = defineAction({
	name: "throttle",
	title: "The message goes no faster than a line of such a rate would carry it.",
	doc: "Messages of a direction that the rule meets share the line. For all octets of a connection use bandwidth.",
	protocols: ["sip", "msrp"],
	needs: "whole",
	options: {
		rate: { type: "rate", required: true, min: 1, doc: "octets a second" },
		step: { type: "duration", default: "100ms", min: 0.001, max: 60, doc: "time between two pieces" },
	},
	main: "rate",
	example: `- name: pictures over a slow line
  match: msrp.content.type contains "image"
  actions:
    - throttle: 64kbit/s`,
	act({ rate, step }, context) {
		const { octets, dir, at } = context;
		const line = context.memory((): { free: [number, number] } => ({ free: [0, 0] }));
		const now = seconds(at);
		const wait = Math.max(0, line.free[dir] - now);
		const size = Math.max(1, Math.round(rate * step), Math.ceil(octets.length / MOST_PIECES));
		line.free[dir] = now + wait + octets.length / rate;
		const sizes = Array.from({ length: Math.ceil(octets.length / size) - 1 }, () => size);
		const first = Math.min(size, octets.length);
		return {
			delay: wait + first / rate,
			...(sizes.length === 0 ? {} : { pieces: { sizes, pause: size / rate } }),
			did: `takes ${Number((octets.length / rate).toFixed(4))} s${wait === 0 ? "" : ` after ${Number(wait.toFixed(4))} s`}`,
		};
	},
});
