import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { Endpoint } from "../../core/model/flow.js";
import type { Channel, ChannelHandler } from "./channel.js";
import { plain } from "./endpoint.js";

/** RFC 768: what one datagram can carry over IPv4 */
export const LONGEST_DATAGRAM = 65_507;

/** Our side of a UDP association towards the target: a connected socket of its own. */
export class UdpTargetChannel implements Channel {
	readonly messages = true;
	readonly pending = 0;
	readonly local: Endpoint;
	readonly remote: Endpoint;
	readonly #socket: Socket;
	readonly #refused: (error: Error) => void;
	#closed: (() => void) | undefined;
	#open = true;

	private constructor(socket: Socket, refused: (error: Error) => void) {
		this.#socket = socket;
		this.#refused = refused;
		const local = socket.address();
		const remote = socket.remoteAddress();
		this.local = { address: plain(local.address), port: local.port };
		this.remote = { address: plain(remote.address), port: remote.port };
	}

	/** Rejects with the error of the system. `refused`: told when the target's machine says that nobody is there (ICMP). */
	static async open(host: string, port: number, refused: (error: Error) => void): Promise<UdpTargetChannel> {
		const { address } = await lookup(host);
		const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
		const connected = once(socket, "connect");
		socket.connect(port, address);
		await connected;
		return new UdpTargetChannel(socket, refused);
	}

	start(handler: ChannelHandler): void {
		this.#closed = () => handler.closed(undefined);
		this.#socket.on("message", (datagram) => void handler.data(datagram));
		this.#socket.on("error", this.#refused);
	}

	write(octets: Buffer): boolean {
		if (this.#open && octets.length <= LONGEST_DATAGRAM) this.#socket.send(octets);
		return true;
	}

	/** A reader of datagrams cannot stop its sender. */
	pause(): void {}
	resume(): void {}

	/** There is no end that could be passed on. */
	end(): void {
		this.reset();
	}

	reset(): void {
		if (!this.#open) return;
		this.#open = false;
		this.#socket.close(() => this.#closed?.());
	}
}

/** The client's side of an association: the listening socket, shared by all. */
export class UdpClientChannel implements Channel {
	readonly messages = true;
	readonly pending = 0;
	readonly local: Endpoint;
	readonly remote: Endpoint;
	readonly #listener: Socket;
	readonly #to: { address: string; port: number };
	#handler: ChannelHandler | undefined;
	#open = true;

	constructor(listener: Socket, local: Endpoint, to: { address: string; port: number }) {
		this.#listener = listener;
		this.#to = to;
		this.local = local;
		this.remote = { address: plain(to.address), port: to.port };
	}

	start(handler: ChannelHandler): void {
		this.#handler = handler;
	}

	/** A datagram from this client came to the listener. */
	arrived(datagram: Buffer): void {
		if (this.#open) this.#handler?.data(datagram);
	}

	write(octets: Buffer): boolean {
		if (this.#open && octets.length <= LONGEST_DATAGRAM) this.#listener.send(octets, this.#to.port, this.#to.address);
		return true;
	}

	pause(): void {}
	resume(): void {}

	end(): void {
		this.reset();
	}

	reset(): void {
		if (!this.#open) return;
		this.#open = false;
		process.nextTick(() => this.#handler?.closed(undefined));
	}
}
