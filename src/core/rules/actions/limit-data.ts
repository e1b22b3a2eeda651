import { limitData } from "../../toxics/kinds/limit-data.js";
import { defineToxic } from "./toxic.js";

export const LIMIT_DATA = defineToxic(limitData, {
	options: {
		bytes: { type: "size", required: true, max: 1e15, doc: "octets that pass before the connection is closed" },
	},
	main: "bytes",
	example: `- name: ends in the middle of the picture
  match: msrp.content.type contains "image"
  actions:
    - limit_data: 10KB`,
	attributes: ({ bytes }) => ({ bytes }),
});
