import { bandwidth } from "../../toxics/kinds/bandwidth.js";
import { defineToxic } from "./toxic.js";

export const BANDWIDTH = defineToxic(bandwidth, {
	options: {
		rate: { type: "rate", required: true, max: 1e12, doc: "octets a second; 0: nothing passes" },
	},
	main: "rate",
	doc: "To slow single messages down use throttle.",
	example: `- name: a hole in the network
  match: msrp.method == "SEND"
  times: 1
  actions:
    - bandwidth: {rate: 0, time: 20s}
- name: the old mobile network
  actions:
    - bandwidth: {rate: 56kbit/s, stream: both}`,
	attributes: ({ rate }) => ({ rate: rate / 1000 }),
});
