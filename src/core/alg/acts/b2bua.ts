import type { Draft } from "../draft.js";
import type { Act, ProfileBox } from "../profile.js";
import type { OptionSpec } from "../types.js";
import { legContact, restoreRequestUri } from "./contact.js";
import { legCallId, legCSeq, legTags } from "./leg.js";
import { routesBack, stripVias } from "./own-via.js";
import { MEDIA_PORT } from "./sdp-options.js";

/** What every back-to-back user agent does to signalling. */
export const LEG_PARTS: readonly string[] = [
	"Call-ID",
	"From tag",
	"To tag",
	"CSeq",
	"RAck",
	"Via",
	"Record-Route",
	"Route",
	"Contact",
	"Request-URI",
	"SDP o=",
	"SDP c=",
	"SDP m= port",
	"Content-Length",
];

export const LEG_OPTIONS: Readonly<Record<string, OptionSpec>> = {
	contactUser: { default: "new", choices: ["new", "keep"], text: "user part of the box's Contact" },
	contactParams: { default: "", text: "header parameters of Contact that pass, separated by +" },
	mediaPort: MEDIA_PORT,
};

export const LEG_ACTS: readonly Act[] = [
	restoreRequestUri,
	legContact(
		{
			user: (draft, box, spot) =>
				box.text("contactUser") === "new" ? newUser(draft, box) : spot.uri.user === undefined ? "" : draft.slice(spot.uri.user),
			uriParams: () => "",
			headerParams: (box) => box.names("contactParams"),
			bare: false,
		},
		routesBack,
	),
	stripVias,
	legCallId(""),
	legTags,
	legCSeq,
];

/** One a dialog and end. */
function newUser(draft: Draft, box: ProfileBox): string {
	return `b2b-${box.token("user", draft.from, draft.callId, draft.ownTag).slice(0, 8)}`;
}
