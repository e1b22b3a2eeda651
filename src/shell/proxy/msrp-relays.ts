import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createConnection, createServer, type Server, type Socket } from "node:net";
import type { RelayPeer } from "../../core/anchor/auth/peer.js";
import { MsrpRelay } from "../../core/anchor/auth/relay.js";
import type { RelayLink, RelayTarget } from "../../core/anchor/auth/types.js";
import type { Moment } from "../../core/model/time.js";
import { now } from "../net/clock.js";
import { ConnectError } from "../net/connect-tcp.js";
import { type ProxyContext, wordsOf } from "./context.js";
import { type Hop, hostPort, type Target } from "./hop.js";
import { listen } from "./listen.js";
import type { Service } from "./service.js";

/** Octets that wait for a connection that is being opened. */
const PATIENCE = 64 << 10;

interface Running {
	relay: MsrpRelay;
	server: Server;
	port: number;
}

/**
 * The MSRP relays (RFC 4976) that are targets of hops. Each listens at a port of loopback, to which its hops forward like to any other
 * target; what it connects to itself goes through a listener of the proxy, so that it is decoded and recorded like everything else.
 */
export class MsrpRelays {
	readonly #context: () => ProxyContext;
	/** by name, and by whom they let in */
	readonly #all = new Map<string, Promise<Running>>();
	readonly #relays = new Set<MsrpRelay>();
	readonly #sockets = new Set<Socket>();

	constructor(context: () => ProxyContext) {
		this.#context = context;
	}

	/**
	 * Where the relay of a hop is reached; it is started for its first client, who came in at port `reached`. Several hops with the same
	 * target, user and password share one. Rejects with ConnectError.
	 */
	async place({ scheme, host, port }: Target, reached: number, service: Service): Promise<Target> {
		const { options } = service.hop;
		const base = `${scheme === "relays" ? "msrps" : "msrp"}://${hostPort(host, port === 0 ? reached : port)}`;
		const key = JSON.stringify([base, options.user, options.password, options.insecure]);
		let running = this.#all.get(key);
		if (running === undefined) {
			running = this.#start(base, service);
			this.#all.set(key, running);
			running.catch(() => this.#all.delete(key));
		}
		try {
			return { scheme: "tcp", host: "127.0.0.1", port: (await running).port };
		} catch (error) {
			throw new ConnectError((error as NodeJS.ErrnoException).code ?? "EUNKNOWN", wordsOf(error));
		}
	}

	/** One of them has given this URI to a client. */
	owns(uri: string): boolean {
		for (const relay of this.#relays) if (relay.owns(uri)) return true;
		return false;
	}

	advance(at: Moment): void {
		for (const relay of this.#relays) relay.advance(at);
	}

	/** Ends them, and their connections. */
	async close(): Promise<void> {
		for (const socket of this.#sockets) socket.destroy();
		for (const running of await Promise.allSettled(this.#all.values())) if (running.status === "fulfilled") running.value.server.close();
	}

	async #start(base: string, service: Service): Promise<Running> {
		const { user, password, insecure } = service.hop.options;
		const relay: MsrpRelay = new MsrpRelay({
			base,
			user: user === undefined || password === undefined ? undefined : { user, password },
			token: () => randomBytes(12).toString("hex"),
			dial: (target, peer) => this.#dial(relay, target, peer, insecure === true),
		});
		const server = createServer({ noDelay: true }, (socket) => {
			const peer: RelayPeer = relay.open(linkOf(socket), now());
			this.#serve(relay, peer, socket);
		});
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		this.#relays.add(relay);
		return { relay, server, port: (server.address() as AddressInfo).port };
	}

	#serve(relay: MsrpRelay, peer: RelayPeer, socket: Socket): void {
		this.#sockets.add(socket);
		socket.on("data", (octets) => relay.receive(peer, octets, now()));
		socket.on("drain", () => peer.drained());
		socket.on("error", () => {});
		socket.on("close", () => {
			this.#sockets.delete(socket);
			relay.closed(peer);
		});
	}

	#dial(relay: MsrpRelay, target: RelayTarget, peer: RelayPeer, insecure: boolean): RelayLink {
		const link = new WaitingLink();
		this.#connect(target, insecure).then(
			(socket) => {
				this.#serve(relay, peer, socket);
				if (link.open(socket)) peer.drained();
			},
			() => relay.closed(peer),
		);
		return link;
	}

	/** A connection through a listener that is there for this one alone; who cannot be reached is told of in an entry. */
	async #connect({ host, port, secure }: RelayTarget, insecure: boolean): Promise<Socket> {
		const scheme = secure ? "tls" : "tcp";
		const name = `relay to ${hostPort(host, port)}`;
		const hop: Hop = {
			name,
			listen: { scheme: "tcp", host: "127.0.0.1", port: 0 },
			target: { scheme, host, port },
			options: insecure ? { insecure } : {},
		};
		const service: Service = {
			hop,
			credentials: undefined,
			clientCredentials: undefined,
			authorities: undefined,
			clientAuthorities: undefined,
		};
		const listener = await listen(this.#context(), service);
		try {
			const socket = createConnection({ host: "127.0.0.1", port: listener.open.port, noDelay: true });
			await once(socket, "connect");
			return socket;
		} finally {
			listener.close();
		}
	}
}

function linkOf(socket: Socket): RelayLink {
	return {
		write: (octets) => socket.write(octets),
		pause: () => void socket.pause(),
		resume: () => void socket.resume(),
		end: () => void socket.end(),
	};
}

/** A connection that is being opened: what is written waits. */
class WaitingLink implements RelayLink {
	#socket: Socket | undefined;
	#waiting: Buffer[] = [];
	#length = 0;
	#paused = false;
	#ended = false;

	/** Answers true when whoever waits may go on. */
	open(socket: Socket): boolean {
		this.#socket = socket;
		if (this.#paused) socket.pause();
		let free = true;
		for (const octets of this.#waiting.splice(0)) free = socket.write(octets);
		if (this.#ended) socket.end();
		return free;
	}

	write(octets: Buffer): boolean {
		if (this.#socket !== undefined) return this.#socket.write(octets);
		this.#waiting.push(octets);
		this.#length += octets.length;
		return this.#length < PATIENCE;
	}

	pause(): void {
		this.#paused = true;
		this.#socket?.pause();
	}

	resume(): void {
		this.#paused = false;
		this.#socket?.resume();
	}

	end(): void {
		this.#ended = true;
		this.#socket?.end();
	}
}
