import { down } from "../../toxics/kinds/down.js";
import { defineToxic } from "./toxic.js";

export const DOWN = defineToxic(down, {
	options: {},
	ends: true,
	doc: "A rule with it and without match takes the service down; with for, until or probability for a while, or for some.",
	example: `- name: out of order for a minute
  for: 1min
  actions: [down]`,
	attributes: () => ({}),
});
