import type { Endpoint } from "../../model/flow.js";
import type { Draft } from "../draft.js";
import { hostPortText, hostText, sameHost } from "../endpoints.js";
import type { Act, ProfileBox } from "../profile.js";
import type { AddressSpot, Spot, UriSpot } from "../spots.js";

/** Parts in which an address can be mapped. */
export type MapPart = "Request-URI" | "top Via" | "Via" | "From" | "To" | "Contact" | "Record-Route" | "Route" | "Call-ID";

/** Which parts are mapped: by who sent the message, and what it is. */
export interface AddressMap {
	requestOut: readonly MapPart[];
	responseIn: readonly MapPart[];
	requestIn: readonly MapPart[];
	responseOut: readonly MapPart[];
	/** tuple: address and port must be those of the packet; address: any port */
	match: "tuple" | "address";
	/** only `sip:` is found, not `sips:` */
	sipOnly: boolean;
	/** ports below are left alone where they are written */
	lowestPort: number;
}

/** The way of one message: what is looked for, what stands there afterwards. */
interface Way {
	from: Endpoint;
	to: Endpoint;
	out: boolean;
}

/** From and To are written by other hands than Contact: their spellings are remembered apart. */
const GROUP: Readonly<Record<MapPart, string>> = {
	"Request-URI": "contact",
	Contact: "contact",
	From: "party",
	To: "party",
	"Record-Route": "route",
	Route: "route",
	"top Via": "via",
	Via: "via",
	"Call-ID": "call-id",
};

/** Maps the address of the inside end to the one that the box shows, and back. */
export function mapAddresses(map: AddressMap): Act {
	return (draft, box) => {
		const way = wayOf(draft, box);
		if (way === undefined) return;
		const parts = draft.request ? (way.out ? map.requestOut : map.requestIn) : way.out ? map.responseOut : map.responseIn;
		for (const part of parts) mapPart(draft, box, map, way, part);
	};
}

function wayOf(draft: Draft, box: ProfileBox): Way | undefined {
	const outside = box.outside;
	if (draft.from === "inside") {
		box.heard(draft);
		return { from: draft.message.source, to: outside, out: true };
	}
	const inside = box.insideOf(draft);
	if (inside === undefined) return undefined;
	draft.nextHop = inside;
	return { from: outside, to: inside, out: false };
}

function mapPart(draft: Draft, box: ProfileBox, map: AddressMap, way: Way, part: MapPart): void {
	switch (part) {
		case "Request-URI": {
			const uri = draft.requestUri();
			if (uri !== undefined) mapUri(draft, box, map, way, part, uri);
			break;
		}
		case "top Via":
		case "Via":
			mapVias(draft, box, map, way, part);
			break;
		case "Call-ID":
			mapCallId(draft, box, way);
			break;
		default:
			for (const spot of draft.addresses(part.toLowerCase())) mapUri(draft, box, map, way, part, spot);
	}
}

function mapUri(draft: Draft, box: ProfileBox, map: AddressMap, way: Way, part: MapPart, spot: AddressSpot | UriSpot): void {
	const uri = "hostPort" in spot ? spot : spot.uri;
	const place = uri.hostPort;
	if (place === undefined || (map.sipOnly && uri.uri.scheme !== "sip")) return;
	const user = uri.user === undefined ? "" : draft.slice(uri.user);
	mapPlace(draft, box, map, way, part, place, uri.uri.host, uri.uri.port, `${user}@`);
}

/** Replaces host:port where it matches; the spelling that it replaces is kept for the way back. */
function mapPlace(
	draft: Draft,
	box: ProfileBox,
	map: AddressMap,
	way: Way,
	part: MapPart,
	place: Spot,
	host: string,
	port: number | undefined,
	discriminator: string,
): void {
	if (!sameHost(host, way.from.address)) return;
	if (map.match === "tuple" && (port ?? 5060) !== way.from.port) return;
	if (port !== undefined && port < map.lowestPort) return;
	const { at } = draft.message;
	const call = way.out ? draft.callId : (box.bindings.get<string>("call-id", draft.callId, at) ?? draft.callId);
	const name = (text: string): string => `${way.to.address}|${GROUP[part]}|${discriminator}${text}`;
	if (!way.out) {
		const before = draft.slice(place);
		const key = `${GROUP[part]}|${discriminator}${before}`;
		const spelled = box.bindings.get<string>("spelling", `${call}|${key}`, at) ?? box.bindings.get<string>("spelling", name(before), at);
		draft.replace(place, spelled ?? written(map, way, port, part), `${part} host:port`, "the address outside becomes the one inside");
		return;
	}
	const after = written(map, way, port, part);
	const original = draft.slice(place);
	if (!draft.replace(place, after, `${part} host:port`, "the address inside becomes the one outside")) return;
	const key = `${GROUP[part]}|${discriminator}${after}`;
	box.bindings.set("spelling", `${draft.callId}|${key}`, original, at, draft.callId);
	box.bindings.set("spelling", `${way.from.address}|${key}`, original, at);
}

function written(map: AddressMap, way: Way, port: number | undefined, part: MapPart): string {
	if (map.match === "tuple") return hostPortText(way.to);
	if (port === undefined && (part === "From" || part === "To")) return hostText(way.to.address);
	if ((port ?? 5060) === way.from.port) return hostPortText(way.to);
	return port === undefined ? hostText(way.to.address) : `${hostText(way.to.address)}:${port}`;
}

function mapVias(draft: Draft, box: ProfileBox, map: AddressMap, way: Way, part: MapPart): void {
	const vias = draft.vias();
	// CANCEL has the branch of its INVITE, but may spell its Via in another way.
	for (const spot of part === "top Via" ? vias.slice(0, 1) : vias) {
		const { via } = spot;
		if (map.match === "tuple" && !/^(?:UDP|TCP)$/i.test(via.transport)) continue;
		mapPlace(draft, box, map, way, part, spot.sentBy, via.host, via.port, `${via.branch ?? ""} ${draft.method}@`);
		for (const { name, value, span } of via.params) {
			const key = name.toLowerCase();
			const bare = value?.replace(/^\[(.*)\]$/, "$1");
			if (bare === undefined || bare === "") continue;
			const place = { start: spot.start + span.end - value!.length, end: spot.start + span.end };
			// The parameters say where a packet came from: the request's way has maddr, the response's way the other two.
			if (key === (way.out ? "maddr" : "received") && sameHost(bare, way.from.address)) {
				draft.replace(place, value!.startsWith("[") ? hostText(way.to.address) : way.to.address, `${part} ${key}`, "names this connection");
			} else if (key === "rport" && !way.out && Number(bare) === way.from.port) {
				draft.replace(place, String(way.to.port), `${part} rport`, "names this connection");
			}
		}
	}
}

function mapCallId(draft: Draft, box: ProfileBox, way: Way): void {
	const place = draft.value("call-id");
	if (place === undefined) return;
	const { at } = draft.message;
	const value = draft.slice(place);
	if (!way.out) {
		const original = box.bindings.get<string>("call-id", value, at);
		if (original !== undefined) draft.replace(place, original, "Call-ID", "the original comes back");
		return;
	}
	const host = value.lastIndexOf("@") + 1;
	if (host === 0 || !sameHost(value.slice(host), way.from.address)) return;
	const after = value.slice(0, host) + hostText(way.to.address);
	draft.replace(place, after, "Call-ID", "the address inside becomes the one outside");
	box.bindings.set("call-id", after, value, at, value);
	box.bindings.set("dialog", `inside|${after}`, way.from, at, value);
}
