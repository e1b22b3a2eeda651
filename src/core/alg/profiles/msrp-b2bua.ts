import { LEG_ACTS, LEG_OPTIONS, LEG_PARTS } from "../acts/b2bua.js";
import { anchorSdp } from "../acts/sdp-anchor.js";
import { MSRP_PORT } from "../acts/sdp-options.js";
import type { AlgProfile } from "../profile.js";

/** An SBC that ends MSRP on both sides. What it does to MSRP itself is the relay's part: paths are mapped there. */
export const msrpB2bua: AlgProfile = {
	name: "msrp-b2bua",
	imitates: "MSRP-aware SBC, Oracle and Acme Packet as the documented case",
	source: "Oracle SBC configuration and ACLI reference",
	parts: [...LEG_PARTS, "SDP a=path"],
	symmetric: false,
	options: { ...LEG_OPTIONS, msrpPort: MSRP_PORT },
	acts: [...LEG_ACTS, anchorSdp({ media: () => true, origin: true, path: "new", attributes: false })],
};
