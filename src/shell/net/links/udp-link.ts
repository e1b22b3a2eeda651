import dgram from "node:dgram";
import net from "node:net";
import type { Endpoint } from "../../../core/model/flow.js";
import { hostPort, type Link, type LinkServer, type Place } from "./link.js";

const nothing = (): void => {};

/** One peer of a UDP socket. */
class UdpLink implements Link {
	readonly transport = "udp";
	onData: (octets: Buffer) => void = nothing;
	onClose: () => void = nothing;
	/** for whoever has bound the socket for this peer alone */
	onEnd: () => void = nothing;
	readonly #socket: dgram.Socket;
	readonly #forget: () => void;
	#closed = false;

	constructor(
		readonly local: Endpoint,
		readonly remote: Endpoint,
		socket: dgram.Socket,
		forget: () => void,
	) {
		this.#socket = socket;
		this.#forget = forget;
	}

	send(octets: Buffer): void {
		if (!this.#closed) this.#socket.send(octets, this.remote.port, this.remote.address);
	}

	end(): void {
		if (this.#closed) return;
		this.#closed = true;
		this.#forget();
		this.onClose();
		this.onEnd();
	}

	destroy(): void {
		this.end();
	}
}

/** A bound socket that makes a link for every peer that it hears of, or that it is asked to send to. */
export class UdpSocket implements LinkServer {
	readonly transport = "udp";
	readonly address: Endpoint;
	readonly #socket: dgram.Socket;
	readonly #links = new Map<string, UdpLink>();
	readonly #onLink: (link: Link) => void;

	constructor(socket: dgram.Socket, onLink: (link: Link) => void) {
		this.#socket = socket;
		this.#onLink = onLink;
		const { address, port } = socket.address();
		this.address = { address, port };
		socket.on("message", (octets, from) => {
			const remote = { address: from.address, port: from.port };
			const known = this.#links.get(hostPort(remote));
			const link = known ?? this.to(remote);
			if (known === undefined) this.#onLink(link);
			link.onData(octets);
		});
		socket.on("error", nothing);
	}

	to(remote: Endpoint): UdpLink {
		const key = hostPort(remote);
		let link = this.#links.get(key);
		if (link === undefined) {
			link = new UdpLink(this.address, remote, this.#socket, () => this.#links.delete(key));
			this.#links.set(key, link);
		}
		return link;
	}

	close(): Promise<void> {
		for (const link of [...this.#links.values()]) link.end();
		return new Promise((done) => this.#socket.close(() => done()));
	}
}

export function bindUdp(place: Place, onLink: (link: Link) => void): Promise<UdpSocket> {
	return new Promise((resolve, reject) => {
		const socket = dgram.createSocket(net.isIPv6(place.host) ? "udp6" : "udp4");
		socket.once("error", reject);
		socket.bind(place.port, place.host, () => {
			socket.off("error", reject);
			resolve(new UdpSocket(socket, onLink));
		});
	});
}
