import { anchorSdp } from "../acts/sdp-anchor.js";
import { MSRP_PORT } from "../acts/sdp-options.js";
import { type AlgProfile, SIDE } from "../profile.js";

/** A8: the path looks right, and the first SEND is answered with 481. */
export const a8: AlgProfile = {
	name: "A8",
	imitates: "box that rewrites the address in a=path and does not touch MSRP",
	source: "section 7 of the classification specification, A8; RFC 6714 §1, RFC 4975 §7.3",
	parts: ["SDP a=path", "Content-Length"],
	symmetric: false,
	options: { side: SIDE, msrpPort: MSRP_PORT },
	acts: [anchorSdp({ media: (media) => media.msrp !== undefined, origin: false, path: "host", attributes: false })],
};
