import { mapAddresses } from "../acts/address-map.js";
import { mapSdpAddresses } from "../acts/sdp-anchor.js";
import { PORTS, packetFilter } from "../acts/skips.js";
import type { AlgProfile } from "../profile.js";

/** A firewall that translates headers one by one; m=message and a=path are taken as untouched. */
export const fwSnat: AlgProfile = {
	name: "fw-snat",
	imitates: "enterprise firewall ALG with source NAT, FortiGate as the documented case",
	source: "FortiOS handbook 5.2 and 6.0; m=message and a=path are not documented there",
	parts: ["From", "To", "Call-ID", "Via", "Contact", "Record-Route", "Route", "Request-URI", "SDP o=", "SDP c=", "Content-Length"],
	symmetric: true,
	options: {
		ports: PORTS,
		sdpFixup: { default: true, text: "addresses in o= and c= are translated (off: no-sdp-fixup)" },
		idle: { default: 180, text: "seconds without traffic after which a phone is forgotten" },
	},
	skips: packetFilter,
	acts: [
		mapAddresses({
			requestOut: ["From", "Call-ID", "Via", "Contact", "Record-Route", "Route"],
			responseIn: ["From", "Call-ID", "Via", "Contact", "Record-Route"],
			requestIn: ["Request-URI", "To", "Call-ID", "Route"],
			responseOut: ["To", "Call-ID", "Contact"],
			match: "address",
			sipOnly: false,
			lowestPort: 0,
		}),
		(draft, box) => {
			if (draft.from === "inside" && box.flag("sdpFixup")) mapSdpAddresses(draft, draft.message.source.address, box.outside.address);
		},
	],
};
