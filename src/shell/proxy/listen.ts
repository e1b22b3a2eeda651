import { createServer } from "node:net";
import { KEEP_ALIVE } from "../net/connect-tcp.js";
import type { ProxyContext } from "./context.js";
import { type Hop, hostPort } from "./hop.js";
import type { OpenHop } from "./proxy.js";
import { serveTcp } from "./serve-tcp.js";

/** A hop that listens. */
export interface HopListener {
	readonly open: OpenHop;
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

/** @throws ListenError when the address is taken, not ours, or not allowed */
export function listen(context: ProxyContext, hop: Hop): Promise<HopListener> {
	return new Promise((resolve, reject) => {
		const server = createServer(
			{ allowHalfOpen: true, pauseOnConnect: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE },
			(socket) => void serveTcp(context, hop, socket),
		);
		server.once("error", (error: NodeJS.ErrnoException) => reject(listenError(hop, error)));
		server.listen(hop.listen.port, hop.listen.host, () => {
			// From here on errors are those of single accepts (too many open files): the clients concerned see them.
			server.on("error", () => {});
			const { address, port } = server.address() as { address: string; port: number };
			resolve({ open: openHop(hop, address, port), close: () => server.close() });
		});
	});
}

function openHop(hop: Hop, address: string, port: number): OpenHop {
	const { listen, target } = hop;
	return {
		name: hop.name,
		listen: `${listen.scheme}://${hostPort(address, port)}`,
		address,
		port,
		target: `${target.scheme}://${hostPort(target.host, target.port)}`,
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
