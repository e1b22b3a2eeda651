import { contactHeaderParams } from "../acts/contact.js";
import { type AlgProfile, SIDE } from "../profile.js";

/** A3: nothing tells the client any more that this is a conference. */
export const a3: AlgProfile = {
	name: "A3",
	imitates: "box that drops the header parameters of Contact",
	source: "section 7 of the classification specification, A3; OpenSIPS issue 309",
	parts: ["Contact header parameters"],
	symmetric: false,
	options: { side: SIDE, keep: { default: "expires+q", text: "header parameters that pass, separated by +" } },
	acts: [contactHeaderParams],
};
