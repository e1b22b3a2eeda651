import { anchorSdp } from "../acts/sdp-anchor.js";
import { MEDIA_PORT } from "../acts/sdp-options.js";
import { type AlgProfile, SIDE } from "../profile.js";

/** A7: MSRP passes the box by, or fails. */
export const a7: AlgProfile = {
	name: "A7",
	imitates: "box that rewrites c= and m= of the SDP but not a=path",
	source: "section 7 of the classification specification, A7; RFC 6714 §1",
	parts: ["SDP c=", "SDP m= port", "Content-Length"],
	symmetric: false,
	options: { side: SIDE, mediaPort: MEDIA_PORT },
	acts: [anchorSdp({ media: () => true, origin: false, path: "keep", attributes: false })],
};
