import net from "node:net";
import type { OpenFlow } from "../../../core/model/flow.js";
import { isStream, type Link, type LinkOptions, type LinkServer, type Place } from "./link.js";
import { connectStream, listenStream } from "./stream-link.js";
import { tapped } from "./tap.js";
import { bindUdp } from "./udp-link.js";
import { connectWebSocket, listenWebSocket } from "./ws-link.js";

export * from "./link.js";

/** Listens; `onLink` is called for every peer before its first octets. */
export function listen(place: Place, options: LinkOptions, onLink: (link: Link) => void): Promise<LinkServer> {
	if (place.transport === "udp") return bindUdp(place, onLink);
	return isStream(place.transport) ? listenStream(place, options, onLink) : listenWebSocket(place, options, onLink);
}

/** Connects; UDP binds a socket of its own for that one peer. `tap` sees what the link carries. */
export async function connect(place: Place, options: LinkOptions, tap?: OpenFlow): Promise<Link> {
	const link = await open(place, options);
	return tap === undefined ? link : tapped(link, tap);
}

async function open(place: Place, options: LinkOptions): Promise<Link> {
	if (place.transport !== "udp") return isStream(place.transport) ? connectStream(place, options) : connectWebSocket(place, options);
	const host = options.localAddress ?? (net.isIPv6(place.host) ? "::1" : "127.0.0.1");
	const socket = await bindUdp({ transport: "udp", host, port: 0 }, (link) => link.end());
	const link = socket.to({ address: place.host, port: place.port });
	link.onEnd = () => void socket.close();
	return link;
}
