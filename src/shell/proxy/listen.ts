import { type AddressInfo, createServer } from "node:net";
import { acceptPooled } from "../net/adopt.js";
import { KEEP_ALIVE } from "../net/connect-tcp.js";
import { plain } from "../net/endpoint.js";
import type { ProxyContext } from "./context.js";
import { type Hop, hostPort } from "./hop.js";
import { UdpListener } from "./listen-udp.js";
import { serve } from "./serve.js";
import type { Service } from "./service.js";

/** A hop that is listening. */
export interface OpenHop {
	/** 1-based, in order of opening; stays with the address */
	id: number;
	name: string;
	/** with the real port: tcp://127.0.0.1:40123 */
	listen: string;
	address: string;
	port: number;
	/** undefined: the client says */
	target: string | undefined;
	/** any certificate of the target is accepted */
	insecure: boolean;
}

export interface HopListener {
	open: Omit<OpenHop, "id">;
	/** The same address with other settings, from the next client on. */
	update(service: Service): void;
	/** Accepts nothing any more; what is open goes on. */
	close(): void;
}

/** An address that cannot be listened at: says why. */
export class ListenError extends Error {
	readonly code: string;

	constructor(code: string, message: string) {
		super(message);
		this.code = code;
	}
}

/**
 * Opens the listener of a hop.
 *
 * @throws ListenError when the address is taken, not ours, or not allowed
 */
export async function listen(context: ProxyContext, service: Service): Promise<HopListener> {
	const { hop } = service;
	try {
		return hop.listen.scheme === "udp" ? await listenUdp(context, service) : await listenTcp(context, service);
	} catch (error) {
		throw listenError(hop, error as NodeJS.ErrnoException);
	}
}

async function listenUdp(context: ProxyContext, service: Service): Promise<HopListener> {
	const listener = await UdpListener.open(context, service);
	const { address, port } = listener.local;
	const opened: HopListener = {
		open: openHop(service.hop, address, port),
		update: (changed) => {
			listener.service = changed;
			opened.open = openHop(changed.hop, address, port);
		},
		close: () => listener.close(),
	};
	return opened;
}

function listenTcp(context: ProxyContext, first: Service): Promise<HopListener> {
	const { hop } = first;
	let service = first;
	return new Promise((resolve, reject) => {
		const server = createServer(
			{ allowHalfOpen: true, pauseOnConnect: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE },
			(socket) => void serve(context, service, { socket }),
		);
		server.once("error", reject);
		server.listen(hop.listen.port, hop.listen.host, () => {
			server.off("error", reject);
			// From here on errors are those of single accepts (too many open files): the clients concerned see them.
			server.on("error", () => {});
			const { address, port } = server.address() as AddressInfo;
			// Who listens at one address knows what its clients have reached.
			const local = address === "0.0.0.0" || address === "::" ? undefined : { address: plain(address), port };
			acceptPooled(
				server,
				() => pooledFrom(context, service),
				({ socket, reads }) => {
					socket.setNoDelay(true);
					socket.setKeepAlive(true, KEEP_ALIVE);
					void serve(context, service, { socket, reads, local });
				},
			);
			const opened: HopListener = {
				open: openHop(hop, address, port),
				update: (changed) => {
					service = changed;
					opened.open = openHop(changed.hop, address, port);
				},
				close: () => server.close(),
			};
			resolve(opened);
		});
	});
}

/** Nothing of what its clients send is looked at before it is forwarded as it comes, so that plain streams are not needed. */
function pooledFrom({ options: { pooled, relay } }: ProxyContext, { hop: { listen, target, options } }: Service): boolean {
	if (!pooled || options["proxy-in"] === true || target === undefined) return false;
	if (listen.scheme === "tcp") return target.scheme === "tcp" || target.scheme === "tls" || target.scheme === "auto";
	return listen.scheme === "ws" && relay.rewrites !== true && (target.scheme === "ws" || target.scheme === "wss");
}

function openHop({ name, listen, target, options }: Hop, address: string, port: number): HopListener["open"] {
	return {
		name,
		listen: `${listen.scheme}://${hostPort(address, port)}`,
		address,
		port,
		target: target === undefined ? undefined : `${target.scheme}://${hostPort(target.host, target.port)}`,
		insecure: options.insecure === true,
	};
}

function listenError(hop: Hop, error: NodeJS.ErrnoException): ListenError {
	const where = hostPort(hop.listen.host, hop.listen.port);
	const code = error.code ?? "EUNKNOWN";
	const why: Record<string, string> = {
		EADDRINUSE: "the port is taken; stop what listens there, or choose another one (0 takes any free one)",
		EADDRNOTAVAIL: "this is no address of this machine",
		EACCES: "ports below 1024 need more rights; choose another one",
		ENOTFOUND: "there is no such host",
	};
	return new ListenError(code, `cannot listen at ${where}: ${why[code] ?? error.message}`);
}
