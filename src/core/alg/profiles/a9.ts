import { contactHost, contactOpaque, restoreRequestUri } from "../acts/contact.js";
import { anchorSdp } from "../acts/sdp-anchor.js";
import { MEDIA_PORT, MSRP_PORT } from "../acts/sdp-options.js";
import { type AlgProfile, SIDE } from "../profile.js";

/** A9: MSRP ends at the box on both sides, CPIM passes. Paths in MSRP itself are the relay's part. */
export const a9: AlgProfile = {
	name: "A9",
	imitates: "full MSRP back-to-back user agent that keeps CPIM",
	source: "section 7 of the classification specification, A9",
	parts: ["Contact", "Contact URI", "Contact host:port", "Request-URI", "Route", "SDP c=", "SDP m= port", "SDP a=path", "Content-Length"],
	symmetric: false,
	options: {
		side: SIDE,
		contact: { default: "A2", choices: ["A1", "A2"], text: "what happens to Contact" },
		user: { default: "b2b-", text: "what the invented user part begins with" },
		mediaPort: MEDIA_PORT,
		msrpPort: MSRP_PORT,
	},
	acts: [
		restoreRequestUri,
		(draft, box) => (box.text("contact") === "A1" ? contactHost : contactOpaque)(draft, box),
		anchorSdp({ media: () => true, origin: false, path: "new", attributes: false }),
	],
};
