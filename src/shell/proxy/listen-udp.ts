import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { isIPv6 } from "node:net";
import type { Endpoint } from "../../core/model/flow.js";
import type { Channel } from "../net/channel.js";
import { CutChannel } from "../net/cut-channel.js";
import { localOf, plain, remoteOf } from "../net/endpoint.js";
import { Gone } from "../net/gone.js";
import { StreamChannel } from "../net/stream-channel.js";
import { UdpClientChannel } from "../net/udp-channel.js";
import { WebSocketChannel } from "../net/websocket-channel.js";
import { askTarget } from "./bridge.js";
import type { Caller } from "./caller.js";
import type { Connection } from "./connection.js";
import { type Leg, type ProxyContext, wordsOf } from "./context.js";
import { hostPort, secure, type Target, webSocket } from "./hop.js";
import { reachTcp, reachUdp, secureTarget } from "./reach.js";
import type { Service } from "./service.js";

/** seconds without a datagram in either direction: NAT boxes forget an association after two to three minutes (RFC 4787 §4.3) */
const IDLE = 180;
/** milliseconds between looks at what is idle */
const SWEEP = 250;
/** Associations of one hop; the longest idle one ends for a new one. */
const MOST = 10_000;
/** Datagrams of one client that wait for the target to be reached. */
const MOST_WAITING = 64;

/** Datagrams of one client, and where they go. */
class Association implements Caller {
	readonly gone = new Gone();
	readonly context: ProxyContext;
	readonly service: Service;
	readonly a: Endpoint;
	readonly b: Endpoint;
	readonly channel: UdpClientChannel;
	connection: Connection | undefined;
	waiting: Buffer[] = [];
	/** octets seen when last looked at, and since when they are no more */
	octets = -1;
	since = 0;

	constructor(context: ProxyContext, service: Service, channel: UdpClientChannel) {
		this.context = context;
		this.service = service;
		this.channel = channel;
		this.a = channel.remote;
		this.b = channel.local;
	}
}

/** A UDP socket that listens for the clients of a hop. */
export class UdpListener {
	readonly #context: ProxyContext;
	/** of the next client */
	service: Service;
	readonly #socket: Socket;
	readonly #local: Endpoint;
	readonly #associations = new Map<string, Association>();
	readonly #sweep: NodeJS.Timeout;
	#open = true;

	private constructor(context: ProxyContext, service: Service, socket: Socket) {
		this.#context = context;
		this.service = service;
		this.#socket = socket;
		const { address, port } = socket.address();
		this.#local = { address: plain(address), port };
		socket.on("message", (datagram, from) => this.#arrived(datagram, from));
		// Of answers that cannot be delivered nobody hears.
		socket.on("error", () => {});
		this.#sweep = setInterval(() => this.#expire(), SWEEP);
		this.#sweep.unref();
	}

	/** Rejects with the error of the system. */
	static async open(context: ProxyContext, service: Service): Promise<UdpListener> {
		const { host, port } = service.hop.listen;
		const { address } = await lookup(host);
		const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
		const listening = once(socket, "listening");
		socket.bind(port, address);
		await listening;
		return new UdpListener(context, service, socket);
	}

	get local(): Endpoint {
		return this.#local;
	}

	/** Takes no new clients; closed when the last association is over. */
	close(): void {
		this.#open = false;
		this.#closeIfDone();
	}

	#arrived(datagram: Buffer, from: RemoteInfo): void {
		const key = hostPort(from.address, from.port);
		const known = this.#associations.get(key);
		if (known === undefined) {
			if (this.#open) this.#begin(key, datagram, from);
		} else if (known.connection !== undefined) known.channel.arrived(datagram);
		else if (known.waiting.length < MOST_WAITING) known.waiting.push(datagram);
	}

	#begin(key: string, datagram: Buffer, from: RemoteInfo): void {
		if (this.#associations.size >= MOST) this.#longestIdle()?.connection?.expire();
		const association = new Association(this.#context, this.service, new UdpClientChannel(this.#socket, this.#local, from));
		association.waiting.push(datagram);
		this.#associations.set(key, association);
		this.#join(association, key).catch((error: unknown) => {
			this.#associations.delete(key);
			this.#closeIfDone();
			const { host, port } = association.service.hop.target!;
			const flow = this.#context.flow(association.service.hop, "client", { a: association.a, b: association.b, transport: "udp" });
			this.#context.report(flow, "proxy.connect-failed", `${hostPort(host, port)} cannot be reached: ${wordsOf(error)}`);
		});
	}

	async #join(association: Association, key: string): Promise<void> {
		const { reaching } = this.#context;
		reaching.add(association);
		const [server, leg] = await reach(association, association.service.hop.target!).finally(() => reaching.delete(association));
		const legs = { client: { a: association.a, b: association.b, transport: "udp" as const }, server: leg };
		association.since = Date.now();
		association.connection = this.#context.join(association.service, association.channel, server, legs, {
			closed: () => {
				this.#associations.delete(key);
				this.#closeIfDone();
			},
		});
		for (const datagram of association.waiting.splice(0)) association.channel.arrived(datagram);
	}

	#expire(): void {
		const now = Date.now();
		for (const association of this.#associations.values()) {
			const { connection } = association;
			if (connection === undefined) continue;
			const octets = connection.octets[0] + connection.octets[1];
			if (octets !== association.octets) {
				association.octets = octets;
				association.since = now;
			} else if (now - association.since >= (association.service.hop.options.idle ?? IDLE) * 1000) connection.expire();
		}
	}

	#longestIdle(): Association | undefined {
		let oldest: Association | undefined;
		for (const association of this.#associations.values()) {
			if (association.connection !== undefined && association.since < (oldest?.since ?? Number.POSITIVE_INFINITY)) oldest = association;
		}
		return oldest;
	}

	#closeIfDone(): void {
		if (this.#open || this.#associations.size > 0) return;
		clearInterval(this.#sweep);
		try {
			this.#socket.close();
		} catch {
			// It was closed before.
		}
	}
}

/** The target as a carrier of messages. */
async function reach(caller: Caller, target: Target): Promise<[Channel, Leg]> {
	if (target.scheme === "udp") {
		const channel = await reachUdp(caller, target);
		return [channel, { a: channel.local, b: channel.remote, transport: "udp" }];
	}
	const ended = webSocket(target.scheme);
	const { socket: raw, reads } = await reachTcp(caller, target, !secure(target.scheme) && !ended);
	const socket = secure(target.scheme) ? await secureTarget(caller, raw, target, undefined, ended) : raw;
	const addresses = { a: localOf(raw), b: remoteOf(raw), transport: "tcp" as const };
	if (!ended) {
		const channel = new CutChannel(new StreamChannel(socket, { raw, reads: socket === raw ? reads : undefined }));
		return [channel, { ...addresses, carrier: secure(target.scheme) ? "tls" : undefined }];
	}
	const agreed = await askTarget(caller, socket, target, caller.service.hop.options.subprotocol ?? "sip");
	const channel = new WebSocketChannel(agreed.socket, socket, raw, { local: addresses.a, remote: addresses.b }, false);
	return [channel, { ...addresses, carrier: secure(target.scheme) ? "wss" : "ws" }];
}
