import { fixContact, fixSdp, forceRport, towardsNat } from "../acts/nathelper.js";
import { type AlgProfile, SIDE } from "../profile.js";

/** The Contact is overwritten with where the packet came from; nothing is turned back. */
export const natedContact: AlgProfile = {
	name: "nated-contact",
	imitates: "Kamailio nathelper, fix_nated_contact and fix_nated_sdp",
	source: "nathelper source and documentation",
	parts: ["Contact host:port", "Contact maddr", "Via received", "Via rport", "SDP o=", "SDP c=", "SDP a=", "Content-Length"],
	symmetric: false,
	options: {
		side: { ...SIDE, default: "inside" },
		sdp: { default: 2, text: "flags of fix_nated_sdp: 1 a=direction:active, 2 c= and a=rtcp, 4 a=nortpproxy:yes, 8 o=" },
		oldmediaip: { default: true, text: "the address that was in c= is kept as a=oldmediaip" },
		rport: { default: true, text: "the top Via of requests gains received and rport" },
	},
	acts: [fixContact, forceRport, fixSdp, towardsNat],
};
