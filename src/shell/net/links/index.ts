import { lookup } from "node:dns/promises";
import type { OpenFlow } from "../../../core/model/flow.js";
import { isStream, type Link, type LinkOptions, type LinkServer, type Place } from "./link.js";
import { localAddressTowards } from "./local-address.js";
import { connectStream, listenStream } from "./stream-link.js";
import { tapped } from "./tap.js";
import { bindUdp } from "./udp-link.js";
import { connectWebSocket, listenWebSocket } from "./ws-link.js";

export * from "./link.js";
export { localAddressTowards } from "./local-address.js";

/** Listens; `onLink` is called for every peer before its first octets. */
export function listen(place: Place, options: LinkOptions, onLink: (link: Link) => void): Promise<LinkServer> {
	if (place.transport === "udp") return bindUdp(place, onLink);
	return isStream(place.transport) ? listenStream(place, options, onLink) : listenWebSocket(place, options, onLink);
}

/**
 * Connects; UDP binds a socket of its own for that one peer. `tap` sees what the link carries. `onLink`: other peers that send to that
 * socket, which without it are not heard.
 */
export async function connect(place: Place, options: LinkOptions, tap?: OpenFlow, onLink?: (link: Link) => void): Promise<Link> {
	const link = await open(place, options, onLink);
	return tap === undefined ? link : tapped(link, tap);
}

async function open(place: Place, options: LinkOptions, onLink: ((link: Link) => void) | undefined): Promise<Link> {
	if (place.transport !== "udp") return isStream(place.transport) ? connectStream(place, options) : connectWebSocket(place, options);
	const { address } = await lookup(place.host);
	const host = options.localAddress ?? (await localAddressTowards(address));
	const socket = await bindUdp({ transport: "udp", host, port: 0 }, (link) => (onLink === undefined ? link.end() : onLink(link)));
	const link = socket.to({ address, port: place.port });
	link.onEnd = () => void socket.close();
	return link;
}
