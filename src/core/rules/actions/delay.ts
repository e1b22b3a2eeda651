import { defineAction } from "./types.js";

export const DELAY = defineAction({
	name: "delay",
	title: "The message waits, and what follows in its direction waits behind it.",
	doc: "Order is kept, as in a slow network. To let later messages go first use reorder.",
	protocols: ["sip", "msrp"],
	needs: "nothing",
	options: {
		time: { type: "duration", required: true, min: 0, max: 3600, doc: "how long" },
		jitter: { type: "duration", default: 0, min: 0, max: 3600, doc: "up to so much longer or shorter, evenly distributed" },
	},
	main: "time",
	example: `- name: slow link
  actions:
    - delay: {time: 200ms, jitter: 50ms}`,
	act({ time, jitter }, { random }) {
		const delay = Math.max(0, time + (jitter === 0 ? 0 : (random.next() * 2 - 1) * jitter));
		return { delay, did: `waits ${Number(delay.toFixed(4))} s` };
	},
});
