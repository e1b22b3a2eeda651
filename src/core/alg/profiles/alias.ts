import { addAlias, takeAlias } from "../acts/nathelper.js";
import { type AlgProfile, SIDE } from "../profile.js";

/** The conforming way through a NAT: the Contact stays what it is and gains a parameter. */
export const alias: AlgProfile = {
	name: "alias",
	imitates: "Kamailio nathelper, set_contact_alias and handle_ruri_alias",
	source: "nathelper source and documentation",
	parts: ["Contact alias", "Contact brackets", "Request-URI alias"],
	symmetric: true,
	options: {
		side: { ...SIDE, default: "inside" },
		mode: {
			default: "set",
			choices: ["set", "add"],
			text: "set: at the end, always; add: after host:port, where the source differs from it",
		},
		take: { default: "first", choices: ["first", "last"], text: "which alias of a Request-URI is taken" },
	},
	acts: [addAlias, takeAlias],
};
