import { createSocket } from "node:dgram";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import { plain } from "../endpoint.js";

/**
 * The address of this machine that the system uses towards a numeric address: what a peer there can reach us at. Nothing is sent.
 * Rejects with the error of the system when there is no way.
 */
export async function localAddressTowards(address: string): Promise<string> {
	const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
	try {
		// Any port but 0 will do.
		socket.connect(9, address);
		await once(socket, "connect");
		return plain(socket.address().address);
	} finally {
		socket.close();
	}
}
