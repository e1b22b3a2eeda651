import { slicer } from "../../toxics/kinds/slicer.js";
import type { Attributes } from "../../toxics/types.js";
import { defineToxic } from "./toxic.js";

interface Sizes {
	average_size: number;
	size_variation: number;
	delay: number;
}

function attributes({ average_size, size_variation, delay }: Sizes): Attributes {
	return { average_size, size_variation, delay: Math.round(delay * 1e6) };
}

export const SLICER = defineToxic(slicer, {
	options: {
		average_size: { type: "size", required: true, min: 1, max: 1 << 30, doc: "octets of a piece, on average" },
		size_variation: {
			type: "size",
			default: 0,
			max: 1 << 30,
			doc: "pieces are larger or smaller by up to so much; less than average_size",
		},
		delay: { type: "duration", default: 0, max: 3600, doc: "pause after each piece" },
	},
	main: "average_size",
	doc: "To write single messages in pieces use split.",
	example: `- name: one octet a packet
  actions:
    - slicer: {average_size: 1, delay: 1ms}`,
	check: (options) => slicer.check?.(attributes(options)),
	attributes,
});
