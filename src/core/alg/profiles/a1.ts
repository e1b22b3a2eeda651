import { contactHost, restoreRequestUri } from "../acts/contact.js";
import { type AlgProfile, SIDE } from "../profile.js";

/** A1 of the classification specification: the session identity gets another host and port. */
export const a1: AlgProfile = {
	name: "A1",
	imitates: "box that rewrites Contact host:port and keeps user and parameters",
	source: "section 7 of the classification specification, A1",
	parts: ["Contact", "Contact host:port", "Request-URI", "Route"],
	symmetric: true,
	options: { side: SIDE },
	acts: [restoreRequestUri, contactHost],
};
