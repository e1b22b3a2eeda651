import { slowClose } from "../../toxics/kinds/slow-close.js";
import { defineToxic, milliseconds } from "./toxic.js";

export const SLOW_CLOSE = defineToxic(slowClose, {
	options: {
		delay: { type: "duration", required: true, max: 86_400, doc: "delay of the end" },
	},
	main: "delay",
	example: `- name: lingers
  match: sip.Method == "BYE"
  actions:
    - slow_close: 5s`,
	attributes: ({ delay }) => ({ delay: milliseconds(delay) }),
});
