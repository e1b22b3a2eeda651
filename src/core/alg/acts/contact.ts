import type { Draft } from "../draft.js";
import { hostPortText, shortText } from "../endpoints.js";
import type { Act, ProfileBox } from "../profile.js";
import type { AddressSpot } from "../spots.js";
import { otherSide, recall, remember } from "./uri-memory.js";

/** Requests that open or refresh nothing carry no Contact that means anything. */
const WITHOUT_CONTACT: ReadonlySet<string> = new Set(["BYE", "CANCEL", "PRACK"]);

/** The Contacts of a message that are its sender's own. Those of the other side come back in responses to REGISTER: they are restored. */
function ownContacts(draft: Draft, box: ProfileBox): AddressSpot[] {
	// The targets of a redirection are other people's (RFC 3261 §21.3).
	if (!draft.request && draft.sip.status >= 300 && draft.sip.status < 400) return [];
	return draft.addresses("contact").filter((spot) => {
		const known = recall(box, draft, otherSide(draft.from), "contact", spot.uri);
		if (known !== undefined) draft.replace(spot.uri, known.uri, "Contact", "the Contact of the other side as it was");
		return known === undefined;
	});
}

/** A request to a Contact that the box rewrote gets the original as Request-URI. */
export const restoreRequestUri: Act = (draft, box) => {
	const uri = draft.requestUri();
	if (uri === undefined) return;
	const known = recall(box, draft, otherSide(draft.from), "contact", uri);
	if (known === undefined) return;
	draft.replace(uri, known.uri, "Request-URI", "the Contact as it was before the box rewrote it");
	draft.nextHop = known.source;
	draft.named = true;
	if (known.routes.length === 0) return;
	for (const row of draft.rows("route")) draft.replace(row, "", "Route", "the box keeps the route set");
	draft.insert(draft.firstRow, `Route: ${known.routes.join(", ")}\r\n`, "Route", "the route set that the box kept");
};

/** Contact host:port becomes the box's own; user and all parameters stay. */
export const contactHost: Act = (draft, box) => {
	if (!box.actsOn(draft.from)) return;
	for (const spot of ownContacts(draft, box)) {
		const place = spot.uri.hostPort;
		if (place === undefined) continue;
		const shown = hostPortText(box.shown(draft));
		const { start, end } = spot.uri;
		remember(
			box,
			draft,
			draft.from,
			"contact",
			draft.text.slice(start, place.start) + shown + draft.text.slice(place.end, end),
			draft.slice(spot.uri),
		);
		draft.replace(place, shown, "Contact host:port", "the box shows its own address");
	}
};

/** The whole Contact URI becomes a name that the box invents; what is around it stays. */
export const contactOpaque: Act = (draft, box) => {
	if (!box.actsOn(draft.from)) return;
	for (const spot of ownContacts(draft, box)) {
		const original = draft.slice(spot.uri);
		const scheme = spot.uri.uri.scheme === "sips" ? "sips" : "sip";
		const made = `${scheme}:${box.text("user")}${box.token("contact", draft.from, original).slice(0, 8)}@${shortText(box.shown(draft))}`;
		remember(box, draft, draft.from, "contact", made, original);
		draft.replace(spot.uri, made, "Contact URI", "an invented name at the box");
	}
};

/** Header parameters that are not in the option `keep` go. */
export const contactHeaderParams: Act = (draft, box) => {
	if (!box.actsOn(draft.from)) return;
	for (const spot of draft.addresses("contact")) {
		draft.replace(
			spot.params,
			keptParams(draft, spot, box.names("keep")),
			"Contact header parameters",
			"header parameters are not passed on",
		);
	}
};

/** URI parameters that are not in the option `keep` go. */
export const contactUriParams: Act = (draft, box) => {
	if (!box.actsOn(draft.from)) return;
	const keep = box.names("keep");
	for (const spot of ownContacts(draft, box)) {
		const { hostPort, paramsEnd, uri, start, end } = spot.uri;
		if (hostPort === undefined) continue;
		const kept = uri.params
			.filter(({ name }) => keep.has(name.toLowerCase()))
			.map(({ name, value }) => `;${name}${value === undefined ? "" : `=${value}`}`);
		if (kept.length === uri.params.length) continue;
		remember(
			box,
			draft,
			draft.from,
			"contact",
			draft.text.slice(start, hostPort.end) + kept.join("") + draft.text.slice(paramsEnd, end),
			draft.slice(spot.uri),
		);
		draft.replace(
			{ start: hostPort.end, end: paramsEnd },
			kept.join(""),
			"Contact URI parameters",
			"unknown URI parameters are not passed on",
		);
	}
};

/** How a profile that ends the dialog itself writes its Contact. */
export interface LegContact {
	/** user part of the new URI */
	user(draft: Draft, box: ProfileBox, spot: AddressSpot): string;
	/** URI parameters with the leading ";" */
	uriParams(draft: Draft, box: ProfileBox, spot: AddressSpot): string;
	/** names of header parameters that pass, in lower case */
	headerParams(box: ProfileBox): ReadonlySet<string>;
	/** no Contact in BYE, CANCEL and PRACK */
	bare: boolean;
}

/** The Contact is the box's own, with the original and its route set kept for requests that come back. */
export function legContact(style: LegContact, routesOf: (draft: Draft) => readonly string[]): Act {
	return (draft, box) => {
		if (!box.actsOn(draft.from)) return;
		if (style.bare && WITHOUT_CONTACT.has(draft.method)) {
			for (const row of draft.rows("contact")) draft.replace(row, "", "Contact", `no Contact in ${draft.method}`);
			return;
		}
		for (const spot of ownContacts(draft, box)) {
			const scheme = spot.uri.uri.scheme === "sips" ? "sips" : "sip";
			const user = style.user(draft, box, spot);
			const made = `${scheme}:${user}${user === "" ? "" : "@"}${shortText(box.shown(draft))}${style.uriParams(draft, box, spot)}`;
			remember(box, draft, draft.from, "contact", made, draft.slice(spot.uri), routesOf(draft));
			// Lifetimes and preferences of a registration are no feature tags: without them it would fail.
			const keep = new Set([...style.headerParams(box), ...(draft.method === "REGISTER" ? ["expires", "q"] : [])]);
			draft.replace(spot, `<${made}>${keptParams(draft, spot, keep)}`, "Contact", "the box is the end of this dialog");
		}
	};
}

function keptParams(draft: Draft, spot: AddressSpot, keep: ReadonlySet<string>): string {
	const params = spot.address.params.filter(({ name }) => keep.has(name.toLowerCase()));
	if (params.length === spot.address.params.length) return draft.slice(spot.params);
	return params.map(({ name, value }) => `;${name}${value === undefined ? "" : `=${value}`}`).join("");
}
