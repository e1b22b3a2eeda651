import { replaceText } from "../acts/replace-text.js";
import { PORTS, packetFilter } from "../acts/skips.js";
import type { AlgProfile } from "../profile.js";

/** Text search and replace in everything that looks like SIP. */
export const naiveCpe: AlgProfile = {
	name: "naive-cpe",
	imitates: "consumer routers that replace the private address as text",
	source: "from memory; symptoms widely reported",
	parts: ["text in the head", "text in the body", "Content-Length"],
	symmetric: false,
	options: {
		ports: PORTS,
		variant: {
			default: "",
			text: "what is broken besides, joined by +: a Content-Length stale, b only the first fragment, c only requests, d compact forms not seen, e TCP not read, f other bodies too on the way in, g the address also inside longer ones, h the last phone gets everything",
		},
		idle: { default: 180, text: "seconds without traffic after which a phone is forgotten" },
	},
	skips: (message, box) =>
		message.transport === "tcp" && box.names("variant").has("e") ? "TCP is not read (variant e)" : packetFilter(message, box),
	acts: [replaceText],
};
