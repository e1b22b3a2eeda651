import { latency } from "../../toxics/kinds/latency.js";
import { defineToxic, milliseconds } from "./toxic.js";

export const LATENCY = defineToxic(latency, {
	options: {
		latency: { type: "duration", required: true, max: 86_400, doc: "delay" },
		jitter: {
			type: "duration",
			default: 0,
			max: 86_400,
			doc: "the delay is more or less by up to so much, drawn for all octets that come together",
		},
	},
	main: "latency",
	doc: "To delay single messages use delay.",
	example: `- name: a satellite in between
  actions:
    - latency: {latency: 300ms, jitter: 20ms, stream: both}`,
	attributes: ({ latency, jitter }) => ({ latency: milliseconds(latency), jitter: milliseconds(jitter) }),
});
