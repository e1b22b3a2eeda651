import { contactOpaque, restoreRequestUri } from "../acts/contact.js";
import { type AlgProfile, SIDE } from "../profile.js";

/** A2: the session identity becomes a name that says nothing. */
export const a2: AlgProfile = {
	name: "A2",
	imitates: "box that replaces the whole Contact URI by an opaque one and keeps the header parameters",
	source: "section 7 of the classification specification, A2",
	parts: ["Contact", "Contact URI", "Request-URI", "Route"],
	symmetric: true,
	options: { side: SIDE, user: { default: "b2b-", text: "what the invented user part begins with" } },
	acts: [restoreRequestUri, contactOpaque],
};
