import { hideIdentities } from "../acts/identity.js";
import { type AlgProfile, SIDE } from "../profile.js";

/** A5: the group identity that an invited client learns is wrong. Together with A1 or A2 it is what the specification describes. */
export const a5: AlgProfile = {
	name: "A5",
	imitates: "box that hides the domain in From, To, P-Asserted-Identity and Request-URI",
	source: "section 7 of the classification specification, A5",
	parts: ["From host", "From", "To", "P-Asserted-Identity host", "Request-URI"],
	symmetric: true,
	options: { side: SIDE },
	acts: [hideIdentities],
};
