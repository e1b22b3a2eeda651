import { LEG_ACTS, LEG_OPTIONS, LEG_PARTS } from "../acts/b2bua.js";
import { mapDialogNames } from "../acts/replaces.js";
import { anchorSdp } from "../acts/sdp-anchor.js";
import { MSRP_PORT } from "../acts/sdp-options.js";
import type { AlgProfile } from "../profile.js";

/** An SBC that ends MSRP on both sides. What it does to MSRP itself is the relay's part: paths are mapped there. */
export const msrpB2bua: AlgProfile = {
	name: "msrp-b2bua",
	imitates: "MSRP-aware SBC, Oracle and Acme Packet as the documented case",
	source: "Oracle SBC configuration and ACLI reference",
	parts: [...LEG_PARTS, "SDP a=path", "Refer-To", "Replaces", "Target-Dialog"],
	symmetric: false,
	options: {
		...LEG_OPTIONS,
		msrpPort: MSRP_PORT,
		dialogNames: { default: true, text: "Refer-To, Replaces and Target-Dialog name dialogs and Contacts as the other leg knows them" },
	},
	acts: [
		...LEG_ACTS,
		(draft, box) => {
			if (box.flag("dialogNames")) mapDialogNames(draft, box);
		},
		anchorSdp({ media: () => true, origin: true, path: "new", attributes: false }),
	],
};
