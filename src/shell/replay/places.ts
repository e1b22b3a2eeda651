import { lookup } from "node:dns/promises";
import type { Endpoint } from "../../core/model/flow.js";
import { parseMsrpUri } from "../../core/protocols/uri/index.js";
import type { MediaForm } from "../../core/replay/rekey.js";
import type { Plan, PlanLink } from "../../core/replay/types.js";
import { isSecure, isWebSocket, localAddressTowards, type Place } from "../net/links/index.js";

/** Places that the user gave. */
export interface Places {
	/** SIP of the peer, for plans of the client's side */
	to?: Place;
	/** where the server's side listens for SIP; over WebSocket also for MSRP */
	listen?: Place;
	/** where MSRP of ours is connected to, in place of what the peer's descriptions say */
	msrpTo?: Place;
	/** where MSRP is listened for; default: a free port at the address that is used for SIP */
	msrpListen?: Place;
}

/** Where to connect for MSRP (RFC 4975 §6); `uri`: first of the To-Path, as it is in this run. */
export function mediaPlace({ to, msrpTo }: Places, uri: string | undefined): Place {
	if (msrpTo !== undefined) return msrpTo;
	if (uri === undefined) throw new Error("it has no To-Path");
	const { host, port, scheme, transport } = parseMsrpUri(uri);
	if (transport?.toLowerCase() === "ws") {
		// The URI does not have the URL of the relay, which is configured in clients (RFC 7977 §5).
		if (to !== undefined && isWebSocket(to.transport)) return to;
		throw new Error("it went over WebSocket; say at which URL the relay is: --msrp-to wss://HOST:PORT/PATH");
	}
	return { transport: scheme === "msrps" ? "tls" : "tcp", host: host.replace(/^\[|\]$/g, ""), port: port ?? 2855 };
}

/**
 * Where to listen for MSRP: at the address that the peer can reach us at, loopback where it is on loopback.
 * Rejects with the error of the resolver.
 */
export async function mediaListenPlace({ to, listen, msrpTo, msrpListen }: Places, plan: Plan): Promise<Place> {
	if (msrpListen !== undefined) return msrpListen;
	const target = to ?? msrpTo;
	const host = listen?.host ?? (target === undefined ? "127.0.0.1" : await localAddressTowards((await lookup(target.host)).address));
	return { transport: announcesMsrps(plan) ? "tls" : "tcp", host, port: 0 };
}

/** What MSRP of ours goes over, where the user says so; undefined: what it went over in the capture. */
export function mediaForm({ msrpTo, msrpListen }: Places): MediaForm | undefined {
	const place = msrpListen ?? msrpTo;
	return place === undefined ? undefined : { secure: isSecure(place.transport), transport: isWebSocket(place.transport) ? "ws" : "tcp" };
}

/** Descriptions of the played side have msrps URIs, other than those of WebSocket clients, which nobody connects to. */
function announcesMsrps({ steps }: Plan): boolean {
	return steps.some(
		({ action, unit }) =>
			action === "send" && unit.protocol === "sip" && /^a=path:msrps:\/\/[^\s;]*;tcp/im.test(unit.octets.toString("latin1")),
	);
}

/**
 * Endpoints at which the recorded client took SIP connections that its peer opened, and a place for each in this run. WebSocket clients
 * take none: whoever sends to them uses the connection that they opened (RFC 7118 §5). Rejects with the error of the resolver.
 */
export async function clientListenPlaces({ to }: Places, plan: Plan): Promise<{ recorded: Endpoint; place: Place }[]> {
	if (plan.side !== "client" || to === undefined || isWebSocket(to.transport)) return [];
	const recorded = new Map<string, Endpoint>();
	for (const { protocol, ownOpens, own } of plan.links)
		if (protocol === "sip" && !ownOpens) recorded.set(`${own.address} ${own.port}`, own);
	// Where the recorded client opened a connection from that very endpoint, that connection is the one.
	for (const { ownOpens, own } of plan.links) if (ownOpens) recorded.delete(`${own.address} ${own.port}`);
	if (recorded.size === 0) return [];
	const host = await localAddressTowards((await lookup(to.host)).address);
	return [...recorded.values()].map((one) => ({ recorded: one, place: { transport: to.transport, host, port: 0 } }));
}

/** The place with path and query of the recorded WebSocket, where none is given. */
export function withRecordedPath(place: Place, { handshake }: PlanLink): Place {
	if (!isWebSocket(place.transport) || place.path !== undefined || handshake === undefined || handshake.path === "/") return place;
	return { ...place, path: handshake.path };
}
