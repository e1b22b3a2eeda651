import { maskCallId, maskUris, maskVias } from "../acts/topoh.js";
import type { AlgProfile } from "../profile.js";

/** Where someone is is packed into parameters that only the box can read. Without memory. */
export const topoh: AlgProfile = {
	name: "topoh",
	imitates: "Kamailio topoh",
	source: "topoh source and documentation",
	parts: ["Via", "Contact URI", "Record-Route", "Route", "Request-URI", "Refer-To", "Call-ID"],
	symmetric: true,
	options: {
		maskIp: { default: "127.0.0.8", text: "host of every masked URI" },
		param: { default: "line", text: "parameter that holds the URI" },
		prefix: { default: "sr-", text: "what the value begins with" },
		maskRedirects: { default: true, text: "the first Contact of a redirection is masked too" },
		callId: { default: false, text: "Call-ID is packed too" },
	},
	acts: [maskUris, maskVias, maskCallId],
};
