import { contactUriParams, restoreRequestUri } from "../acts/contact.js";
import { type AlgProfile, SIDE } from "../profile.js";

/** A4: the session identity loses isfocus. */
export const a4: AlgProfile = {
	name: "A4",
	imitates: "box that drops unknown URI parameters of Contact",
	source: "section 7 of the classification specification, A4; OpenSIPS issue 301",
	parts: ["Contact", "Contact URI parameters", "Request-URI", "Route"],
	symmetric: true,
	options: {
		side: SIDE,
		keep: { default: "transport+user+method+ttl+maddr+lr", text: "URI parameters that pass, separated by + (those of RFC 3261)" },
	},
	acts: [restoreRequestUri, contactUriParams],
};
