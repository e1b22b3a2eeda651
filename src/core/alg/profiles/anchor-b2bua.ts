import { LEG_ACTS, LEG_OPTIONS, LEG_PARTS } from "../acts/b2bua.js";
import { anchorSdp } from "../acts/sdp-anchor.js";
import type { AlgProfile } from "../profile.js";

/** An SBC through which media pass, but which does not know that MSRP finds its way by a=path. */
export const anchorB2bua: AlgProfile = {
	name: "anchor-b2bua",
	imitates: "SBC that anchors media and does not know MSRP",
	source: "RFC 6714 §1, §4 and §6 for the problem; header habits from memory",
	parts: [...LEG_PARTS, "SDP m=", "SDP a="],
	symmetric: false,
	options: {
		...LEG_OPTIONS,
		path: { default: "keep", choices: ["keep", "drop"], text: "a=path, which still names the end itself" },
		unknownAttributes: { default: "keep", choices: ["keep", "drop"], text: "a= lines that the box does not know" },
		cema: { default: "keep", choices: ["keep", "drop"], text: "a=msrp-cema (RFC 6714)" },
		setup: { default: "keep", choices: ["keep", "force-passive", "drop"], text: "a=setup" },
		mline: { default: "keep", choices: ["keep", "zero", "remove"], text: "the m=message line: refused with port 0, or taken out" },
	},
	acts: [...LEG_ACTS, anchorSdp({ media: () => true, origin: true, path: "option", attributes: true })],
};
