import { legContact, restoreRequestUri } from "../acts/contact.js";
import { legCallId } from "../acts/leg.js";
import { routesBack, stripVias } from "../acts/own-via.js";
import { otherSide } from "../acts/uri-memory.js";
import type { Draft } from "../draft.js";
import type { Act, AlgProfile, ProfileBox } from "../profile.js";
import type { AddressSpot } from "../spots.js";
import type { Side } from "../types.js";

const maskCallId = legCallId("DLGCH_");
const ownContact = legContact(
	{
		user: (draft, box, spot) =>
			box.text("key") === "user" ? keyOf(draft, box) : spot.uri.user === undefined ? "" : draft.slice(spot.uri.user),
		uriParams: (draft, box, spot) => passed(box, spot) + (box.text("key") === "param" ? `;tpsh=${keyOf(draft, box)}` : ""),
		headerParams: (box) => box.names("passContactParams"),
		bare: true,
	},
	routesBack,
);

/** Vias, Record-Routes and the whole Contact are kept by the box, which shows its own. */
export const topoStrip: AlgProfile = {
	name: "topo-strip",
	imitates: "Kamailio topos; OpenSIPS topology_hiding",
	source: "topos source; OpenSIPS module readme; OpenSIPS issues 301 and 309",
	parts: ["Via", "Record-Route", "Route", "Contact", "Request-URI", "Call-ID"],
	symmetric: false,
	options: {
		key: {
			default: "user",
			choices: ["user", "param"],
			text: "where the key of the dialog stands: as user part, or in a parameter with the user kept",
		},
		passContactParams: { default: "", text: "header parameters of Contact that pass, separated by + (OpenSIPS th_passed_contact_params)" },
		passUriParams: { default: "", text: "URI parameters of Contact that pass, separated by + (OpenSIPS th_passed_contact_uri_params)" },
		callId: { default: false, text: "Call-ID is masked too (OpenSIPS, prefix DLGCH_)" },
	},
	acts: [
		dialogs(restoreRequestUri),
		dialogs(ownContact),
		dialogs(stripVias),
		dialogs((draft, box) => box.flag("callId") && maskCallId(draft, box)),
	],
};

/** Registrations and publications pass as they are. */
function dialogs(act: (draft: Draft, box: ProfileBox) => unknown): Act {
	return (draft, box) => {
		if (draft.method !== "REGISTER" && draft.method !== "PUBLISH") act(draft, box);
	};
}

/** One key a dialog and end: what goes to the callee begins with b, what goes to the caller with a. */
function keyOf(draft: Draft, box: ProfileBox): string {
	const end = callerOf(draft, box) === draft.from ? "b" : "a";
	const dialog = box.token("topos", draft.callId).slice(0, 8);
	// Forks answer with different Contacts: one key for each.
	return `${end}tpsh-${dialog}-${end === "b" ? "1" : box.token("fork", draft.ownTag).slice(0, 4)}`;
}

/** The side that sent the first request of the dialog. */
function callerOf(draft: Draft, box: ProfileBox): Side {
	const { at } = draft.message;
	const key = `caller|${draft.callId}`;
	const known = box.bindings.get<Side>("dialog", key, at);
	if (known !== undefined) return known;
	const caller = draft.request ? draft.from : otherSide(draft.from);
	box.bindings.set("dialog", key, caller, at, draft.callId);
	return caller;
}

function passed(box: ProfileBox, spot: AddressSpot): string {
	const keep = box.names("passUriParams");
	return spot.uri.uri.params
		.filter(({ name }) => keep.has(name.toLowerCase()))
		.map(({ name, value }) => `;${name}${value === undefined ? "" : `=${value}`}`)
		.join("");
}
